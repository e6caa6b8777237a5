import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { openDatabase, openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { chainEvent } from "../../../src/registry/audit.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { seededProject } from "../../support/seeded-registry.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

function git(project: TempProject, ...parameters: readonly string[]): string {
  return execFileSync("git", parameters, { cwd: project.root, encoding: "utf8" }).trim();
}

/** churn@v1 and v2, v1 champion; in git. */
async function auditedProject(): Promise<TempProject> {
  const project = await seededProject();
  git(project, "init", "--quiet");
  git(project, "config", "user.name", "Ada");
  git(project, "config", "user.email", "ada@example.org");
  await runMlops(["models", "alias", "churn@v1", "champion"], { directory: project.root });
  await project.write(".gitignore", ".mlops/\n");
  git(project, "add", "--all");
  git(project, "commit", "--quiet", "--message", "begin");
  return project;
}

/** Writes the log anew from an event on, with hashes that fit, as whoever knows how would. */
function rewrite(project: TempProject, from: number, actor: string): void {
  const path = project.path(".mlops/registry.db");
  const registry = openRegistry(path);
  const events = registry.audit.list().toReversed();
  registry.close();
  const db = openDatabase(path);
  const guards = db
    .prepare<[], string>(
      "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'",
    )
    .pluck()
    .all();
  db.exec("DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed");
  const kept = events.slice(0, from - 1);
  for (const event of events.slice(from - 1)) {
    const made = chainEvent(kept.at(-1), { ...event, actor: { name: actor, grade: "asserted" } });
    kept.push(made);
    db.prepare("UPDATE events SET actor = ?, previous_hash = ?, hash = ? WHERE sequence = ?").run(
      actor,
      made.previousHash ?? null,
      made.hash,
      made.sequence,
    );
  }
  for (const guard of guards) db.exec(guard);
  db.close();
}

const mlops = async (project: TempProject, ...words: readonly string[]) =>
  runMlops(["models", ...words], { directory: project.root });

test("lists who did what, newest first, in words", async () => {
  await using project = await auditedProject();
  const { exit, stdout } = await mlops(project, "audit");
  expect(exit).toBe(0);
  const lines = stdout.split("\n").map((line) => line.replace(/\d{4}-\S+ \S+/, "TIME"));
  expect(lines.slice(0, 2).map((line) => line.trim())).toEqual([
    "3  TIME  alias.moved churn@champion: nothing → v1",
    "Ada <ada@example.org> (asserted)",
  ]);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(
    "model.registered churn@v1: run 00010000, verdict verified",
  );
});

test("lists only what happened to one version, later than a time, or the newest", async () => {
  await using project = await auditedProject();
  await mlops(project, "alias", "churn@v2", "champion");
  const actions = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { result } = (await mlops(project, "audit", "--json", ...words)).json() as {
      result: { events: readonly { sequence: number; action: string }[] };
    };
    return result.events.map(({ sequence, action }) => `${String(sequence)} ${action}`);
  };
  expect(await actions("--model", "churn@v2")).toEqual(["4 alias.moved", "2 model.registered"]);
  expect(await actions("--model", "churn@champion")).toEqual([
    "4 alias.moved",
    "2 model.registered",
  ]);
  expect(await actions("--model", "churn@v9")).toEqual([]);
  expect(await actions("--subject", "churn@champion")).toEqual(["4 alias.moved", "3 alias.moved"]);
  expect(await actions("--since", "1h")).toEqual(["4 alias.moved", "3 alias.moved"]);
  expect(await actions("--limit", "1")).toEqual(["4 alias.moved"]);
  expect((await mlops(project, "audit", "--limit", "1")).stdout).toContain("3 older");
  const { stderr, exit } = await mlops(project, "audit", "--since", "yesterday");
  expect({ exit, said: stderr.includes("[since-not-a-time]") }).toEqual({ exit: 2, said: true });
});

test("prints the log as CSV with details as JSON", async () => {
  await using project = await auditedProject();
  const { stdout } = await mlops(project, "audit", "--csv", "--limit", "1");
  expect(stdout.split("\n")[0]).toBe("event,at,by,grade,action,subject,details");
  expect(stdout).toContain('"{""from"":null,""to"":1}"');
});

test("says that the chain holds, and what nothing would show", async () => {
  await using project = await auditedProject();
  const { exit, stdout } = await mlops(project, "audit", "--verify");
  expect(exit).toBe(0);
  expect(stdout).toContain("event log: the chain holds, and nothing anchors it");
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(
    "a rewrite of all of it, with hashes that fit, is not detectable",
  );
  expect(stdout).toContain("revisions of pipelines");
});

test("anchors in the lock file, once for each head, and finds it there, committed or not", async () => {
  await using project = await auditedProject();
  expect((await mlops(project, "audit", "--anchor")).stdout).toContain(
    "anchored: event 3 is in mlops.lock.yaml",
  );
  expect((await mlops(project, "audit", "--anchor=lock")).stdout).toContain("anchored before");
  const check = async (): Promise<string> => (await mlops(project, "audit", "--verify")).stdout;
  expect(await check()).toMatch(
    /it holds, anchored up to event 3.*mlops\.lock\.yaml, not committed/s,
  );
  git(project, "add", "--all");
  git(project, "commit", "--quiet", "--message", "anchor");
  expect(await check()).toMatch(/mlops\.lock\.yaml, committed in [0-9a-f]{8}: holds\n +event 3/);
  await mlops(project, "alias", "churn@v2", "champion");
  expect(await check()).toMatch(/Event 4 came after the newest anchor \(event 3\)/);
  await mlops(project, "audit", "--anchor");
  // The older one is in the history of the file for good.
  expect(await check()).toMatch(
    /mlops\.lock\.yaml of [0-9a-f]{8}: holds\n +event 3.*not committed: holds\n +event 4/s,
  );
});

test("keeps what the lock file says of environments when it is anchored", async () => {
  await using project = await auditedProject();
  await mlops(project, "alias", "churn@v1", "staging");
  const before = await project.read("mlops.lock.yaml");
  await mlops(project, "audit", "--anchor");
  expect(await project.read("mlops.lock.yaml")).toContain(
    before.split("\n").slice(1).join("\n").trim(),
  );
});

test("anchors in a tag that holds the hash, and never pushes it", async () => {
  await using project = await auditedProject();
  const { stdout } = await mlops(project, "audit", "--anchor=tag");
  expect(stdout).toContain("git push origin mlops-audit/3");
  expect(git(project, "tag", "-n9", "--list", "mlops-audit/*")).toMatch(
    /sequence: 3\s+hash: sha256:/,
  );
  expect((await mlops(project, "audit", "--anchor=tag")).stdout).toContain("anchored before");
  expect((await mlops(project, "audit", "--verify")).stdout).toMatch(
    /tag mlops-audit\/3: holds\n +event 3/,
  );
});

for (const place of ["lock", "tag"] as const) {
  test(`finds by an anchor in a ${place} that the log was rewritten with hashes that fit, and vouches for it no more`, async () => {
    await using project = await auditedProject();
    await mlops(project, "audit", `--anchor=${place}`);
    rewrite(project, 2, "Eve");
    const { exit, stdout } = await mlops(project, "audit", "--verify");
    expect(exit).toBe(1);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("the log was rewritten before or at event 3");
    const again = await mlops(project, "audit", "--anchor");
    expect(again.exit).toBe(2);
    expect(again.stderr).toContain("[audit-log-broken]");
    expect((await mlops(project, "verify")).exit).toBe(1);
  });
}

test("finds an anchor that was committed, although the file on disk was changed to fit", async () => {
  await using project = await auditedProject();
  await mlops(project, "audit", "--anchor");
  git(project, "add", "--all");
  git(project, "commit", "--quiet", "--message", "anchor");
  rewrite(project, 3, "Eve");
  await project.write("mlops.lock.yaml", "version: 1\nenvironments: {}\n");
  const { exit, stdout } = await mlops(project, "audit", "--verify");
  expect(exit).toBe(1);
  expect(stdout).toMatch(/mlops\.lock\.yaml of [0-9a-f]{8}/);
});

test("cannot tell a log written anew from its first event from another registry's, and says so", async () => {
  await using project = await auditedProject();
  await mlops(project, "audit", "--anchor");
  rewrite(project, 1, "Eve");
  const { exit, stdout } = await mlops(project, "audit", "--verify");
  expect(exit).toBe(1);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("was written anew from its first event");
  // A colleague's registry has a log of its own, whose bytes are well all the same.
  expect((await mlops(project, "verify")).exit).toBe(0);
});

test("gives the log of another registry that came as far a tag of its own", async () => {
  await using project = await auditedProject();
  await mlops(project, "audit", "--anchor=tag");
  rewrite(project, 1, "Bob");
  const { stdout } = await mlops(project, "audit", "--anchor=tag", "--verify");
  expect(stdout).toMatch(/the tag mlops-audit\/3-[0-9a-f]{8}\n/);
  expect(stdout).toContain("it holds, anchored up to event 3");
  expect(stdout).toContain("of another log");
});

test("has nothing to anchor in a new project", async () => {
  await using project = await tempProject({});
  const { exit, stderr } = await mlops(project, "audit", "--anchor");
  expect(exit).toBe(2);
  expect(stderr).toContain("[audit-log-empty]");
  expect((await mlops(project, "audit", "--verify")).exit).toBe(0);
});

test("says what git lacks for a tag", async () => {
  await using project = await seededProject();
  const { exit, stderr } = await mlops(project, "audit", "--anchor=tag");
  expect(exit).toBe(2);
  expect(stderr).toContain("[anchor-not-tagged]");
  expect((await mlops(project, "audit", "--anchor=moon")).stderr).toContain("[usage-wrong-value]");
});

/** Who asked and who approved, from the key or token to the lock file and back: real commands, keys and commits. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModelsVerifyReport } from "../../../src/app/models-schema.ts";
import { sha256 } from "../../../src/base/hash.ts";
import { type FinishedRun, runMlops } from "../../support/run-mlops.ts";
import { seededProject } from "../../support/seeded-registry.ts";
import { makeSshKey, type SshKey, startRepository } from "../../support/ssh-keys.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const SERVICE_TOKEN = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b";
const SETTINGS = `version: 1
approval:
  require: []
  signers: .mlops-signers
  machines:
    retrain-bot: ${sha256(SERVICE_TOKEN)}
`;

let keys: TempProject;
let ada: SshKey;
let grace: SshKey;

beforeAll(async () => {
  keys = await tempProject();
  ada = makeSshKey(keys, "ada");
  grace = makeSshKey(keys, "grace");
});
afterAll(async () => keys[Symbol.asyncDispose]());

interface Bench extends AsyncDisposable {
  readonly project: TempProject;
  readonly git: (...words: readonly string[]) => string;
  readonly mlops: (
    words: string,
    environment?: Readonly<Record<string, string>>,
  ) => Promise<FinishedRun>;
  /** What `models verify` finds in the lock file. */
  readonly verify: () => Promise<readonly string[]>;
}

async function bench(settings = SETTINGS): Promise<Bench> {
  const project = await seededProject();
  await project.write(".mlopsrc.yaml", settings);
  await project.write(
    ".mlops-signers",
    `ada@example.org ${ada.publicText}\ngrace@example.org ${grace.publicText}\n`,
  );
  await project.write(".gitignore", ".mlops/\n");
  const git = startRepository(project);
  const mlops: Bench["mlops"] = (words, environment = {}) =>
    runMlops(words.split(" "), { directory: project.root, environment });
  return {
    project,
    git,
    mlops,
    verify: async () => {
      const run = await mlops("models verify --json");
      const { result } = run.json() as { readonly result: ModelsVerifyReport };
      const found = (result.lock ?? []).map(({ code, message }) => `${code}: ${message}`);
      return [`exit ${String(run.exit)}`, ...found];
    },
    [Symbol.asyncDispose]: async () => project[Symbol.asyncDispose](),
  };
}

async function letIn({ mlops }: Bench): Promise<void> {
  const asked = await mlops(`models request churn@v1 --no-tests --sign-with ${ada.path}`);
  expect({ exit: asked.exit, stderr: asked.stderr }).toMatchObject({ exit: 0 });
  const approved = await mlops(`models approve 1 -m fine --sign-with ${grace.path}`);
  expect({ exit: approved.exit, stderr: approved.stderr }).toMatchObject({ exit: 0 });
}

test("lets a version in by two people's signatures, which anybody who has the file can verify", async () => {
  await using made = await bench();
  await letIn(made);
  const lock = await made.project.read("mlops.lock.yaml");
  expect(lock).toContain("name: grace@example.org\n            grade: authenticated");
  expect(lock.match(/BEGIN SSH SIGNATURE/g)).toHaveLength(2);
  expect(await made.verify()).toEqual(["exit 0"]);
});

test.each<{ name: string; from: string; to: string }>([
  { name: "the reason", from: "reason: fine", to: "reason: none" },
  { name: "who asked", from: "name: ada@example.org", to: "name: eve@example.org" },
  { name: "who approved", from: "name: grace@example.org", to: "name: eve@example.org" },
  {
    name: "the number of the version",
    from: "version: 1\n      pipeline",
    to: "version: 2\n      pipeline",
  },
])("does not go by an approval in which $name was changed", async ({ from, to }) => {
  await using made = await bench();
  await letIn(made);
  const lock = await made.project.read("mlops.lock.yaml");
  expect(lock).toContain(from);
  await made.project.write("mlops.lock.yaml", lock.replace(from, to));
  const [exit, ...found] = await made.verify();
  expect(exit).toBe("exit 1");
  expect(found.join("\n")).toContain("signature-broken: nobody can tell that");
  expect(found.join("\n")).toContain("approval-refused: nobody has checked that");
});

test("goes by the signers file of now: a key that was taken out of it has approved nothing", async () => {
  await using made = await bench();
  await letIn(made);
  await made.project.write(".mlops-signers", `ada@example.org ${ada.publicText}\n`);
  expect((await made.verify()).join("\n")).toContain(
    "because the signature is of a key that .mlops-signers does not list",
  );
});

test("takes one person for one, whatever name git has for them", async () => {
  await using made = await bench();
  await made.mlops(`models request churn@v1 --no-tests --sign-with ${grace.path}`);
  made.git("config", "user.name", "Somebody Else");
  made.git("config", "user.email", "else@example.org");
  const approved = await made.mlops(`models approve 1 --sign-with ${grace.path}`);
  expect(approved.exit).toBe(1);
  expect(approved.stdout).toContain("grace@example.org asked for it");
});

test("signs with the key that git signs with, and says what to do where there is none", async () => {
  await using made = await bench();
  const without = await made.mlops("models request churn@v1 --no-tests");
  expect(without.exit).toBe(2);
  expect(without.stderr).toContain("git has no SSH key to sign with");
  made.git("config", "user.signingkey", `${ada.path}.pub`);
  const asked = await made.mlops("models request churn@v1 --no-tests --json");
  expect(asked.json()).toMatchObject({
    result: { requestedBy: { name: "ada@example.org", grade: "authenticated" } },
  });
});

test("asks for no signature where names are enough and there is no key", async () => {
  await using made = await bench(SETTINGS.replace("require", "identities: asserted\n  require"));
  const asked = await made.mlops("models request churn@v1 --no-tests --json");
  expect(asked.json()).toMatchObject({
    result: { requestedBy: { name: "Ada <ada@example.org>", grade: "asserted" } },
  });
});

test("takes the signed commit of the lock file for the word of an approver without a key at hand", async () => {
  await using made = await bench(SETTINGS.replace("require", "identities: asserted\n  require"));
  const { git, mlops, project } = made;
  await mlops("models request churn@v1 --no-tests");
  git("config", "user.name", "Grace");
  git("config", "user.email", "grace@example.org");
  expect((await mlops("models approve 1")).exit).toBe(0);
  await project.write(".mlopsrc.yaml", SETTINGS);
  git("add", ".");
  git("-c", `user.signingkey=${grace.path}`, "commit", "--quiet", "-S", "-m", "Let churn@v1 in");
  // Of the two it was the approver who signed; who asked is still a name.
  expect(await made.verify()).toEqual([
    "exit 1",
    "approval-refused: nobody has checked that Ada <ada@example.org> is Ada <ada@example.org>",
    expect.stringContaining("because the commit that wrote it is signed by grace@example.org"),
  ]);
});

test("lets a machine ask, with nothing of its token kept, and one person alone not approve", async () => {
  await using made = await bench();
  const { mlops, project } = made;
  const machine = { MLOPS_SERVICE_TOKEN: SERVICE_TOKEN };
  const asked = await mlops("models request churn@v1 --no-tests --json --verbose", machine);
  expect(asked.json()).toMatchObject({
    result: { requestedBy: { name: "retrain-bot", grade: "machine" } },
  });
  const itself = await mlops("models approve 1 --verbose", machine);
  expect([itself.exit, itself.stdout]).toEqual([
    1,
    expect.stringContaining("retrain-bot is a machine"),
  ]);
  const person = await mlops(`models approve 1 --sign-with ${grace.path}`);
  expect([person.exit, person.stdout]).toEqual([1, expect.stringContaining("needs two persons")]);
  await project.write(".mlopsrc.yaml", `${SETTINGS}  unattended: [production]\n`);
  expect((await mlops(`models approve 1 --sign-with ${grace.path}`)).exit).toBe(0);
  const lock = await project.read("mlops.lock.yaml");
  const texts = [asked, itself].map(({ stdout, stderr }) => stdout + stderr);
  const registry = ["registry.db", "registry.db-wal"].map((name) => {
    try {
      return readFileSync(project.path(`.mlops/${name}`), "latin1");
    } catch {
      return "";
    }
  });
  expect([...texts, ...registry, lock].some((text) => text.includes(SERVICE_TOKEN))).toBe(false);
  expect(registry.join("")).toContain(sha256(SERVICE_TOKEN));
});

test("takes a machine's digest from the settings of this checkout alone", async () => {
  await using made = await bench();
  const { git, mlops, project } = made;
  const stranger = "5feceb66ffc86f38d952786c6d696c79c2dbc239";
  git("add", ".");
  git("commit", "--quiet", "-m", "settings");
  git("checkout", "--quiet", "-b", "mine");
  await project.write(".mlopsrc.yaml", `${SETTINGS}    strange-bot: ${sha256(stranger)}\n`);
  git("commit", "--quiet", "-am", "let me in");
  const environment = { MLOPS_SERVICE_TOKEN: stranger };
  expect((await mlops("models request churn@v1 --no-tests", environment)).exit).toBe(0);
  git("checkout", "--quiet", "main");
  const refused = await mlops("models request churn@v2 --no-tests", environment);
  expect(refused.exit).toBe(2);
  expect(refused.stderr).toContain("is not the token of any machine");
});

test("does not verify what it has no program for", async () => {
  await using made = await bench();
  await letIn(made);
  await rm(made.project.path(".git"), { recursive: true });
  const run = await made.mlops("models verify", { PATH: "/nowhere" });
  expect(run.exit).toBe(3);
  expect(run.stderr).toContain("There is no ssh-keygen");
});

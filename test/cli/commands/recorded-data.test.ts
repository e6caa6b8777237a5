/** Looking at recorded data: list, show and diff. Nothing of it may change a file. */
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { sha256 } from "../../../src/base/hash.ts";
import { notebookText } from "../../support/notebooks.ts";
import { type FinishedRun, runMlops } from "../../support/run-mlops.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const OLD = "customer,churned\n1,yes\n2,no\n";
const NEW = "customer,churned,city\n1,yes,Bonn\n2,yes,Bonn\n3,no,Kiel\n";

async function recorded(settings = ""): Promise<TempProject> {
  const project = await tempProject({
    ".mlopsrc.yaml": `version: 1\n${settings}`,
    "data/churn.csv": OLD,
    "data/notes.txt": "as it was",
  });
  await datasets(project, "snapshot", "data");
  return project;
}

async function datasets(project: TempProject, ...words: readonly string[]): Promise<FinishedRun> {
  return runMlops(["datasets", ...words], { directory: project.root });
}

function shortOf(text: string): string {
  return sha256(new TextEncoder().encode(text)).slice(0, 19);
}

test("lists what is recorded, what is there, and which store could bring it back", async () => {
  await using project = await recorded();
  await project.write("data/churn.csv", NEW);
  await rm(project.path("data/notes.txt"));
  await rm(project.path(".mlops/store"), { recursive: true });
  const before = await project.list();
  const { exit, stdout, stderr } = await datasets(project, "list");
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  expect(stdout.split("\n").slice(0, 3)).toEqual([
    "data            size  recorded             on disk  kept in   earlier",
    `data/churn.csv  28 B  ${shortOf(OLD)}  changed  no store        0`,
    `data/notes.txt   9 B  ${shortOf("as it was")}  missing  no store        0`,
  ]);
  expect(stdout).toContain("mlops datasets fetch");
  expect(await project.list()).toEqual(before);
  const csv = await datasets(project, "list", "data/notes.txt", "--csv");
  expect(csv.stdout.split("\n")[0]).toBe("path,bytes,digest,on-disk,kept,earlier");
});

test("says how to record the first data, and refuses what is not recorded", async () => {
  await using project = await tempProject();
  expect((await datasets(project, "list")).stdout).toContain("mlops datasets snapshot PATH");
  expect((await datasets(project, "list", "data")).stderr).toContain("[dataset-unknown]");
  expect((await datasets(project, "show", "data")).stderr).toContain("[dataset-unknown]");
});

test("takes a version only where one version is meant, and says so elsewhere", async () => {
  await using project = await recorded();
  const version = shortOf(OLD).replace("sha256:", "");
  for (const [words, says] of [
    [["list", `data/churn.csv@${version}`], /names one version.*\[usage-too-many-arguments\]/],
    [["show", `data/churn.csv@${version}`], /names one version.*\[usage-too-many-arguments\]/],
    [["diff", `data@${version}`], /recorded versions .*\[dataset-version-unknown\]/],
    [["diff", `data@${"0".repeat(64)}`], /data is a folder.*\[dataset-unknown\]/],
  ] as const) {
    const { exit, stderr } = await datasets(project, ...words);
    expect([words, exit]).toEqual([words, 2]);
    expect(stderr).toMatch(says);
  }
});

test("goes on without a shared store that is not there, and says so", async () => {
  await using project = await recorded();
  await project.write(".mlopsrc.yaml", "version: 1\nstore: /no/such/folder\n");
  const run = await datasets(project, "list", "--json");
  expect(run.json()).toMatchObject({
    ok: true,
    result: { shared: null, datasets: [{ kept: ["project"] }, { kept: ["project"] }] },
    diagnostics: [{ severity: "warning", code: "store-unreachable" }],
  });
});

test("shows the versions of a file and its table", async () => {
  await using project = await recorded();
  await project.write("data/churn.csv", NEW);
  await datasets(project, "snapshot", "data/churn.csv");
  const run = await datasets(project, "show", "data/churn.csv", "--json");
  expect(run.json()).toMatchObject({
    result: {
      onDisk: "same",
      versions: [{ bytes: NEW.length }, { bytes: OLD.length, kept: ["project"] }],
      table: { columns: ["customer", "churned", "city"], rows: 3 },
    },
  });
  const { stdout } = await datasets(project, "show", "data/churn.csv");
  const back = `mlops datasets fetch data/churn.csv@${shortOf(OLD).slice(7)} --force`;
  expect(stdout).toContain(back);
});

test("tells by file, column and row what changed since the snapshot", async () => {
  await using project = await recorded();
  expect((await datasets(project, "diff")).stdout).toBe(
    "lock → disk\n\nNothing changed; 2 files are the same.\n",
  );
  await project.write("data/churn.csv", NEW);
  await rm(project.path("data/notes.txt"));
  const { stdout } = await datasets(project, "diff");
  expect(stdout).toBe(
    [
      "lock → disk",
      "",
      "data/churn.csv  changed, 28 B → 54 B",
      `  ${shortOf(OLD)} → ${shortOf(NEW)}`,
      "  columns added: city",
      "  rows: 2 → 3; 2 added, 1 removed",
      "",
      "data/notes.txt  removed, 9 B",
      `  ${shortOf("as it was")}`,
      "",
    ].join("\n"),
  );
});

test("lists columns for a program so that names with spaces stay apart", async () => {
  await using project = await recorded();
  await project.write("data/churn.csv", "customer,churned,home town,age\n1,yes,Bonn,3\n");
  const { stdout } = await datasets(project, "diff", "data/churn.csv", "--csv");
  expect(stdout).toContain(',"home town, age",');
});

test("says why a table was not looked into", async () => {
  await using project = await recorded();
  await project.write("data/churn.csv", "customer,churned\n1\n");
  expect((await datasets(project, "diff")).stdout).toContain("not compared by rows: line 2: ");
  await project.write("data/churn.csv", NEW);
  await rm(project.path(".mlops/store"), { recursive: true });
  expect((await datasets(project, "diff")).stdout).toContain("in no store");
});

test("compares versions of one file, and the lock of a commit", async () => {
  await using project = await recorded();
  const git = (...words: readonly string[]): unknown =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...words], {
      cwd: project.root,
    });
  git("init", "--quiet");
  git("add", "datasets.lock.yaml");
  git("commit", "--quiet", "-m", "data");
  await project.write("data/churn.csv", NEW);
  await datasets(project, "snapshot", "data/churn.csv");
  const older = `data/churn.csv@${shortOf(OLD).slice(7)}`;
  const newer = `data/churn.csv@${shortOf(NEW).slice(7)}`;
  for (const words of [[older], [older, newer], ["--since", "HEAD"], ["data", "--since", "HEAD"]]) {
    const run = await datasets(project, "diff", ...words, "--json");
    const changed = { path: "data/churn.csv", change: "changed", table: { rowsAdded: 2 } };
    expect(run.json()).toMatchObject({ result: { files: [changed] } });
  }
  expect((await datasets(project, "diff")).stdout).toContain("Nothing changed");
  for (const [words, code] of [
    [["--since", "nowhere"], "dataset-commit-unknown"],
    [["--since", "churn:r1"], "revision-unknown"],
    [["data/other.csv"], "dataset-unknown"],
    [[older, "data/notes.txt"], "usage-too-many-arguments"],
  ] as const) {
    const run = await datasets(project, "diff", ...words);
    expect([run.exit, run.stderr]).toEqual([2, expect.stringContaining(`[${code}]`)]);
  }
});

test("does not guess which data a promotion read that ran nothing", async () => {
  await using project = await recorded();
  const cells = ['import pandas as pd\nraw = pd.read_csv("data/churn.csv")', "print(raw.shape)"];
  await project.write("churn.ipynb", notebookText(cells));
  await runMlops(["promote", "churn.ipynb", "--no-observe"], { directory: project.root });
  const { exit, stderr } = await datasets(project, "diff", "--since", "churn:r1");
  expect(exit).toBe(2);
  expect(stderr).toContain("[never-observed]");
});

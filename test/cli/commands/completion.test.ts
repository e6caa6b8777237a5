import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { COMPLETION_SCRIPTS } from "../../../src/cli/completion-scripts.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { seededProject } from "../../support/seeded-registry.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const PIPELINE = [
  "version: 1",
  "name: churn",
  "notebook: { path: churn.ipynb, sha256: x }",
  "root: ../..",
  'python: "3.11"',
  "steps:",
  "  - { name: load, cells: [1], outputs: [raw] }",
  "  - { name: train, cells: [2], inputs: [raw] }",
  "artifacts: { raw: { codec: json } }",
].join("\n");

const files = {
  ".mlopsrc.yaml": "version: 1\n",
  "pipelines/churn/pipeline.yaml": PIPELINE,
  "pipelines/churn/params.yaml": "seed: 42\n",
  "datasets.lock.yaml": `version: 1\ndatasets:\n  data/churn.csv: { digest: "sha256:${"a".repeat(64)}", bytes: 1 }\n`,
};

test.each<{ readonly typed: readonly string[]; readonly answer: readonly string[] }>([
  { typed: ["ini"], answer: ["init"] },
  { typed: ["runs", "l"], answer: ["list"] },
  { typed: ["--json", "runs", "l"], answer: ["list"] },
  { typed: ["--ver"], answer: ["--verbose", "--version"] },
  { typed: ["promote", "--no-ve"], answer: ["--no-verify"] },
  { typed: ["runs", "list", "--c"], answer: ["--csv"] },
  { typed: ["run", ""], answer: ["churn"] },
  { typed: ["run", "--jobs", "2", ""], answer: ["churn"] },
  { typed: ["run", "churn", ""], answer: [] },
  { typed: ["run", "x"], answer: [] },
  { typed: ["run", "churn", "--from", ""], answer: ["load", "train"] },
  { typed: ["run", "--only", "t"], answer: ["train"] },
  { typed: ["run", "--from=t"], answer: ["--from=train"] },
  { typed: ["run", "--force", ""], answer: ["churn"] },
  { typed: ["run", "--force=t"], answer: ["--force=train"] },
  { typed: ["run", "--param", ""], answer: ["seed="] },
  { typed: ["run", "--python", ""], answer: [":files"] },
  { typed: ["assess", "--format", "js"], answer: ["json"] },
  { typed: ["completion", ""], answer: ["bash", "fish", "zsh"] },
  { typed: ["promote", ""], answer: [":files"] },
  { typed: ["datasets", "show", ""], answer: ["data/churn.csv"] },
  { typed: ["explain", "run-name-u"], answer: ["run-name-unknown"] },
  { typed: ["runs", "show", ""], answer: [] },
  { typed: ["nonsense", ""], answer: [] },
])("completes $typed", async ({ typed, answer }) => {
  await using project = await tempProject(files);
  const run = await runMlops(["complete-words", "--", ...typed], { directory: project.root });
  expect(run.exit).toBe(0);
  const words = run.stdout.split("\n").filter((word) => word !== "");
  expect(words).toEqual(answer);
});

test("completes runs, models with their versions, and revisions from the registry", async () => {
  await using project = await seededProject();
  const at = async (...typed: readonly string[]): Promise<readonly string[]> => {
    const run = await runMlops(["complete-words", "--", ...typed], { directory: project.root });
    return run.stdout.split("\n").filter((word) => word !== "");
  };
  expect(await at("runs", "show", "0001")).toEqual(["00010000"]);
  expect(await at("runs", "compare", "00010000", "0002")).toEqual(["00020000"]);
  expect(await at("models", "show", "")).toEqual(["churn", "churn@v1", "churn@v2"]);
  expect(await at("models", "list", "")).toEqual(["churn"]);
  expect(await at("models", "alias", "churn", "cha")).toEqual(["champion"]);
  expect(await at("runs", "list", "--sort", "ro")).toEqual(["roc-auc", "rows"]);
});

test("is not shown in help, and refuses a shell it does not know", async () => {
  const here = { directory: process.cwd() };
  expect((await runMlops(["--help"], here)).stdout).not.toContain("complete-words");
  expect((await runMlops(["completion", "csh"], here)).exit).toBe(2);
});

/** A stand-in for mlops that writes down what it is asked, and answers what the test says. */
async function standIn(answer: string): Promise<TempProject> {
  const project = await tempProject({
    "bin/mlops": `#!/bin/sh\nprintf '%s\\n' "$@" > ${"$"}{0%/*}/asked\nprintf '%s\\n' '${answer}'\n`,
    "lonely.ipynb": "",
  });
  chmodSync(project.path("bin/mlops"), 0o755);
  for (const shell of ["bash", "zsh", "fish"] as const)
    await project.write(`${shell}.txt`, COMPLETION_SCRIPTS[shell]);
  return project;
}

/** What a shell makes of a line when Tab is pressed, and which words mlops was asked about. */
interface Pressed {
  readonly line: string;
  readonly asked: readonly string[];
}

function start(
  program: string,
  parameters: readonly string[],
  project: TempProject,
  environment: Readonly<Record<string, string>> = {},
): string {
  const { stdout } = spawnSync(program, parameters, {
    encoding: "utf8",
    cwd: project.root,
    timeout: 30_000,
    env: { PATH: `${project.path("bin")}:${process.env["PATH"] ?? ""}`, ...environment },
  });
  return stdout;
}

async function askedOf(project: TempProject): Promise<readonly string[]> {
  return (await project.read("bin/asked")).split("\n").slice(2, -1);
}

/** Bash is told the pieces that it makes of a line itself; the last answer replaces the last piece. */
async function pressInBash(
  line: string,
  pieces: readonly string[],
  project: TempProject,
): Promise<Pressed> {
  const use = [
    "source ./bash.txt",
    `COMP_LINE='${line}' COMP_POINT=${String(line.length)}`,
    `COMP_WORDS=(${pieces.map((piece) => `'${piece}'`).join(" ")}) COMP_CWORD=${String(pieces.length - 1)}`,
    'compopt() { FILES="$2"; }',
    "_mlops",
    'printf "%s" "${COMPREPLY[0]}${FILES:+<$FILES>}"',
  ];
  const reply = start("bash", ["--norc", "--noprofile", "-c", use.join("\n")], project);
  return { line: reply, asked: await askedOf(project) };
}

/** A zsh on a terminal of its own, with its completion system, gets the keys a person types. */
async function pressInZsh(line: string, project: TempProject): Promise<Pressed> {
  await project.write(
    "keys.zsh",
    [
      "zmodload zsh/zpty",
      'zpty shell "zsh -f -i"',
      `zpty -w shell 'PS1= ; unset zle_bracketed_paste; source ./zsh.txt; echo REA""DY'`,
      'zpty -r -m shell out "*READY*"',
      `zpty -w shell 'show() { print -r -- "GO""T[$BUFFER]END" }; zle -N show; bindkey "^G" show; echo BOU""ND'`,
      'zpty -r -m shell out "*BOUND*"',
      `zpty -w -n shell $'${line}\\t\\a'`,
      'zpty -r -m shell out "*GOT*END*"',
      'print -r -- "$out"',
      "zpty -d shell",
    ].join("\n"),
  );
  const out = start("zsh", ["-f", "keys.zsh"], project, { HOME: project.root, TERM: "xterm" });
  const shown = /GOT\[(.*?)\]END/s.exec(out)?.[1] ?? out;
  return { line: shown, asked: await askedOf(project) };
}

async function pressInFish(line: string, project: TempProject): Promise<Pressed> {
  const use = `source ./fish.txt; complete -C '${line}'`;
  const out = start("fish", ["--no-config", "-c", use], project, { HOME: project.root });
  return { line: out.trimEnd(), asked: await askedOf(project) };
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).status === 0;
}

test.each(["bash", "zsh", "fish"] as const)(
  "prints the same script for %s as before",
  async (shell) => {
    const { exit, stdout } = await runMlops(["completion", shell], { directory: process.cwd() });
    expect(exit).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`../../fixtures/completion/${shell}.expected.txt`);
  },
);

test.each<{
  readonly line: string;
  readonly pieces: readonly string[];
  readonly answer: string;
  readonly asked: readonly string[];
  readonly reply: string;
}>([
  {
    line: "mlops run chu",
    pieces: ["mlops", "run", "chu"],
    answer: "churn",
    asked: ["run", "chu"],
    reply: "churn",
  },
  {
    line: "mlops run ",
    pieces: ["mlops", "run", ""],
    answer: "a b",
    asked: ["run", ""],
    reply: String.raw`a\ b`,
  },
  {
    line: "mlops run --from=tr",
    pieces: ["mlops", "run", "--from", "=", "tr"],
    answer: "--from=train",
    asked: ["run", "--from=tr"],
    reply: "train",
  },
  {
    line: "mlops pipelines diff churn:",
    pieces: ["mlops", "pipelines", "diff", "churn", ":"],
    answer: "churn:r1",
    asked: ["pipelines", "diff", "churn:"],
    reply: "r1",
  },
  {
    line: "mlops models show churn@",
    pieces: ["mlops", "models", "show", "churn", "@"],
    answer: "churn@v1",
    asked: ["models", "show", "churn@"],
    reply: "@v1",
  },
  {
    line: "mlops promote lo",
    pieces: ["mlops", "promote", "lo"],
    answer: ":files",
    asked: ["promote", "lo"],
    reply: "<default>",
  },
])("bash makes of '$line' what belongs there", async ({ line, pieces, answer, asked, reply }) => {
  await using project = await standIn(answer);
  expect(await pressInBash(line, pieces, project)).toEqual({ line: reply, asked });
});

const CASES = [
  ["mlops run chu", "churn", ["run", "chu"], "mlops run churn"],
  ["mlops run --from=tr", "--from=train", ["run", "--from=tr"], "mlops run --from=train"],
  [
    "mlops models show churn@",
    "churn@v1",
    ["models", "show", "churn@"],
    "mlops models show churn@v1",
  ],
  ["mlops promote lon", ":files", ["promote", "lon"], "mlops promote lonely.ipynb"],
] as const;

const [hasZsh, hasFish] = [isInstalled("zsh"), isInstalled("fish")];

test.runIf(hasZsh).each(CASES)(
  "a real zsh makes of '%s' what belongs there",
  async (line, answer, asked, all) => {
    await using project = await standIn(answer);
    const pressed = await pressInZsh(line, project);
    expect(pressed.asked).toEqual(asked);
    expect(pressed.line.trimEnd()).toBe(all);
  },
  60_000,
);

test.runIf(hasFish).each(CASES)(
  "a real fish makes of '%s' what belongs there",
  async (line, answer, asked, all) => {
    await using project = await standIn(answer);
    const pressed = await pressInFish(line, project);
    expect(pressed.asked).toEqual(asked);
    expect(all.endsWith(pressed.line)).toBe(true);
    expect(pressed.line).not.toBe("");
  },
  60_000,
);

// Said by name in the list of tests, so that nobody takes them for run.
test.runIf(!hasZsh)("zsh is NOT INSTALLED here: its script was compared, not run", () => {
  expect(isInstalled("zsh")).toBe(false);
});

test.runIf(!hasFish)("fish is NOT INSTALLED here: its script was compared, not run", () => {
  expect(isInstalled("fish")).toBe(false);
});

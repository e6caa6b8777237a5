import { expect, test } from "vitest";
import { runCommandLine } from "../../src/cli/run-command-line.ts";
import { runMlops } from "../support/run-mlops.ts";
import { tempProject } from "../support/temp-project.ts";

const here = { directory: process.cwd() };

test("shows help in groups without a command, and for one command", async () => {
  const all = await runMlops([], here);
  expect(all).toMatchObject({ exit: 0, stderr: "" });
  expect(all.stdout).toMatch(/Start:\n {2}init .*Other:\n {2}explain/s);
  const one = await runMlops(["init", "--help"], here);
  expect(one.stdout).toContain("Examples:\n  mlops init");
  expect(one.stdout).toContain("--json");
});

test.each([
  { words: ["inti"], code: "usage-unknown-command", hint: 'did you mean "init"?' },
  { words: ["xyzzy"], code: "usage-unknown-command", hint: "type: mlops --help" },
  {
    words: ["init", "--pyton", "x"],
    code: "usage-unknown-option",
    hint: 'did you mean "--python"?',
  },
  { words: ["init", "--python"], code: "usage-missing-argument", hint: "type: mlops init --help" },
  { words: ["init", "a"], code: "usage-too-many-arguments", hint: "type: mlops init --help" },
  { words: ["constructor"], code: "usage-unknown-command", hint: "type: mlops --help" },
])("refuses $words with exit code 2 and a hint", async ({ words, code, hint }) => {
  const run = await runMlops(words, here);
  expect(run).toMatchObject({ exit: 2, stdout: "" });
  expect(run.stderr).toContain(`[${code}]`);
  expect(run.stderr).toContain(`hint: ${hint}`);
});

test("prints exactly one document with --json, also when it fails", async () => {
  const failed = await runMlops(["init", "--nope", "--json"], here);
  expect(failed.json()).toMatchObject({
    schema: "mlops.error/1",
    ok: false,
    exit: 2,
    result: null,
    diagnostics: [],
    error: { code: "usage-unknown-option" },
  });
  expect(failed.stderr).toBe("");
  const unknown = await runMlops(["explain", "no-such", "--json"], here);
  expect(unknown.json()).toMatchObject({ schema: "mlops.explain/1", exit: 2 });
});

test("reports every problem of the settings at its line", async () => {
  await using project = await tempProject({ ".mlopsrc.yaml": "version: 2\nserve:\n  prot: 1\n" });
  const run = await runMlops(["init"], { directory: project.root });
  expect(run).toMatchObject({ exit: 2, stdout: "" });
  expect(run.stderr).toBe(
    'error: .mlopsrc.yaml:1: version must be 1, got 2 [config-wrong-value]\nhint: change that line of .mlopsrc.yaml, then run the command again\nerror: .mlopsrc.yaml:3: serve.prot is not a known key [config-unknown-key]\nhint: did you mean "port"?\n',
  );
});

test("settings that are no file are an error of the user's, not a bug", async () => {
  await using project = await tempProject({ ".mlopsrc.yaml/notes.txt": "mine" });
  const run = await runMlops(["init"], { directory: project.root });
  expect(run).toMatchObject({ exit: 2, stdout: "" });
  expect(run.stderr).toMatch(
    /^error: \.mlopsrc\.yaml: .* is no file.* \[config-unreadable\]\nhint: /,
  );
});

test("streams events as JSON lines with --events, and commands as text with --verbose", async () => {
  await using project = await tempProject();
  const events = await runMlops(["init", "--events"], { directory: project.root });
  const lines = events.stderr.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)[0]).toMatchObject({
    kind: "command-started",
    directory: project.root,
  });
  const verbose = await runMlops(["init", "--verbose"], { directory: project.root });
  expect(verbose.stderr).toMatch(/^\$ \(cd .* && python3 -I -S -c /);
});

test("exits with 130 when it was interrupted, whatever that broke", async () => {
  await using project = await tempProject();
  const controller = new AbortController();
  controller.abort();
  const run = await runMlops(["init", "--json"], {
    directory: project.root,
    signal: controller.signal,
  });
  expect(run.json()).toMatchObject({ exit: 130, error: { code: "interrupted" } });
  expect(await project.list()).toEqual([]);
});

test("colors only what is asked to be colored", async () => {
  const forced = { ...here, environment: { FORCE_COLOR: "1" } };
  expect((await runMlops(["nope"], here)).stderr).not.toContain("\u001b[");
  expect((await runMlops(["nope"], forced)).stderr).toContain("\u001b[31m");
  expect((await runMlops(["nope", "--no-color"], forced)).stderr).not.toContain("\u001b[");
  const both = { ...here, environment: { FORCE_COLOR: "1", NO_COLOR: "1" } };
  expect((await runMlops(["nope"], both)).stderr).not.toContain("\u001b[");
});

test("a command that reads nothing from stdin never makes the stream", async () => {
  let text = "";
  const exit = await runCommandLine({
    words: ["explain", "no-such"],
    workingDirectory: process.cwd(),
    environment: {},
    get stdin(): never {
      throw new Error("stdin was asked for");
    },
    stdout: { write: () => true },
    stderr: {
      write: (part: string) => {
        text += part;
        return true;
      },
    },
    signal: new AbortController().signal,
    version: "0",
  });
  expect(exit).toBe(2);
  expect(text).toContain("no-such");
});

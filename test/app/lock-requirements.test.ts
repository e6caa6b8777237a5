import { expect, test } from "vitest";
import { type LockOutcome, lockRequirements } from "../../src/app/lock-requirements.ts";
import { parseRequirements } from "../../src/maturity/requirements.ts";
import type { LockInputs } from "../../src/pipeline/lock-file.ts";
import type { Files } from "../../src/ports/files.ts";
import type { ProcessEnd, ProcessRequest } from "../../src/ports/processes.ts";
import { fakeProcesses } from "../support/fake-processes.ts";
import { memoryFiles } from "../support/memory-files.ts";

const HASH = "a".repeat(64);
const inputs: LockInputs = {
  requirements: [{ distribution: "pandas", version: "2.2.3" }],
  installed: [
    { distribution: "numpy", version: "2.1.0" },
    { distribution: "pandas", version: "2.2.3" },
  ],
  python: "3.11",
  platform: "Linux-x86_64",
};

/** pip's report with one file; `https` stands for an index that must not be written down. */
function reportOf(hashes: Readonly<Record<string, string>>): string {
  const from = { url: "https://index.example/pandas.whl", archive_info: { hashes } };
  const metadata = { name: "pandas", version: "2.2.3" };
  return JSON.stringify({ version: "1", install: [{ metadata, download_info: from }] });
}

type Program = (request: ProcessRequest) => Partial<ProcessEnd>;

/** Answers `--version` and one resolution. */
function resolver(name: "uv" | "pip", version: string, resolve: Program): Program {
  return (request) =>
    request.command.at(-1) === "--version"
      ? { stdout: `${name} ${version} (from somewhere)\n` }
      : resolve(request);
}

const pip = (version: string, stdout: string): Program =>
  resolver("pip", version, () => ({ stdout }));
const uv = resolver("uv", "0.9.0", () => ({
  stdout: `--index-url https://index.example/simple\npandas==2.2.3 \\\n    --hash=sha256:${HASH}\n`,
}));
const failing = resolver("uv", "0.9.0", () => ({
  exit: 1,
  stderr: "  × No solution found\n  ╰─▶ because https://ada:secret@index.example is away\n",
}));

async function lock(
  programs: Readonly<Record<string, Program>>,
  given: { readonly files?: Files; readonly inputs?: LockInputs; readonly ask?: boolean } = {},
): Promise<LockOutcome> {
  return lockRequirements(
    {
      inputs: given.inputs ?? inputs,
      folder: "pipelines/churn",
      ask: given.ask ?? true,
      python: "/env/bin/python",
      environment: {},
      signal: new AbortController().signal,
    },
    { files: given.files ?? memoryFiles(), processes: fakeProcesses(programs) },
  );
}

test.each([
  { name: "uv", programs: { uv }, scope: "any platform" },
  {
    name: "pip",
    programs: { "/env/bin/python": pip("25.0", reportOf({ sha256: HASH })) },
    scope: "Linux-x86_64",
  },
  {
    name: "pip where uv fails",
    programs: { uv: failing, "/env/bin/python": pip("25.0", reportOf({ sha256: HASH })) },
    scope: "Linux-x86_64",
  },
  { name: "the environment's own uv", programs: { "/env/bin/uv": uv }, scope: "any platform" },
])("locks with $name: every file by hash, no index", async ({ programs, scope }) => {
  const { text, diagnostics } = await lock(programs);
  expect(diagnostics).toEqual([]);
  expect(text).toContain(`on ${scope}: `);
  expect(text).not.toContain("index");
  const { requirements, unread } = parseRequirements("requirements.lock", text ?? "");
  expect(unread).toEqual([]);
  expect(requirements).toMatchObject([{ name: "pandas", version: "2.2.3", hashes: 1 }]);
});

test("asks for the versions of the observed run, and never to build anything", async () => {
  const asked: string[] = [];
  const files = memoryFiles();
  const watching = resolver("uv", "0.9.0", (request) => {
    asked.push(...request.command);
    return { exit: 1, stderr: "no" };
  });
  await lock({ uv: watching }, { files });
  expect(asked).toContain("--no-build");
  expect(asked).toContain("constraints.txt");
  expect(await files.list(".mlops")).toEqual([]);
});

test("takes a lock from the same inputs again without asking anybody", async () => {
  const files = memoryFiles();
  const first = await lock({ uv }, { files });
  expect((await lock({}, { files })).text).toBe(first.text);
  const elsewhere = memoryFiles({ "pipelines/churn/requirements.lock": first.text ?? "" });
  expect((await lock({}, { files: elsewhere, ask: false })).text).toBe(first.text);
  const moved = { ...inputs, python: "3.12" };
  expect((await lock({}, { files: elsewhere, inputs: moved, ask: false })).text).toBeUndefined();
});

test.each([
  { name: "there is no resolver", programs: {}, because: "there is no uv, and no pip 23 or newer" },
  {
    name: "pip is too old",
    programs: { "/env/bin/python": pip("22.3", "") },
    because: "no pip 23",
  },
  { name: "nothing fits", programs: { uv: failing }, because: "uv: × No solution found" },
  {
    name: "a file has no hash",
    programs: { "/env/bin/python": pip("25.0", reportOf({})) },
    because: "no hash is known for pandas 2.2.3",
  },
  {
    name: "the report is none",
    programs: { "/env/bin/python": pip("25.0", "nonsense") },
    because: "its report has a form that is not known",
  },
])("makes none and says why when $name", async ({ programs, because }) => {
  const { text, diagnostics } = await lock(programs);
  expect(text).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code: "lock-not-made", severity: "warning" }]);
  expect(diagnostics[0]?.message).toContain(because);
  expect(diagnostics[0]?.message).not.toContain("secret");
});

test("makes none for what has no hash at all", async () => {
  const source = { kind: "vcs", reference: "git+https://git.example/x@abc" } as const;
  const requirements = [{ distribution: "x", version: "1", source }];
  const { diagnostics } = await lock({ uv }, { inputs: { ...inputs, requirements } });
  expect(diagnostics[0]?.message).toContain("x is installed from a repository");
});

test.each([
  { own: `pandas==2.2.3 --hash=sha256:${HASH}\n`, codes: [] },
  { own: `# mine\npandas==2.1.0 --hash=sha256:${HASH}\n`, codes: ["lock-stale"] },
  { own: `numpy==2.1.0 --hash=sha256:${HASH}\n`, codes: ["lock-stale"] },
])("keeps a lock that somebody made by hand, $codes", async ({ own, codes }) => {
  const files = memoryFiles({ "pipelines/churn/requirements.lock": own });
  const { text, diagnostics } = await lock({ uv }, { files });
  expect(text).toBe(own);
  expect(diagnostics.map(({ code }) => code)).toEqual(codes);
});

/**
 * What IPython itself printed for small notebooks with `%run`, stored by `test/fixtures/notebooks/run_verdicts.py`, against
 * what the observed run prints and what the program that pipelines are made of prints. The rest is refused.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { loadNotebook } from "../../src/app/load-notebook.ts";
import { observeNotebook } from "../../src/app/observe-notebook.ts";
import { MlopsError } from "../../src/base/errors.ts";
import { runProcess } from "../support/churn-project.ts";
import { fakeWorkers } from "../support/fake-workers.ts";
import { memoryArtifacts } from "../support/memory-artifacts.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { pythonParser } from "../support/python-parser.ts";

const Verdict = z.strictObject({
  name: z.string(),
  cells: z.array(z.string()),
  files: z.record(z.string(), z.string()),
  printed: z.array(z.string()),
  raised: z.boolean(),
});
type Verdict = z.infer<typeof Verdict>;

const verdicts = z
  .array(Verdict)
  .parse(
    JSON.parse(
      readFileSync(new URL("../fixtures/notebooks/run-verdicts.json", import.meta.url), "utf8"),
    ),
  );

/** Where something is refused, and why. What raises in IPython does not stop the notebook there, and is refused here. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "without -i it does not see them": /may read x before/,
  "a builtin that the notebook has renamed": /may read max before/,
  "a function keeps the script's variable": /sets a k of its own/,
  "a function keeps the script's variable, set before": /sets a k of its own/,
  "a lambda keeps the script's variable": /sets a k of its own/,
  "a function does not see the notebook's variable": /does not see the k/,
  "a function changes the script's variable": /own n, which is another/,
  "a name that the script deletes": /deletes its own x/,
  "an exception's name": /deletes its own e/,
  "the same script twice reads what it left": /may read x before/,
  "arguments read again by the notebook": /where sys.argv is another/,
  "a script that ends early": /sys\.exit/,
  "-e with a script that ends early": /sys\.exit/,
  "its own place": /__file__/,
  "argparse given something else": /parse_args is given something/,
  "arguments of a sys by another name": /argv of something that may be sys/,
  "a pattern among the arguments": /file names of \*\.csv/,
  "a pattern in quotes": /file names of \*\.csv/,
  "IPython's syntax in a script": /not valid Python/,
  "annotations as texts in the script alone": /holds for this file alone/,
};

/** What the observed run raises, and the promotion then says. */
const RAISES: Readonly<Record<string, RegExp>> = { "a script that raises": /^ZeroDivisionError/ };

interface Outcome {
  readonly observed: string;
  readonly program: string;
}

const outcomes = new Map<string, Outcome>();
const refusals = new Map<string, string>();

beforeAll(async () => {
  const cases: { readonly name: string; readonly input: unknown }[] = [];
  for (const verdict of verdicts) {
    const input = await inputOf(verdict);
    if (typeof input === "string") refusals.set(verdict.name, input);
    else cases.push({ name: verdict.name, input });
  }
  const folder = await mkdtemp(join(tmpdir(), "mlops-run-"));
  try {
    const file = join(folder, "cases.json");
    await writeFile(file, JSON.stringify(cases.map(({ input }) => input)));
    const driver = fileURLToPath(new URL("../support/run_verdict_cases.py", import.meta.url));
    const { code, stdout, stderr } = await runProcess(await pythonForTests(), [driver, file], {
      cwd: folder,
    });
    if (code !== 0) throw new Error(stderr);
    const found = z
      .array(z.strictObject({ observed: z.string(), program: z.string() }))
      .parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
    for (const [at, outcome] of found.entries()) outcomes.set(cases[at]?.name ?? "", outcome);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const refused = verdicts.filter(({ name }) => name in REFUSED);
const raising = verdicts.filter(({ name }) => name in RAISES);
const followed = verdicts.filter(({ name }) => !(name in REFUSED) && !(name in RAISES));

test("nothing is expected of what IPython was not asked", () => {
  const names = new Set(verdicts.map(({ name }) => name));
  const expected = [...Object.keys(REFUSED), ...Object.keys(RAISES)];
  expect(expected.filter((name) => !names.has(name))).toEqual([]);
  expect(names.size).toBe(verdicts.length);
});

test.each(followed)("does as IPython does: $name", ({ name, printed, raised }) => {
  expect(raised).toBe(false);
  const { observed, program } = outcomes.get(name) ?? { observed: refusals.get(name), program: "" };
  expect(linesOf(observed ?? "")).toEqual(printed);
  expect(linesOf(program)).toEqual(printed);
});

test.each(refused)("refuses $name", ({ name }) => {
  expect(refusals.get(name)).toMatch(REFUSED[name] ?? /^$/);
});

test.each(raising)("raises with $name", ({ name }) => {
  expect(outcomes.get(name)?.observed).toMatch(RAISES[name] ?? /^$/);
});

/** What the driver runs, or the message of what stops it. */
async function inputOf({ cells, files: beside }: Verdict): Promise<unknown> {
  const files = memoryFiles({ ...beside, "story.ipynb": notebookText(cells) });
  try {
    const { program } = await loadNotebook(
      "story.ipynb",
      { files, parser: await pythonParser() },
      { pipeline: "story", environment: {} },
    );
    let request: unknown;
    const workers = fakeWorkers({
      observe: (header) => {
        request = header;
        return { result: { finished: true } };
      },
    });
    await observeNotebook(
      {
        program,
        work: { root: ".", above: 0 },
        pipelinesFolder: "pipelines",
        python: "python3",
        reference: undefined,
        timeoutMs: 1000,
        allowNetwork: false,
        allowWrite: false,
        signal: new AbortController().signal,
        onCell: () => undefined,
        fresh: true,
        onReused: () => undefined,
        onReachingUp: () => undefined,
      },
      { files, workers, artifacts: memoryArtifacts(files), templates: "/templates" },
    );
    const modules = Object.fromEntries(program.modules.map(({ path, text }) => [path, text]));
    return { files: beside, modules, request, cells: program.cells.map(({ python }) => python) };
  } catch (error) {
    if (error instanceof MlopsError) return error.message;
    throw error;
  }
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

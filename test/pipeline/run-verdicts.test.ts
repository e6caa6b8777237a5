/**
 * What IPython itself printed for small notebooks with `%run`, stored by `test/fixtures/notebooks/run_verdicts.py`, against
 * what the observed run prints and what the program that pipelines are made of prints. The rest is refused.
 */
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadNotebook } from "../../src/app/load-notebook.ts";
import { observeNotebook } from "../../src/app/observe-notebook.ts";
import { MlopsError } from "../../src/base/errors.ts";
import { templatesFolder } from "../../src/cli/package-root.ts";
import { wire } from "../../src/cli/wire.ts";
import type { NotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { runProcess } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

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
  "a script that raises": /ZeroDivisionError/,
  "its own place": /__file__/,
  "a pattern among the arguments": /file names of \*\.csv/,
  "IPython's syntax in a script": /not valid Python/,
  "annotations as texts in the script alone": /holds for this file alone/,
};

/** Each cell in one set of variables, as the steps of a pipeline are. */
const ONE_PROGRAM = `
import json, os, sys, types
folders = json.loads(sys.argv[1])
sys.path[:0] = [os.path.abspath(folder) for folder in [".", *folders["folders"]]]
main = types.ModuleType("__main__")
sys.modules["__main__"] = main
for cell in folders["cells"]:
    exec(compile(cell, "<cell>", "exec", dont_inherit=True), main.__dict__)
`;

test.each(verdicts.map((verdict) => [verdict.name, verdict] as const))(
  "does as IPython does: %s",
  async (name, verdict) => {
    const found = await runsOf(verdict);
    const expected = REFUSED[name];
    if (expected === undefined) {
      expect(verdict.raised).toBe(false);
      expect(found).toEqual({ observed: verdict.printed, program: verdict.printed });
    } else {
      expect(found).toMatch(expected);
    }
  },
);

/** What both print, or the message of what stops it. */
async function runsOf(
  verdict: Verdict,
): Promise<string | Record<"observed" | "program", readonly string[]>> {
  const folder = await mkdtemp(join(tmpdir(), "mlops-run-"));
  const wiring = wire({ emit: () => undefined });
  try {
    for (const [path, text] of Object.entries({
      ...verdict.files,
      "story.ipynb": notebookText(verdict.cells),
    })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const files = await wiring.files(folder);
    const { program } = await loadNotebook(
      "story.ipynb",
      { files, parser: await wiring.parser() },
      { pipeline: "story", environment: {} },
    );
    const seen = await observeNotebook(
      {
        program,
        root: ".",
        python: await pythonForTests(),
        reference: undefined,
        timeoutMs: 60_000,
        allowNetwork: false,
        allowWrite: false,
        signal: new AbortController().signal,
        skip: (path) => path.startsWith(".mlops"),
        onCell: () => undefined,
        fresh: true,
        onReused: () => undefined,
      },
      {
        files,
        workers: await wiring.workers(),
        artifacts: await wiring.artifacts(join(folder, ".mlops", "store")),
        templates: templatesFolder(),
      },
    );
    return {
      observed: linesOf(seen.statements.map(({ text }) => text).join("")),
      program: await runAsOneProgram(program, folder),
    };
  } catch (error) {
    if (error instanceof MlopsError) return error.message;
    throw error;
  } finally {
    await wiring.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAsOneProgram(
  program: NotebookProgram,
  folder: string,
): Promise<readonly string[]> {
  const folders = program.modules.map(({ source }) => dirname(source));
  const cells = program.cells.map(({ python }) => python);
  const finished = await runProcess(
    await pythonForTests(),
    ["-c", ONE_PROGRAM, JSON.stringify({ folders, cells })],
    {
      cwd: folder,
    },
  );
  return finished.code === 0 ? linesOf(finished.stdout) : [finished.stderr];
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Slices of the examples: run alone in their folder they give the values that the whole notebook gives. */
import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { buildNotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { pythonParser } from "../support/python-parser.ts";
import { sliceOf } from "../support/slice-of.ts";
import { type TempProject, tempProject } from "../support/temp-project.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** What tells a value from another, to the last digit. */
const DIGEST = `
def _digest(value):
    import hashlib
    text = value.to_csv() if hasattr(value, "to_csv") else repr(getattr(value, "tolist", lambda: value)())
    return hashlib.sha256(text.encode()).hexdigest()[:16]
`;

/** All code of the notebook as one script. */
async function wholeOf(project: TempProject, notebook: string): Promise<string> {
  const read = readNotebook(await readFile(project.path(notebook), "utf8"), notebook);
  if (read.value === undefined) throw new Error("the example does not read");
  const { value } = buildNotebookProgram(read.value, await pythonParser());
  return ["display = print", ...value.cells.map((cell) => cell.python)].join("\n");
}

/** Runs each script with variables of its own; the large libraries are imported once, which takes longest. */
const RUNNER = `
import sys

for path in sys.argv[1:]:
    exec(compile(open(path).read(), path, "exec"), {"__name__": "__main__"})
`;

test.each([
  { example: "churn", names: ["df", "X_train_scaled", "probabilities", "auc", "importances"] },
  { example: "demand-forecast", names: ["df", "known", "p", "scores", "one"] },
  { example: "house-prices", names: ["df", "X_test", "cv_scores", "best_name"] },
  { example: "segments", names: ["rfm", "silhouettes", "xy", "profile"] },
])("slices of the example $example give what the whole gives", async ({ example, names }) => {
  await using project = await tempProject({ "runner.py": RUNNER });
  await cp(join(ROOT, "examples", example), project.path("."), { recursive: true });
  const notebook = `${example}.ipynb`;
  const print = (name: string): string => `\nprint("=> ${name}", _digest(${name}))\n`;
  const whole = await wholeOf(project, notebook);
  await project.write("whole.py", `${whole}\n${DIGEST}${names.map(print).join("")}`);
  for (const name of names) {
    const script = await sliceOf(project, notebook, name);
    await project.write(`${name}.py`, `${script}\n${DIGEST}${print(name)}`);
  }
  const { stdout } = await promisify(execFile)(
    await pythonForTests(),
    ["runner.py", "whole.py", ...names.map((name) => `${name}.py`)],
    {
      cwd: project.path("."),
      env: { PATH: process.env["PATH"], MPLBACKEND: "Agg", PYTHONHASHSEED: "0" },
    },
  );
  const values = stdout.split("\n").filter((line) => line.startsWith("=> "));
  expect(values).toHaveLength(2 * names.length);
  expect(values.slice(names.length)).toEqual(values.slice(0, names.length));
});

/** Each idiom that is split gives, run in a real interpreter, the features that the notebook's own lines give. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { featureFiles, stageScript } from "../support/feature-cases.ts";
import { runFeatureScript } from "../support/feature-python.ts";
import { IDIOMS } from "../support/idiom-cases.ts";
import { IDIOM_HEAD, IDIOM_TAIL } from "../support/idioms/idiom.ts";

interface Proven {
  readonly failed: readonly unknown[];
  readonly unseen: unknown;
}

const SPLIT = IDIOMS.filter(({ refused }) => refused === undefined);
const proven = new Map<string, Proven>();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-idioms-"));
  const cases = [];
  for (const [index, { lines, tail = IDIOM_TAIL, name }] of SPLIT.entries()) {
    const script = IDIOM_HEAD + lines + tail;
    const staged = await stageScript(script);
    if (!staged.ok) continue;
    const packageName = `idiom_${String(index)}`;
    const at = join(folder, packageName);
    const notebook = join(at, "notebook.py");
    await mkdir(at, { recursive: true });
    await writeFile(notebook, script.replaceAll(/^# %%\n/gmu, "\n"));
    for (const [path, text] of Object.entries(await featureFiles(staged.value, packageName))) {
      await mkdir(dirname(join(at, path)), { recursive: true });
      await writeFile(join(at, path), text);
    }
    const matrices = staged.value.matrices.map((matrix) => matrix.name);
    cases.push({ name, notebook, package: packageName, folder: at, matrices });
  }
  const results = await runFeatureScript<Proven>("run_idioms.py", cases);
  for (const [index, { name }] of cases.entries()) {
    const result = results[index];
    if (result !== undefined) proven.set(name, result);
  }
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(SPLIT)("$number: $name gives the notebook's features", ({ name }) => {
  expect(proven.get(name)).toEqual({ failed: [], unseen: 1 });
});

/** Idioms run in a real interpreter: the packages generated from them, and the proofs of their features. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { featureFiles, stageScript } from "./feature-cases.ts";
import { runFeatureScript } from "./feature-python.ts";
import type { Idiom } from "./idioms/idiom.ts";
import { IDIOM_HEAD, IDIOM_TAIL } from "./idioms/idiom.ts";

/** What the proofs of one idiom gave. */
export interface ProvenIdiom {
  readonly failed: readonly unknown[];
  /** Rows of the features of a row with values that training never showed. */
  readonly unseen: unknown;
}

/** Runs all proofs of the idioms that are split, in one process; by name. */
export async function proveIdioms(
  idioms: readonly Idiom[],
): Promise<ReadonlyMap<string, ProvenIdiom>> {
  const folder = await mkdtemp(join(tmpdir(), "mlops-idioms-"));
  const cases = [];
  for (const [index, { lines, tail = IDIOM_TAIL, name }] of idioms.entries()) {
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
  const results = await runFeatureScript<ProvenIdiom>("run_idioms.py", cases);
  await rm(folder, { recursive: true, force: true });
  return new Map(
    cases.flatMap(({ name }, index) => {
      const result = results[index];
      return result === undefined ? [] : [[name, result] as const];
    }),
  );
}

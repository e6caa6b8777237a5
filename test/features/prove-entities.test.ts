/** What is split by reading is proven by running: each notebook with rows per customer, on made-up purchases in a real interpreter. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProcess } from "../support/churn-project.ts";
import { SPLIT_ENTITIES } from "../support/entity-cases.ts";
import {
  entityScript,
  featureFiles,
  featureFixtureFolder,
  featureTemplateFolder,
  stageScript,
} from "../support/feature-cases.ts";
import { pythonForTests } from "../support/python-environment.ts";

interface ProofRecord {
  readonly proof: string;
  readonly same: boolean;
  readonly difference: string | null;
}

let folder = "";
let results: readonly (readonly ProofRecord[])[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-entities-"));
  for (const [at, { lines }] of SPLIT_ENTITIES.entries()) {
    const script = entityScript(lines);
    const staged = await stageScript(script);
    if (!staged.ok) throw new Error(staged.error.message);
    const name = `case_${String(at)}`;
    const files = { ...(await featureFiles(staged.value, name)), [`${name}.txt`]: script };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  }
  const python = await pythonForTests();
  const ran = await runProcess(
    python,
    [join(featureFixtureFolder, "run_entity_proofs.py"), String(SPLIT_ENTITIES.length)],
    {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", PYTHONPATH: featureTemplateFolder },
    },
  );
  if (ran.code !== 0) throw new Error(ran.stderr);
  results = JSON.parse(ran.stdout) as readonly (readonly ProofRecord[])[];
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(SPLIT_ENTITIES.map(({ name }, at) => ({ name, at })))("$name: proven", ({ at }) => {
  const records = results[at] ?? [];
  expect(records.filter(({ same }) => !same)).toEqual([]);
  expect(records.map(({ proof }) => proof)).toEqual(
    expect.arrayContaining(["transform-same-as-notebook", "one-entity-same-as-batch"]),
  );
});

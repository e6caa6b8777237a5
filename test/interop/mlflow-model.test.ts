import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { preparePythonEnvironment } from "../../bin/dev/python-environment.ts";
import { materializeModel } from "../../src/app/materialize-model.ts";
import { registerModel } from "../../src/app/register-model.ts";
import { tenureRun } from "../support/tenure-run.ts";

const here = dirname(fileURLToPath(import.meta.url));

const Answer = z.object({
  inputs: z.array(z.tuple([z.string(), z.string()])),
  example: z.array(
    z.object({ label: z.number(), probabilities: z.record(z.string(), z.number()) }),
  ),
  gap: z.number(),
  many: z.number(),
  refused: z.string(),
  mlops: z.record(z.string(), z.unknown()),
  saved_example: z.array(z.record(z.string(), z.unknown())),
});

test("mlflow.pyfunc.load_model loads a materialized version and gives answers", {
  timeout: 900_000,
}, async () => {
  const python = await preparePythonEnvironment({
    lockFile: join(here, "requirements-mlflow.lock"),
    cacheFolder: join(here, "../../.cache"),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const made = await tenureRun(python);
  onTestFinished(made.remove);
  const { version } = await registerModel(made.input, made.ports);
  await materializeModel(version, "models/tenure", made.ports);
  const { stdout } = await promisify(execFile)(python, [
    join(here, "load_with_mlflow.py"),
    join(made.folder, "models/tenure"),
  ]);
  const answer = Answer.parse(JSON.parse(stdout));
  expect(answer.inputs).toEqual([
    ["plan", "string"],
    ["tenure", "double"],
    ["charge", "double"],
  ]);
  expect(answer.example).toHaveLength(1);
  expect(Object.keys(answer.example[0]?.probabilities ?? {})).toEqual(["0", "1"]);
  expect(answer).toMatchObject({
    gap: 1,
    many: 50,
    mlops: { servable: true, contract: "contract.json" },
  });
  expect(answer.refused).toContain("charge");
  expect(Object.keys(answer.saved_example[0] ?? {})).toEqual(["plan", "tenure", "charge"]);
});

/** The whole serving side on a real model: registered, put together, loaded by Python workers, asked over HTTP. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findModel } from "../../../src/app/find-model.ts";
import { registerModel } from "../../../src/app/register-model.ts";
import type { ServableModel } from "../../../src/app/serve-model.ts";
import { serveModel } from "../../../src/app/serve-model.ts";
import { syntheticExample } from "../../../src/contract/synthetic-example.ts";
import type { Gateway } from "../../../src/http/gateway/gateway.ts";
import { startGateway } from "../../../src/http/gateway/gateway.ts";
import type { Worker } from "../../../src/ports/worker.ts";
import { ServingOptions } from "../../../src/serving/schema.ts";
import { pythonForTests } from "../../support/python-environment.ts";
import type { TenureRun } from "../../support/tenure-run.ts";
import { tenureRun } from "../../support/tenure-run.ts";

let made: TenureRun;
let servable: ServableModel;
let gateway: Gateway;
const events: string[] = [];
const workers: Worker[] = [];

beforeAll(async () => {
  const python = await pythonForTests();
  made = await tenureRun(python);
  await registerModel(made.input, made.ports);
  const version = findModel("tenure@v1", made.ports.registry.models);
  servable = await serveModel({ version, python, modelsFolder: ".mlops/models" }, made.ports);
  gateway = await startGateway({
    model: servable.model,
    serving: ServingOptions.parse({ port: 0, workers: 2 }),
    startWorker: async () => {
      const worker = await servable.startWorker();
      workers.push(worker);
      return worker;
    },
    log: { append: () => 0, close: () => Promise.resolve() },
    programVersion: "1.2.3",
    nowMs: Date.now,
    draw: Math.random,
    onEvent: (event) => {
      events.push(event.kind);
    },
  });
}, 600_000);

afterAll(async () => {
  await gateway.close();
  await made.remove();
});

test("answers the synthetic example by every protocol with the same label", async () => {
  const row = syntheticExample(servable.model.contract);
  const own = await ask("/predict", { rows: [row] });
  expect(own.body).toMatchObject({ model: "tenure@v1", answers: [{}], warnings: [] });
  const label: unknown = labelOf(own.body);
  expect(label).toBeDefined();
  const kserve = await ask("/v1/models/tenure:predict", { instances: [row] });
  expect(kserve.body).toEqual({ predictions: [label] });
  const mlflow = await ask("/invocations", {
    dataframe_split: { columns: Object.keys(row), data: [Object.values(row)] },
  });
  expect(mlflow.body).toEqual({ predictions: [label] });
});

test("answers the example that is stored with the model", async () => {
  const text = await readFile(join(servable.directory, "input_example.json"), "utf8");
  const stored: unknown = JSON.parse(text);
  const answer = await ask("/invocations", { dataframe_split: stored });
  expect(answer.status).toBe(200);
});

test("refuses what the contract does not allow before Python sees it", async () => {
  const answer = await ask("/predict", { rows: [{ nonsense: 1 }] });
  expect(answer.status).toBe(422);
});

test("answers many requests of many rows at once", async () => {
  const row = syntheticExample(servable.model.contract);
  const rows = Array.from({ length: 50 }, () => row);
  const asked = Array.from({ length: 20 }, () => ask("/predict", { rows }));
  const statuses = (await Promise.all(asked)).map((answer) => answer.status);
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test("loses no request when a worker is killed, and replaces it", async () => {
  const [victim] = workers;
  process.kill(victim?.pid ?? 0, "SIGKILL");
  const rows = [syntheticExample(servable.model.contract)];
  while (!events.includes("worker-restarted")) {
    expect((await ask("/predict", { rows })).status).toBe(200);
  }
  expect(events).toContain("worker-died");
});

async function ask(
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`http://127.0.0.1:${String(gateway.port)}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

function labelOf(body: unknown): unknown {
  const match = /"label":("[^"]*"|[^,}]+)/.exec(JSON.stringify(body));
  return match?.[1] === undefined ? undefined : JSON.parse(match[1]);
}

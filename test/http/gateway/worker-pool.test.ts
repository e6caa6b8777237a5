import { expect, test } from "vitest";
import { WorkerError } from "../../../src/ports/worker.ts";
import { testGateway, until } from "../../support/gateway.ts";
import { churnRow, predictByTenure } from "../../support/serving.ts";

test("spreads requests over the workers that are least busy", async () => {
  const gate = Promise.withResolvers<undefined>();
  let calls = 0;
  await using served = await testGateway({
    workers: 2,
    predict: async (table, options) => {
      calls += 1;
      await gate.promise;
      return predictByTenure(table, options);
    },
  });
  const asked = [served.post("/predict", [churnRow]), served.post("/predict", [churnRow])];
  await until(() => calls === 2);
  expect((await served.get("/metrics")).body).toMatch(/mlops_requests_in_flight\{.*\} 2/);
  gate.resolve(undefined);
  expect((await Promise.all(asked)).map((answer) => answer.status)).toEqual([200, 200]);
});

test("answers on another worker when one dies, and replaces the dead one", async () => {
  await using served = await testGateway({ workers: 2 });
  served.workers[0]?.die();
  const answers = await Promise.all([1, 2, 3].map(() => served.post("/predict", [churnRow])));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  await until(() => served.events.some((event) => event.kind === "worker-restarted"));
  expect(served.workers[0]?.isClosed()).toBe(true);
  expect((await served.get("/metrics")).body).toMatch(/mlops_worker_restarts_total\{.*\} 1/);
});

test("is not ready and answers 503 while no worker lives, then recovers by itself", async () => {
  let isBroken = false;
  await using served = await testGateway({
    onStart: () => {
      if (isBroken) throw new Error("out of memory");
    },
  });
  isBroken = true;
  served.workers[0]?.die();
  const answer = await served.post("/predict", [churnRow]);
  expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
  await until(() => served.events.some((event) => event.kind === "worker-start-failed"));
  expect((await served.get("/v2/health/ready")).status).toBe(503);
  expect((await served.get("/ping")).status).toBe(503);
  expect((await served.get("/v2/health/live")).status).toBe(200);
  isBroken = false;
  await until(() => served.workers.length === 2);
  expect((await served.post("/predict", [churnRow])).status).toBe(200);
});

test("gives up on a request that kills two workers", async () => {
  await using served = await testGateway({
    workers: 2,
    predict: () => Promise.reject(new WorkerError({ code: "worker-died", message: "SIGSEGV" })),
  });
  const answer = await served.post("/predict", [churnRow]);
  expect([answer.status, answer.body]).toEqual([503, expect.stringContaining("model-not-ready")]);
  expect(served.events.filter((event) => event.kind === "worker-died")).toHaveLength(2);
});

test("replaces a worker that does not answer in time and does not ask again", async () => {
  let calls = 0;
  await using served = await testGateway({
    limits: { predictTimeoutMs: 20 },
    predict: (_table, options) => {
      calls += 1;
      expect(options.timeoutMs).toBe(20);
      return Promise.reject(
        new WorkerError({ code: "worker-timeout", message: "no answer within 20 ms" }),
      );
    },
  });
  const answer = await served.post("/predict", [churnRow]);
  expect([answer.status, calls]).toEqual([504, 1]);
  await until(() => served.events.some((event) => event.kind === "worker-restarted"));
});

test("passes on what the model says about a request, naming the row", async () => {
  await using served = await testGateway({
    predict: () =>
      Promise.reject(
        new WorkerError({ code: "predict-failed", message: "ValueError: bad plan", row: 0 }),
      ),
  });
  const answer = await served.post("/predict", [churnRow]);
  expect([answer.status, answer.body]).toEqual([
    500,
    expect.stringContaining("rows[0]: the model failed: ValueError: bad plan"),
  ]);
  expect(served.events.some((event) => event.kind === "worker-died")).toBe(false);
});

test("refuses more requests at once than the workers may have", async () => {
  const gate = Promise.withResolvers<undefined>();
  let calls = 0;
  await using served = await testGateway({
    limits: { inFlightPerWorker: 1 },
    predict: async (table, options) => {
      calls += 1;
      await gate.promise;
      return predictByTenure(table, options);
    },
  });
  const first = served.post("/predict", [churnRow]);
  await until(() => calls === 1);
  const second = await served.post("/predict", [churnRow]);
  expect([second.status, second.headers["retry-after"]]).toEqual([503, "1"]);
  expect(second.body).toContain("gateway-overloaded");
  gate.resolve(undefined);
  expect((await first).status).toBe(200);
});

test("closes the workers that started when another one cannot", async () => {
  const starting = testGateway({
    workers: 2,
    onStart: (count) => {
      if (count === 2) throw new Error("no memory for a second worker");
    },
  });
  await expect(starting).rejects.toThrow("no memory for a second worker");
});

import { expect, test } from "vitest";
import type { TestAnswer } from "../../support/gateway.ts";
import { testGateway } from "../../support/gateway.ts";
import { churnContract, churnRow } from "../../support/serving.ts";

const tensors = churnContract.columns.map((column) => ({
  name: column.name,
  shape: [2, 1],
  datatype: { bool: "BOOL", int64: "INT64", float64: "FP64", string: "BYTES", timestamp: "BYTES" }[
    column.type
  ],
  data: [
    column.name in churnRow
      ? Object.entries(churnRow).find(([name]) => name === column.name)?.[1]
      : null,
    null,
  ].map((value, row) =>
    row === 0 || column.nullable
      ? value
      : Object.entries(churnRow).find(([name]) => name === column.name)?.[1],
  ),
}));

test("answers /predict, and the answer says which model gave it", async () => {
  await using served = await testGateway();
  const rows = [churnRow, { ...churnRow, tenure: 3 }];
  const answer = await served.post("/predict", { rows }, { "x-request-id": "req-1" });
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(json(answer)).toEqual({
    id: "req-1",
    model: "churn@v3",
    answers: [
      { label: "no", probabilities: { no: 0.9, yes: 0.1 } },
      { label: "yes", probabilities: { no: 0.25, yes: 0.75 } },
    ],
    warnings: [],
  });
});

test("answers the same rows by v2, KServe v1 and MLflow", async () => {
  await using served = await testGateway();
  const v2 = await served.post("/v2/models/churn/versions/3/infer", { id: "q", inputs: tensors });
  expect(json(v2)).toMatchObject({
    model_name: "churn",
    model_version: "3",
    id: "q",
    outputs: [
      { name: "label", data: ["no", "no"] },
      { name: "probabilities", shape: [2, 2] },
    ],
  });
  const kserve = await served.post("/v1/models/churn:predict", { instances: [churnRow] });
  expect(json(kserve)).toEqual({ predictions: ["no"] });
  const mlflow = await served.post("/invocations", { dataframe_records: [churnRow] });
  expect(json(mlflow)).toEqual({ predictions: ["no"] });
});

test("names column and row of what breaks the contract, in the protocol's own form", async () => {
  await using served = await testGateway();
  const bad = { ...churnRow, plan: "gold" };
  const own = await served.post("/predict", [churnRow, bad]);
  expect([own.status, json(own)]).toMatchObject([
    422,
    {
      error: {
        code: "contract-violated",
        problems: [{ code: "unseen-category", column: "plan", row: 1 }],
      },
    },
  ]);
  const v2 = await served.post("/v2/models/churn/infer", {
    inputs: [{ name: "tenure", shape: [1], datatype: "INT64", data: [1] }],
  });
  expect([v2.status, json(v2)]).toEqual([
    422,
    { error: 'column "charges" (float64) is missing (and 4 more)' },
  ]);
  expect(served.logged).toEqual([]);
});

test("answers values outside the training range, with a warning", async () => {
  await using served = await testGateway();
  const answer = await served.post("/predict", { ...churnRow, tenure: 99 });
  expect(answer.status).toBe(200);
  expect(json(answer)).toMatchObject({
    warnings: [{ code: "out-of-range", column: "tenure", row: 0 }],
  });
});

test("informs about itself", async () => {
  await using served = await testGateway();
  expect(json(await served.get("/v2"))).toEqual({
    name: "mlops",
    version: "1.2.3",
    extensions: [],
  });
  expect(json(await served.get("/v2/health/live"))).toEqual({ live: true });
  expect(json(await served.get("/v2/health/ready"))).toEqual({ ready: true });
  expect(json(await served.get("/v2/models/churn/ready"))).toEqual({ name: "churn", ready: true });
  expect(json(await served.get("/v1/models/churn"))).toEqual({ name: "churn", ready: true });
  expect(json(await served.get("/v1/models"))).toEqual({ models: ["churn"] });
  expect(json(await served.get("/v2/models/churn"))).toMatchObject({
    versions: ["3"],
    inputs: [
      { name: "tenure", datatype: "INT64", shape: [-1, 1] },
      { datatype: "FP64" },
      { datatype: "BOOL" },
      { datatype: "BYTES" },
      { datatype: "BYTES" },
      { datatype: "BYTES" },
    ],
    outputs: [{ name: "label", datatype: "BYTES", shape: [-1] }],
  });
  for (const path of ["/health", "/ping"]) expect((await served.get(path)).status).toBe(200);
  expect((await served.get("/version")).body).toBe("1.2.3");
});

test("counts requests by model, version, variant, protocol and status", async () => {
  await using served = await testGateway();
  await served.post("/predict", [churnRow]);
  await served.post("/invocations", { instances: 7 });
  const { headers, body } = await served.get("/metrics");
  expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  const model = 'model_name="churn",model_version="3",variant="stable"';
  expect(body).toContain(`mlops_requests_total{${model},protocol="predict",code="200"} 1`);
  expect(body).toContain(`mlops_requests_total{${model},protocol="mlflow",code="400"} 1`);
  expect(body).toContain(
    `mlops_request_errors_total{${model},protocol="mlflow",reason="request-malformed"} 1`,
  );
  expect(body).toContain(`mlops_requests_in_flight{${model}} 0`);
  expect(body).toContain(`mlops_request_duration_seconds_count{${model},protocol="predict"} 1`);
  expect(body).toContain('mlops_workers{model_name="churn",model_version="3"} 1');
});

test("logs every answered row without personal columns, and reports requests without bodies", async () => {
  await using served = await testGateway();
  await served.post("/predict", [{ ...churnRow, email: "ada@example.org", customer: "c-17" }], {
    "x-request-id": "req-7",
  });
  expect(served.logged).toMatchObject([
    { id: "req-7", model: "churn", version: 3, variant: "stable", row: { tenure: 12 } },
  ]);
  expect(JSON.stringify([served.logged, served.events])).not.toMatch(/ada@|c-17/);
  expect(served.events).toMatchObject([{ kind: "request", id: "req-7", status: 200, rows: 1 }]);
});

test.each([
  { name: "no JSON", path: "/predict", body: "{", status: 400, code: "request-not-json" },
  {
    name: "bytes that are not UTF-8",
    path: "/predict",
    body: Uint8Array.of(0x22, 0xff, 0x22),
    status: 400,
    code: "request-not-json",
  },
  {
    name: "JSON that is no rows",
    path: "/predict",
    body: '"rows"',
    status: 400,
    code: "request-malformed",
  },
  {
    name: "a path that is none",
    path: "/predictions",
    body: {},
    status: 404,
    code: "route-unknown",
  },
  {
    name: "a form, as curl sends it by default",
    path: "/predict",
    body: "{}",
    type: "application/x-www-form-urlencoded",
    status: 415,
    code: "request-unsupported",
  },
])("refuses $name", async ({ path, body, type, status, code }) => {
  await using served = await testGateway();
  const answer = await served.post(path, body, type === undefined ? {} : { "content-type": type });
  expect([answer.status, json(answer)]).toMatchObject([status, { error: { code } }]);
});

test("refuses other models and versions, and the wrong method", async () => {
  await using served = await testGateway();
  const other = await served.post("/v2/models/prices/infer", {});
  expect([other.status, json(other)]).toEqual([
    404,
    { error: 'this gateway serves "churn", not "prices"' },
  ]);
  const version = await served.get("/v2/models/churn/versions/2");
  expect([version.status, json(version)]).toEqual([
    404,
    { error: 'this gateway serves version 3 of "churn", not "2"' },
  ]);
  const method = await served.get("/predict");
  expect([method.status, method.headers["allow"]]).toEqual([405, "POST"]);
});

test("refuses v2's binary tensors rather than misreading them", async () => {
  await using served = await testGateway();
  const answer = await served.post("/v2/models/churn/infer", "{}", {
    "inference-header-content-length": "2",
  });
  expect(answer.status).toBe(415);
});

test("does not tell a client what went wrong inside, only which request it was", async () => {
  await using served = await testGateway({ predict: () => Promise.resolve([]) });
  const answer = await served.post("/predict", [churnRow], { "x-request-id": "req-8" });
  expect([answer.status, json(answer)]).toMatchObject([
    500,
    { id: "req-8", error: { code: "gateway-error" } },
  ]);
  expect(served.events).toMatchObject([{ kind: "gateway-error", id: "req-8" }]);
});

function json(answer: TestAnswer): unknown {
  return JSON.parse(answer.body);
}

import { expect, test } from "vitest";
import {
  renderInputExample,
  renderMLmodel,
  renderPythonEnvironment,
} from "../../src/mlflow/mlmodel.ts";

const golden = "../fixtures/contracts/model-version";
const columns = [
  { name: "plan", type: "string", nullable: true },
  { name: "tenure", type: "int64", nullable: false },
  { name: "visits", type: "int64", nullable: true },
  { name: "charge", type: "float64", nullable: true },
  { name: "autopay", type: "bool", nullable: false },
  { name: "joined", type: "timestamp", nullable: false },
] as const;

test("writes the MLmodel, environment and example of the contract", async () => {
  const model = renderMLmodel({
    packageName: "churn",
    python: "3.11.7",
    columns,
    servable: { ready: true },
  });
  await expect(model).toMatchFileSnapshot(`${golden}/MLmodel`);
  await expect(renderPythonEnvironment("3.11.7")).toMatchFileSnapshot(`${golden}/python_env.yaml`);
  await expect(
    renderInputExample({ plan: "basic", tenure: 12, autopay: true }),
  ).toMatchFileSnapshot(`${golden}/input_example.json`);
});

test("gives no signature where MLflow has no type for booleans with gaps", () => {
  const gaps = [{ name: "autopay", type: "bool", nullable: true }] as const;
  expect(
    renderMLmodel({
      packageName: "churn",
      python: "3.11.7",
      columns: gaps,
      servable: { ready: true },
    }),
  ).not.toContain("signature");
});

test("gives a model that cannot be served no flavor that would try", async () => {
  const model = renderMLmodel({
    packageName: "churn",
    python: "3.11.7",
    columns: [],
    servable: { ready: false, because: "it mixes rows" },
  });
  await expect(model).toMatchFileSnapshot(`${golden}/MLmodel.not-servable`);
});

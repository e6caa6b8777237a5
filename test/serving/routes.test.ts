import { expect, test } from "vitest";
import { protocolAt, routeRequest } from "../../src/serving/routes.ts";

test.each([
  ["POST", "/predict", { kind: "predict", protocol: "predict" }],
  ["POST", "/invocations", { kind: "predict", protocol: "mlflow" }],
  ["POST", "/v1/models/churn:predict", { kind: "predict", protocol: "kserve-v1", model: "churn" }],
  ["POST", "/v2/models/churn/infer", { kind: "predict", protocol: "v2", model: "churn" }],
  [
    "POST",
    "/v2/models/churn/versions/3/infer",
    { kind: "predict", protocol: "v2", model: "churn", version: "3" },
  ],
  ["GET", "/v2", { kind: "server-metadata" }],
  ["GET", "/v2/", { kind: "server-metadata" }],
  ["GET", "/v2/health/live", { kind: "live" }],
  ["GET", "/v2/health/ready", { kind: "ready" }],
  ["GET", "/v2/models/churn", { kind: "model-metadata", model: "churn" }],
  ["GET", "/v2/models/churn/versions/3", { kind: "model-metadata", model: "churn", version: "3" }],
  ["GET", "/v2/models/churn/ready", { kind: "model-ready", model: "churn" }],
  [
    "GET",
    "/v2/models/churn/versions/3/ready",
    { kind: "model-ready", model: "churn", version: "3" },
  ],
  ["GET", "/v1/models", { kind: "models" }],
  ["GET", "/v1/models/churn", { kind: "model-status", model: "churn" }],
  ["GET", "/health", { kind: "health" }],
  ["GET", "/ping", { kind: "health" }],
  ["GET", "/version", { kind: "version" }],
  ["GET", "/metrics", { kind: "metrics" }],
])("%s %s", (method, path, operation) => {
  expect(routeRequest(method, path.slice(1).split("/"))).toEqual({ kind: "operation", operation });
});

test.each([
  "/",
  "/predict/",
  "/v2/models",
  "/v2/models/churn/explain",
  "/v2/models/churn/infer/now",
  "/v2/health",
  "/v3",
  "/v1/models/churn/x",
  "/metrics/x",
])("knows nothing at %s", (path) => {
  expect(routeRequest("GET", path.slice(1).split("/"))).toEqual({ kind: "unknown" });
});

test.each([
  ["GET", "/predict", "POST"],
  ["DELETE", "/v2/models/churn/infer", "POST"],
  ["POST", "/metrics", "GET"],
  ["OPTIONS", "/predict", "POST"],
])("%s is the wrong method for %s", (method, path, allow) => {
  expect(routeRequest(method, path.slice(1).split("/"))).toEqual({ kind: "wrong-method", allow });
});

test("answers errors in the form of the path's protocol", () => {
  const paths = ["/v2", "/v2/x", "/v1/models", "/invocations", "/predict", "/v20"];
  expect(paths.map(protocolAt)).toEqual(["v2", "v2", "kserve-v1", "mlflow", "predict", "predict"]);
});

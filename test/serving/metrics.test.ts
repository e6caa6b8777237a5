import { expect, test } from "vitest";
import { Metrics } from "../../src/serving/metrics.ts";

test("renders counters, gauges and cumulative histograms as Prometheus text", () => {
  const metrics = new Metrics();
  const labels = { model_name: "churn", model_version: "3" };
  metrics.add("requests", { ...labels, code: "200" });
  metrics.add("requests", { ...labels, code: "200" });
  metrics.set("workers", {}, 2);
  for (const seconds of [0.0004, 0.004, 0.004, 99]) metrics.observeSeconds(labels, seconds);
  const lines = metrics.render().split("\n");
  expect(lines).toContain("# TYPE mlops_requests_total counter");
  expect(lines).toContain(
    'mlops_requests_total{model_name="churn",model_version="3",code="200"} 2',
  );
  expect(lines).toContain("mlops_workers 2");
  expect(lines).toContain("# TYPE mlops_request_duration_seconds histogram");
  const histogram = lines.filter((line) => line.startsWith("mlops_request_duration_seconds"));
  expect(histogram.slice(0, 4).map((line) => line.replace(/model.*?3",/, ""))).toEqual([
    'mlops_request_duration_seconds_bucket{le="0.001"} 1',
    'mlops_request_duration_seconds_bucket{le="0.0025"} 1',
    'mlops_request_duration_seconds_bucket{le="0.005"} 3',
    'mlops_request_duration_seconds_bucket{le="0.01"} 3',
  ]);
  expect(histogram.slice(-3).map((line) => line.replace(/\{.*\}/, ""))).toEqual([
    "mlops_request_duration_seconds_bucket 4",
    "mlops_request_duration_seconds_sum 99.0084",
    "mlops_request_duration_seconds_count 4",
  ]);
});

test("escapes label values, so that a name cannot end its quotes", () => {
  const metrics = new Metrics();
  metrics.add("rows", { model_name: 'a"} 1\nb\\' });
  expect(metrics.render()).toContain('mlops_rows_total{model_name="a\\"} 1\\nb\\\\"} 1');
});

// A pipeline that scales by an environment variable and signs in with another.
import { expect, test } from "vitest";
import { settingsOf, withEnvironment } from "../../src/app/pipeline-environment.ts";
import type { EnvironmentVariable } from "../../src/pipeline/plan.ts";
import type { Workers } from "../../src/ports/worker.ts";

const VARIABLES: readonly EnvironmentVariable[] = [
  { name: "SCALE", secret: false, required: false },
  { name: "API_KEY", secret: true, required: true },
];

test("a setting that changed is told by its digest, and a secret not at all", () => {
  const one = settingsOf(VARIABLES, { SCALE: "1", API_KEY: "k" });
  expect(Object.keys(one)).toEqual(["SCALE"]);
  expect(settingsOf(VARIABLES, { SCALE: "1", API_KEY: "renewed" })).toEqual(one);
  expect(settingsOf(VARIABLES, { SCALE: "10" })).not.toEqual(one);
  expect(settingsOf(VARIABLES, {})).toEqual({ SCALE: "unset" });
  expect(settingsOf(VARIABLES, { SCALE: "unset" })).not.toEqual({ SCALE: "unset" });
  expect(JSON.stringify(settingsOf(VARIABLES, { SCALE: "0.25" }))).not.toContain("0.25");
});

test("workers get the pipeline's variables and no others", async () => {
  const started: unknown[] = [];
  const workers: Workers = {
    start: async (options) => {
      started.push(options.environment);
      return Promise.reject(new Error("enough"));
    },
  };
  const { signal } = new AbortController();
  const given = { SCALE: "1", API_KEY: "k", HOME: "/home/ada" };
  const start = withEnvironment(workers, VARIABLES, given).start({
    python: "python3",
    workingDirectory: "/",
    signal,
  });
  await expect(start).rejects.toThrow("enough");
  expect(started).toEqual([{ SCALE: "1", API_KEY: "k", MLOPS_SECRETS: "API_KEY" }]);
});

import { expect, test } from "vitest";
import { followers, type OrderedStep, stepDependencies } from "../../src/run/step-graph.ts";

const step = (name: string, rest: Partial<OrderedStep> = {}): OrderedStep => ({
  name,
  inputs: [],
  outputs: [],
  reads: [],
  writes: [],
  random: "none",
  ...rest,
});

test.each<{
  readonly name: string;
  readonly steps: readonly OrderedStep[];
  readonly waits: Readonly<Record<string, readonly string[]>>;
}>([
  {
    name: "a step waits for the one that makes its input",
    steps: [step("load", { outputs: ["df"] }), step("train", { inputs: ["df"] })],
    waits: { train: ["load"] },
  },
  {
    name: "steps without anything in common wait for nobody",
    steps: [step("a", { outputs: ["x"] }), step("b", { outputs: ["y"] })],
    waits: { b: [] },
  },
  {
    name: "random steps keep their order",
    steps: [step("a", { random: "global" }), step("b"), step("c", { random: "global" })],
    waits: { b: [], c: ["a"] },
  },
  {
    name: "a reader waits for the writer of its file",
    steps: [step("a", { writes: ["m.csv"] }), step("b", { reads: ["m.csv"] })],
    waits: { b: ["a"] },
  },
  {
    name: "a writer waits for earlier readers of the same path",
    steps: [step("a", { reads: ["m.csv"] }), step("b", { writes: ["m.csv"] })],
    waits: { b: ["a"] },
  },
])("$name", ({ steps, waits }) => {
  const dependencies = stepDependencies(steps);
  for (const [name, expected] of Object.entries(waits))
    expect([...(dependencies.get(name) ?? [])]).toEqual(expected);
});

test("followers are the step, what reads its outputs, and nothing beside", () => {
  const steps = [
    step("load", { outputs: ["df"] }),
    step("plot", { inputs: ["df"] }),
    step("x", { inputs: ["df"], outputs: ["m"] }),
    step("save", { inputs: ["m"] }),
  ];
  expect([...followers(steps, new Set(["x"]))]).toEqual(["x", "save"]);
});

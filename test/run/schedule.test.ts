import { describe, expect, test } from "vitest";
import { keepApart, orderSteps, type StepFacts, startableSteps } from "../../src/run/schedule.ts";

function step(name: string, facts: Partial<StepFacts> = {}): StepFacts {
  return {
    name,
    inputs: [],
    outputs: [],
    random: "none",
    metrics: [],
    writes: "nothing",
    ...facts,
  };
}

interface Case {
  readonly name: string;
  readonly steps: readonly StepFacts[];
  /** What may run at the same time, round by round, when every round is finished before the next begins. */
  readonly rounds: string;
}

const load = step("load", { outputs: ["raw"] });

const cases: readonly Case[] = [
  {
    name: "runs models of one table beside each other",
    steps: [
      load,
      step("train-forest", { inputs: ["raw"], outputs: ["forest"] }),
      step("train-line", { inputs: ["raw"], outputs: ["line"] }),
      step("compare", { inputs: ["forest", "line"] }),
    ],
    rounds: "load | train-forest train-line | compare",
  },
  {
    name: "keeps the order of steps that draw from the same random generators, and of no others",
    steps: [
      load,
      step("split", { inputs: ["raw"], random: "global" }),
      step("describe", { inputs: ["raw"] }),
      step("bootstrap", { inputs: ["raw"], random: "global" }),
    ],
    rounds: "load | split describe | bootstrap",
  },
  {
    name: "gives a step that writes files the folder to itself",
    steps: [
      load,
      step("plot", { inputs: ["raw"], writes: "something" }),
      step("train", { inputs: ["raw"] }),
    ],
    rounds: "load | plot | train",
  },
  {
    name: "keeps the place of a step that nobody has watched",
    steps: [load, step("edited", { writes: "unknown" }), step("train", { inputs: ["raw"] })],
    rounds: "load | edited | train",
  },
  {
    name: "keeps the order of steps that record the same metric, because the last one counts",
    steps: [
      load,
      step("evaluate", { metrics: ["auc"] }),
      step("evaluate-again", { metrics: ["auc"] }),
    ],
    rounds: "load evaluate | evaluate-again",
  },
];

describe("the order of steps", () => {
  test.each(cases)("$name", ({ steps, rounds }) => {
    const order = orderSteps(steps);
    const finished = new Set<string>();
    const seen: string[] = [];
    while (finished.size < steps.length) {
      const names = startableSteps(order, { finished, running: new Set() });
      expect(names.length).toBeGreaterThan(0);
      seen.push(names.join(" "));
      for (const name of names) finished.add(name);
    }
    expect(seen.join(" | ")).toBe(rounds);
  });

  test("does not start a step twice", () => {
    const order = orderSteps([load, step("describe")]);
    const progress = { finished: new Set<string>(), running: new Set(["load"]) };
    expect(startableSteps(order, progress)).toEqual(["describe"]);
  });

  test("a step that disturbed others waits for all before it, and all after it wait", () => {
    const steps = [step("first"), step("second"), step("third")];
    const order = keepApart(orderSteps(steps), new Set(["second"]));
    expect(startableSteps(order, { finished: new Set(), running: new Set() })).toEqual(["first"]);
    expect(startableSteps(order, { finished: new Set(["first"]), running: new Set() })).toEqual([
      "second",
    ]);
  });

  test("nothing starts beside a step that must be alone, one that runs already included", () => {
    const alone = new Set(["first"]);
    const order = keepApart(orderSteps([step("first"), step("second")]), alone);
    const startable = (running: readonly string[], finished: readonly string[] = []) =>
      startableSteps(order, { finished: new Set(finished), running: new Set(running) }, alone);
    expect(startable([])).toEqual(["first"]);
    expect(startable(["first"])).toEqual([]);
    expect(startable(["second"])).toEqual([]);
    expect(startable([], ["first"])).toEqual(["second"]);
  });
});

import { expect, test } from "vitest";
import { addressOf, type Plan, type Step } from "../../src/pipeline/plan.ts";
import { coarserCuts } from "../../src/verification/coarser-cuts.ts";
import type { Certificate } from "../../src/verification/schema.ts";

/** Steps by name, each with the steps whose values it takes; the one statement of the step at n stands in cell n + 1. */
function planOf(takes: Readonly<Record<string, readonly string[]>>): Plan {
  const steps = Object.entries(takes).map(
    ([name, inputs], at) =>
      ({
        name,
        inputs,
        statements: [{ cell: at + 1, index: 0, span: { start: 0, end: 1 } }],
      }) as unknown as Step,
  );
  const artifacts = steps.map(({ name }) => ({ name, variables: [name], producer: name }));
  return { steps, artifacts } as unknown as Plan;
}

function differing(step: string): Certificate {
  return { comparisons: [{ step, same: false }] } as unknown as Certificate;
}

const plan = planOf({ load: [], clean: ["load"], split: ["clean"], train: ["load", "split"] });

test.each<{ readonly step: string; readonly joined: readonly string[] }>([
  { step: "train", joined: ["split+train", "load+clean+split+train"] },
  { step: "split", joined: ["clean+split", "load+clean+split+train"] },
  { step: "clean", joined: ["load+clean", "load+clean+split+train"] },
  { step: "load", joined: [] },
])("a difference in $step joins it with what it takes, then with more", ({ step, joined }) => {
  const cuts = coarserCuts(plan, differing(step), undefined);
  expect(cuts.map(({ steps }) => steps.join("+"))).toEqual(joined);
  for (const { together, steps } of cuts) {
    const ends = [steps[0], steps.at(-1)].map(
      (name) => plan.steps.find((one) => one.name === name)?.statements[0],
    );
    expect(together).toEqual(ends.flatMap((ref) => (ref === undefined ? [] : [addressOf(ref)])));
  }
});

test("a step that raised counts as the one that differs", () => {
  const cuts = coarserCuts(plan, differing("train"), { step: "clean", message: "ValueError" });
  expect(cuts[0]?.steps).toEqual(["load", "clean"]);
});

test.each([
  ["load", ["load+clean+split+train"]],
  ["clean", ["clean+split", "load+clean", "load+clean+split+train"]],
])("what %s cannot store stays in one process with whoever takes it", (step, joined) => {
  const message = `step '${step}' makes '${step}' (Results), which cannot be stored: pickle: NameError: name 'y' is not defined`;
  const cuts = coarserCuts(plan, differing("train"), { step, message });
  expect(cuts.map(({ steps }) => steps.join("+"))).toEqual(joined);
});

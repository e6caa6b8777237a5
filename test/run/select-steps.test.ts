import { expect, test } from "vitest";
import { PipelineStep } from "../../src/pipeline/schema.ts";
import { type Selection, selectSteps } from "../../src/run/select-steps.ts";

const steps = [
  { name: "load", cells: [1], outputs: ["raw"] },
  { name: "describe", cells: [2], inputs: ["raw"], writes: ["table.csv"] },
  { name: "split", cells: [3], inputs: ["raw"], outputs: ["rows"], random: "global" },
  { name: "train", cells: [4], inputs: ["rows"], outputs: ["model"], random: "global" },
  { name: "report", cells: [5], reads: ["table.csv"] },
].map((step) => PipelineStep.parse(step));

const cases: readonly {
  readonly asked: Partial<Selection>;
  readonly steps: string;
  readonly forced: string;
}[] = [
  { asked: {}, steps: "load describe split train report", forced: "" },
  {
    asked: { force: "all" },
    steps: "load describe split train report",
    forced: "load describe split train report",
  },
  { asked: { force: ["train"] }, steps: "load describe split train report", forced: "train" },
  { asked: { from: "split" }, steps: "load describe split train report", forced: "split train" },
  {
    asked: { from: "describe" },
    steps: "load describe split train report",
    forced: "describe report",
  },
  { asked: { only: ["train"] }, steps: "load split train", forced: "" },
  { asked: { only: ["report"], force: "all" }, steps: "load describe report", forced: "report" },
];

test.each(cases)("chooses $steps and forces $forced", ({ asked, steps: chosen, forced }) => {
  const selected = selectSteps(steps, { force: [], from: undefined, only: [], ...asked });
  if (!selected.ok) throw new Error(selected.error.hint);
  expect(selected.value.steps.map((step) => step.name).join(" ")).toBe(chosen);
  expect([...selected.value.forced].join(" ")).toBe(forced);
});

test("says what a misspelled step could have been", () => {
  const selected = selectSteps(steps, { force: [], from: "trian", only: [] });
  expect(selected).toMatchObject({
    ok: false,
    error: { name: "trian", hint: 'did you mean "train"?' },
  });
});

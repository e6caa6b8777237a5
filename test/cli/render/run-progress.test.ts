import { expect, test } from "vitest";
import { displayWidth } from "../../../src/cli/render/display-width.ts";
import { renderRunProgress } from "../../../src/cli/render/run-progress.ts";
import { plainStyle } from "../../../src/cli/style.ts";
import type { RunProgress, StepProgress, StepState } from "../../../src/run/progress.ts";

function step(name: string, state: StepState, reason = "", ms?: number): StepProgress {
  const isRunning = state === "running";
  return {
    name,
    state,
    reason,
    sinceMs: isRunning ? 10_000 - (ms ?? 0) : undefined,
    tookMs: isRunning ? undefined : ms,
  };
}

function progressOf(steps: readonly StepProgress[]): RunProgress {
  return { runId: "3f2a91bc00000000", pipeline: "churn", startedAtMs: 0, steps };
}

function tableOf(steps: readonly StepProgress[], columns: number, rows: number): string[] {
  return [...renderRunProgress(progressOf(steps), 10_000, { columns, rows }, plainStyle)];
}

const SOME = [
  step("load_customers", "unchanged", "nothing changed"),
  step("split", "restored", "data/test.csv is no longer as the step wrote it"),
  step("train", "running", "parameter n-estimators changed from 100 to 200", 3456),
  step("report", "failed", "ValueError: the axis has no\nlabels", 64_000),
  step("evaluate", "waiting"),
];

test.each([
  {
    name: "all there is, where there is room",
    columns: 100,
    table: [
      "run 3f2a91bc of churn  3 of 5 steps, 10.0 s",
      "  ✓ load_customers  unchanged              nothing changed",
      "  ✓ split           restored               data/test.csv is no longer as the step wrote it",
      "  ⠼ train           running         3.4 s  parameter n-estimators changed from 100 to 200",
      "  ✗ report          failed      1 min 4 s  ValueError: the axis has no labels",
      "  · evaluate        waiting",
    ],
  },
  {
    name: "cut reasons in 60 columns",
    columns: 60,
    table: [
      "run 3f2a91bc of churn  3 of 5 steps, 10.0 s",
      "  ✓ load_customers  unchanged              nothing changed",
      "  ✓ split           restored               data/test.csv i…",
      "  ⠼ train           running         3.4 s  parameter n-est…",
      "  ✗ report          failed      1 min 4 s  ValueError: the…",
      "  · evaluate        waiting",
    ],
  },
  {
    name: "no reasons in 50 columns",
    columns: 50,
    table: [
      "run 3f2a91bc of churn  3 of 5 steps, 10.0 s",
      "  ✓ load_customers  unchanged",
      "  ✓ split           restored",
      "  ⠼ train           running         3.4 s",
      "  ✗ report          failed      1 min 4 s",
      "  · evaluate        waiting",
    ],
  },
  {
    name: "marks and names in 16 columns",
    columns: 16,
    table: [
      "run 3f2a91bc o…",
      "  ✓ load_custo…",
      "  ✓ split",
      "  ⠼ train",
      "  ✗ report",
      "  · evaluate",
    ],
  },
])("shows $name", ({ columns, table }) => {
  expect(tableOf(SOME, columns, 24)).toEqual(table);
});

test("counts what does not fit, and keeps what runs, failed, or comes next", () => {
  const many = Array.from({ length: 30 }, (_, at) =>
    step(`step_${String(at)}`, at < 12 ? "done" : at === 12 || at === 25 ? "running" : "waiting"),
  );
  expect(tableOf(many, 40, 8)).toEqual([
    "run 3f2a91bc of churn",
    "  ✓ step_11  done",
    "  ⠋ step_12  running         0.0 s",
    "  · step_13  waiting",
    "  · step_14  waiting",
    "  ⠋ step_25  running         0.0 s",
    "  … and 25 more: 11 done, 14 waiting",
  ]);
});

test("never is wider or taller than the terminal", () => {
  const steps = Array.from({ length: 9 }, (_, at) =>
    step(`顧客の解約を予測する_${String(at)}`, "running", "コードが変わった"),
  );
  for (const columns of [6, 10, 17, 30, 38, 41, 60, 80, 200])
    for (const rows of [1, 2, 3, 4, 8, 11, 50]) {
      const lines = tableOf(steps, columns, rows);
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
      for (const line of lines)
        expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(1, columns - 1));
    }
});

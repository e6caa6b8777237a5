import { expect, test } from "vitest";
import { decideRetry, type FailedAttempt } from "../../src/run/retry.ts";

const cases: readonly {
  readonly failed: FailedAttempt;
  readonly attempts?: number;
  readonly retries?: number;
  readonly decision: string;
}[] = [
  { failed: { how: "raised", wrote: "nothing" }, decision: "retry" },
  { failed: { how: "raised", wrote: "whole-files" }, decision: "retry" },
  { failed: { how: "lost", wrote: "nothing" }, decision: "retry" },
  {
    failed: { how: "raised", wrote: "something" },
    decision: "it had changed files that it also reads or that others made",
  },
  {
    failed: { how: "lost", wrote: "unknown" },
    decision: "nobody knows which files it had written",
  },
  { failed: { how: "refused", wrote: "nothing" }, decision: "the next time would be the same" },
  { failed: { how: "raised", wrote: "nothing" }, attempts: 3, decision: "it was started 3 times" },
  { failed: { how: "raised", wrote: "something" }, retries: 0, decision: "" },
];

test.each(cases)(
  "$failed.how, having written $failed.wrote: $decision",
  ({ failed, attempts = 1, retries = 2, decision }) => {
    const decided = decideRetry(failed, attempts, retries);
    expect(decided.kind === "retry" ? "retry" : (decided.because ?? "")).toBe(decision);
  },
);

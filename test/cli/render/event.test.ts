import { expect, test } from "vitest";
import { renderEvent } from "../../../src/cli/render/event.ts";
import { plainStyle } from "../../../src/cli/style.ts";

test("bytes on their way are told with --verbose, a new attempt always", () => {
  const moved = {
    kind: "transferred",
    direction: "pull",
    label: "data/churn.csv",
    doneBytes: 3_000_000,
    totalBytes: 12_000_000,
  } as const;
  expect(renderEvent(moved, plainStyle, false)).toBeUndefined();
  expect(renderEvent(moved, plainStyle, true)).toBe("  3.0 MB of 12.0 MB data/churn.csv");
  expect(renderEvent({ ...moved, totalBytes: null }, plainStyle, true)).toBe(
    "  3.0 MB data/churn.csv",
  );
  const retried = {
    kind: "transfer-retried",
    store: "s3://team-data",
    attempt: 2,
    of: 6,
    because: "No luck reading from s3://team-data: SlowDown.",
  } as const;
  expect(renderEvent(retried, plainStyle, false)).toBe(
    "↻ s3://team-data attempt 2 of 6, after: No luck reading from s3://team-data: SlowDown.",
  );
});

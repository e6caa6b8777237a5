import fc from "fast-check";
import { expect, test } from "vitest";
import { momentRange } from "../../../src/adapters/sqlite/moment-range.ts";
import { meets, type ValueTest } from "../../../src/registry/run-values.ts";

const YEARS = {
  min: Date.parse("0000-01-01T00:00:00.000Z"),
  max: Date.parse("9999-12-31T23:59:59.999Z"),
};
const moment = fc.integer(YEARS);

test("a moment is within the range of a test exactly when its text meets the test", () => {
  const text = fc.oneof(
    fc.tuple(moment, fc.nat(24)).map(([ms, length]) => new Date(ms).toISOString().slice(0, length)),
    fc.constantFrom("0", ":", "2024-13", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z"),
    fc.string(),
  );
  const wish: fc.Arbitrary<ValueTest> = fc.oneof(
    fc.record({
      kind: fc.constant("ordered" as const),
      operator: fc.constantFrom(">", ">=", "<", "<="),
      limit: text,
    }),
    fc.record({ kind: fc.constant("equal" as const), wanted: text }),
  );
  fc.assert(
    fc.property(wish, moment, (asked, ms) => {
      const limit =
        asked.kind === "ordered" ? String(asked.limit) : asked.kind === "equal" ? asked.wanted : "";
      const range = momentRange(asked);
      // Near the limit, too, where the answer changes.
      const near = [Date.parse(limit), Date.parse(`${limit}Z`)]
        .flatMap((one) => [one - 1, one, one + 1])
        .filter((one) => one >= YEARS.min && one <= YEARS.max);
      for (const at of [ms, ...near])
        expect(range !== undefined && range.firstMs <= at && at <= range.lastMs).toBe(
          meets(asked, new Date(at).toISOString()),
        );
    }),
    { numRuns: 1000 },
  );
});

test("what is different from a text is no range", () => {
  expect(momentRange({ kind: "different", wanted: "2026" })).toBeUndefined();
});

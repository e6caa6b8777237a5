import { expect, test } from "vitest";
import { runStatusAfter } from "../../src/registry/run-record.ts";

const ends = ["succeeded", "failed", "interrupted"] as const;

for (const next of ends) {
  test(`lets a running run end as ${next}`, () => {
    expect(runStatusAfter({ id: "abcdef01", status: "running" }, next)).toBe(next);
  });
}

for (const status of ends) {
  for (const next of ends) {
    test(`does not let a run that ${status} become ${next}`, () => {
      expect(() => runStatusAfter({ id: "abcdef01", status }, next)).toThrow(
        expect.objectContaining({ code: "run-already-finished" }),
      );
    });
  }
}

import { expect, test } from "vitest";
import { type RunStatus, runStatusAfter } from "../../src/registry/run-record.ts";

const ends = ["succeeded", "failed", "interrupted"] as const;

for (const status of ["running", ...ends] satisfies readonly RunStatus[]) {
  for (const next of ends) {
    if (status === "running") {
      test(`lets a running run end as ${next}`, () => {
        expect(runStatusAfter({ id: "abcdef01", status }, next)).toBe(next);
      });
    } else {
      test(`does not let a run that ${status} become ${next}`, () => {
        expect(() => runStatusAfter({ id: "abcdef01", status }, next)).toThrow(expect.objectContaining({ code: "run-already-finished" }));
      });
    }
  }
}

import type { RunId } from "../../src/base/brand.ts";
import type { Ids } from "../../src/ports/ids.ts";

/** Run ids 1, 2, 3… so that what a test prints can be compared. */
export function countingIds(): Ids {
  let last = 0;
  return {
    runId: () => {
      last += 1;
      return last.toString(16).padStart(32, "0") as RunId;
    },
  };
}

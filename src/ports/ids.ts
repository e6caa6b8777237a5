import type { RunId } from "../base/brand.ts";

/** Randomness for identifiers. */
export interface Ids {
  readonly runId: () => RunId;
}

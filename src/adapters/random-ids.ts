import { randomBytes } from "node:crypto";
import type { RunId } from "../base/brand.ts";
import type { Ids } from "../ports/ids.ts";

/** Identifiers from the operating system's randomness: 128 bits, so that two laptops never meet on one. */
export const randomIds: Ids = {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is where run ids come from
  runId: () => randomBytes(16).toString("hex") as RunId,
};

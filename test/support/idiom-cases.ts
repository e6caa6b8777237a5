/** All idioms of the catalogue. */
import { BRANCHES } from "./idioms/branches.ts";
import { CLEANING } from "./idioms/cleaning.ts";
import { DERIVED } from "./idioms/derived.ts";
import { ENCODING } from "./idioms/encoding.ts";
import type { Idiom } from "./idioms/idiom.ts";
import { LOOPS } from "./idioms/loops.ts";
import { STACKS } from "./idioms/stacked.ts";

export const IDIOMS: readonly Idiom[] = [
  ...CLEANING,
  ...ENCODING,
  ...DERIVED,
  ...LOOPS,
  ...BRANCHES,
  ...STACKS,
];

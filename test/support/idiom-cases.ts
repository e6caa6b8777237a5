/** All idioms of the catalogue. */
import { BRANCHES } from "./idioms/branches.ts";
import { CLEANING } from "./idioms/cleaning.ts";
import { DERIVED } from "./idioms/derived.ts";
import { ENCODING } from "./idioms/encoding.ts";
import { HELPERS } from "./idioms/helpers.ts";
import type { Idiom } from "./idioms/idiom.ts";
import { LOOPS } from "./idioms/loops.ts";
import { REFUSED_HELPERS } from "./idioms/refused-helpers.ts";
import { STACKS } from "./idioms/stacked.ts";
import { TABLE_LOOPS } from "./idioms/table-loops.ts";
import { TRANSFORMERS } from "./idioms/transformers.ts";

/** What is written out before it is split: functions, classes and loops over tables. */
export const WRITTEN_OUT: readonly Idiom[] = [...HELPERS, ...TRANSFORMERS, ...TABLE_LOOPS];

export const IDIOMS: readonly Idiom[] = [
  ...CLEANING,
  ...ENCODING,
  ...DERIVED,
  ...LOOPS,
  ...BRANCHES,
  ...STACKS,
  ...REFUSED_HELPERS,
  ...WRITTEN_OUT,
];

/** All idioms of the catalogue. */
import { CLEANING } from "./idioms/cleaning.ts";
import { DERIVED } from "./idioms/derived.ts";
import { ENCODING } from "./idioms/encoding.ts";
import { HELPERS } from "./idioms/helpers.ts";
import type { Idiom } from "./idioms/idiom.ts";
import { TRANSFORMERS } from "./idioms/transformers.ts";

export const IDIOMS: readonly Idiom[] = [
  ...CLEANING,
  ...ENCODING,
  ...DERIVED,
  ...HELPERS,
  ...TRANSFORMERS,
];

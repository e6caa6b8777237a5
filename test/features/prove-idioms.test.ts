/** Each idiom that is split gives, run in a real interpreter, the features that the notebook's own lines give. */
import { beforeAll, expect, test } from "vitest";
import { IDIOMS, WRITTEN_OUT } from "../support/idiom-cases.ts";
import type { ProvenIdiom } from "../support/proven-idioms.ts";
import { proveIdioms } from "../support/proven-idioms.ts";

const ELSEWHERE = new Set(WRITTEN_OUT);
const SPLIT = IDIOMS.filter((idiom) => idiom.refused === undefined && !ELSEWHERE.has(idiom));
let proven: ReadonlyMap<string, ProvenIdiom> = new Map();

beforeAll(async () => {
  proven = await proveIdioms(SPLIT);
}, 600_000);

test.each(SPLIT)("$number: $name gives the notebook's features", ({ name }) => {
  expect(proven.get(name)).toEqual({ failed: [], unseen: 1 });
});

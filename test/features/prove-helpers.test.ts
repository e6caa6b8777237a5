/** Functions and classes that learn, written out at their calls, and loops over tables give in a real interpreter what the notebook's calls give. */
import { beforeAll, expect, test } from "vitest";
import { WRITTEN_OUT } from "../support/idiom-cases.ts";
import type { ProvenIdiom } from "../support/proven-idioms.ts";
import { proveIdioms } from "../support/proven-idioms.ts";

const SPLIT = WRITTEN_OUT.filter(({ refused }) => refused === undefined);
let proven: ReadonlyMap<string, ProvenIdiom> = new Map();

beforeAll(async () => {
  proven = await proveIdioms(SPLIT);
}, 240_000);

test.each(SPLIT)("$name gives the notebook's features", ({ name }) => {
  expect(proven.get(name)).toEqual({ failed: [], unseen: 1 });
});

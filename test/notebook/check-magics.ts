import { expect } from "vitest";
import type { Magic } from "../../src/notebook/magic.ts";
import { neutralizeMagics } from "../../src/notebook/magics.ts";

/** One row: a cell, the Python it becomes, and what its constructs mean (requirements as a list). */
export interface MagicCase {
  readonly name: string;
  readonly cell: string;
  readonly python: string;
  readonly means: readonly (Magic["meaning"]["kind"] | readonly string[])[];
}

/** Checks one row. */
export function checkMagics({ cell, python, means }: MagicCase): void {
  const neutral = neutralizeMagics(cell);
  expect(neutral.python.replaceAll("\r", "")).toBe(python.replaceAll("\r", ""));
  const found = neutral.magics.map(({ meaning }) =>
    meaning.kind === "requirement" ? meaning.requirements : meaning.kind,
  );
  expect(found).toEqual(means);
}

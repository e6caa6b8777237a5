/** What a backward slice has to hold, to the statement: the sharpest question about reads, writes and what shares memory. */
import { expect } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { backwardSlice } from "../../src/python/slice.ts";
import { pythonParser } from "./python-parser.ts";

/** The slice is the whole program except for the statements listed in `without`. */
export interface SliceCase {
  readonly name: string;
  /** One string a cell. */
  readonly cells: readonly string[];
  readonly of: string;
  /** Texts of the statements that must not be in the slice; all others have to be. */
  readonly without: readonly string[];
}

/** Slices by the name's last value. */
export async function checkSlice({ cells, of, without }: SliceCase): Promise<void> {
  const program = analyzeProgram(
    cells.map((text, index) => ({ id: String(index), text })),
    await pythonParser(),
  );
  expect(program.diagnostics).toEqual([]);
  const slice = backwardSlice(program, { names: [of] });
  const texts = program.statements.map(
    ({ unit, span }) => cells[unit]?.slice(span.start, span.end) ?? "",
  );
  expect(texts.filter((_, at) => !slice.has(at))).toEqual(without);
}

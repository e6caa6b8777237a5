/**
 * Code that is only timed (`%timeit f(x)`) stands in its place as if it ran once. Here it is decided: where running it changes
 * nothing it goes, because timing keeps nothing; where it may change something the magic is refused.
 */
import type { Magic } from "../notebook/magic.ts";
import { TIMING_REFUSED } from "../notebook/timing-magic.ts";
import { analyzeProgram } from "../python/analyze-program.ts";
import type { StatementFacts } from "../python/facts.ts";
import type { PythonParser } from "../python/parse.ts";

interface TimedCell {
  readonly python: string;
  readonly magics: readonly Magic[];
}

/** Cells without what is timed. Analyzes the program once more only where something is. */
export function settleTimings<T extends TimedCell>(
  cells: readonly T[],
  parser: PythonParser,
): readonly T[] {
  if (!cells.some(({ magics }) => magics.some(({ meaning }) => meaning.kind === "timing")))
    return cells;
  const units = cells.map(({ python }, at) => ({ id: String(at), text: python }));
  const { statements } = analyzeProgram(units, parser, { listsNames: false });
  return cells.map((cell, unit): T => {
    const lines = cell.python.split("\n");
    const magics = cell.magics.map((magic): Magic => {
      if (magic.meaning.kind !== "timing") return magic;
      const code = magic.meaning.code.split("\n");
      const first = magic.line - 1;
      const end = first + code.length;
      const isThere = code.every((line, at) => lines[first + at] === line);
      const timed = statements.filter(
        (one) => one.unit === unit && one.line > first && one.line <= end,
      );
      const whole = timed.length > 0 && timed.every(({ endLine }) => endLine <= end);
      if (isThere) lines.fill("", first, end);
      const harmless = isThere && whole && changesNothing(timed, magic.meaning.binds);
      return harmless ? magic : { ...magic, meaning: { kind: "refuse", ...TIMING_REFUSED } };
    });
    return { ...cell, python: lines.join("\n"), magics };
  });
}

/** Whether statements leave everything as it was, but names of their own. */
function changesNothing(statements: readonly StatementFacts[], binds: boolean): boolean {
  const own = new Set<string>();
  for (const statement of statements) {
    const isQuiet =
      statement.mutations.every(({ name }) => !binds && own.has(name)) &&
      statement.spread.length === 0 &&
      statement.deletes.length === 0 &&
      statement.dynamic.length === 0 &&
      statement.ambient.every(
        ({ resource, access }) =>
          resource === "stdout" ||
          resource === "clock" ||
          (access === "read" && !resource.startsWith("random:") && resource !== "input"),
      ) &&
      (statement.mayWrite.length === 0 || !binds);
    if (!isQuiet) return false;
    for (const name of statement.surelyWrites) own.add(name);
  }
  return true;
}

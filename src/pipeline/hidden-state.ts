/** What the saved outputs of a notebook say against running it from top to bottom, for people: notes by cell, and refusals. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { InputError, type MlopsError } from "../base/errors.ts";
import { shellWord } from "../base/shell-word.ts";
import type { SavedOutput } from "../notebook/cell.ts";
import type { CellAgreement } from "../observation/saved-agreement.ts";
import type { Observation } from "../observation/schema.ts";
import { callsBehind, findUnrepeatable } from "../python/unrepeatable-calls.ts";
import { maskSecrets } from "../secrets/mask.ts";
import { isBoundNowhere } from "./cell-orders.ts";
import { cellNumber, type NotebookProgram } from "./notebook-program.ts";

/** Magics that print nothing. */
const QUIET =
  /^(?:matplotlib|load_ext|autoreload|reload_ext|config|pylab|cd|env|set_env|time|capture)\b/;

/** Cells of which a magic may have printed something in the notebook that no run of ours prints. */
export function silentCells(program: NotebookProgram): ReadonlySet<number> {
  return new Set(
    program.cells
      .filter(({ magics }) => magics.some(({ text }) => !QUIET.test(text)))
      .map(({ cell }) => cell.number),
  );
}

/** Cells that another run of the same notebook need not repeat, by what they draw, read and take from others. */
export function unsettledCells(
  program: NotebookProgram,
  observation: Observation,
): ReadonlyMap<number, string> {
  const behind = callsBehind(program.facts, findUnrepeatable(program.facts));
  const drawing = new Set(
    observation.statements
      .filter(
        ({ randomNumpy, randomPython, network }) =>
          randomNumpy || randomPython || network.length > 0,
      )
      .map(({ cell }) => cell),
  );
  const found = new Map<number, string>();
  for (const [unit, { cell }] of program.cells.entries()) {
    const own = program.facts.statements.flatMap((statement, at) =>
      statement.unit === unit ? [at] : [],
    );
    const [call] = behind(own).filter(
      ({ kind, surely }) => surely || kind !== "global" || drawing.has(cell.number),
    );
    if (call === undefined) continue;
    const from = program.facts.statements[call.at];
    const place = from === undefined ? cell.number : cellNumber(program, from);
    found.set(cell.number, `${call.call} in cell ${String(place)}`);
  }
  return found;
}

/** One note for each cell whose saved text is another, and one for all that are so in form alone. */
export function notesOnSaved(
  program: NotebookProgram,
  agreements: readonly CellAgreement[],
  observation: Observation,
): readonly Diagnostic[] {
  const { path } = program.notebook;
  const unsettled = unsettledCells(program, observation);
  const shown = (text: string): string => quoted(maskSecrets(text, [...program.secrets]));
  const notes = agreements
    .filter(({ how }) => how === "differs")
    .map(({ cell, saved, later }): Diagnostic => {
      const cause = unsettled.get(cell);
      const why =
        cause === undefined
          ? "its code, its data or a library have changed since, or cells were run in another order"
          : `${cause} need not repeat what it gave`;
      return {
        code: "saved-output-differs",
        severity: "note",
        message: `this cell was saved with ${shown(saved)}, and gives ${shown(later)} from top to bottom: ${why}`,
        hint: "the pipeline computes what the notebook computes from top to bottom now; run it again in Jupyter and save, so that what people read there is that",
        where: { path, cell },
      };
    });
  const close = agreements.filter(({ how }) => how === "floats" || how === "format");
  const [first] = close;
  if (first === undefined) return notes;
  const digits = close.every(({ how }) => how === "floats");
  const cells = close.map(({ cell }) => String(cell)).join(", ");
  const form: Diagnostic = {
    code: "saved-output-form",
    severity: "note",
    message: `${close.length === 1 ? "this cell was" : `cells ${cells} were`} saved with the same results, but for ${digits ? "the last digits of floats" : "how they are set out, or the last digits of floats"}`,
    where: { path, cell: first.cell },
  };
  return [...notes, form];
}

/** An order that repeats what was saved, and what the order of the cells gives instead. */
export function orderProven(
  program: NotebookProgram,
  found: {
    readonly order: readonly number[];
    readonly repeated: number;
    readonly compared: number;
  },
  instead:
    | { readonly error: MlopsError }
    | { readonly wrong: CellAgreement; readonly repeated: number; readonly compared: number },
): InputError {
  const { path } = program.notebook;
  const shown = (text: string): string => quoted(maskSecrets(text, [...program.secrets]));
  const proof = `run in the order ${found.order.join(", ")}, the notebook repeats ${String(found.repeated)} of ${String(found.compared)} saved outputs`;
  const accept = `mlops promote ${shellWord(path)} --order saved promotes a copy with its cells in that order`;
  if ("error" in instead)
    return new InputError(
      `from top to bottom this cell fails with ${instead.error.message}; ${proof}`,
      {
        code: "order-proven",
        where: instead.error.where ?? { path },
        hint: `${accept}; or put the cells into the order in which they are meant yourself`,
        cause: instead.error,
      },
    );
  const { wrong, repeated, compared } = instead;
  return new InputError(
    `from top to bottom this cell gives ${shown(wrong.later)}, saved is ${shown(wrong.saved)} (${String(repeated)} of ${String(compared)} saved outputs are repeated); ${proof}`,
    {
      code: "order-proven",
      where: { path, cell: wrong.cell },
      hint: `${accept}; --order cells promotes the notebook from top to bottom, with its other results`,
    },
  );
}

/** A `NameError` for a name that no cell binds, with what the saved outputs still show of it; `undefined` for any other error. */
export function describeNowhereBound(
  program: NotebookProgram,
  error: MlopsError,
): InputError | undefined {
  const name = /^NameError: name '([^']+)' is not defined/.exec(error.message)?.[1];
  if (name === undefined || !isBoundNowhere(program, name)) return undefined;
  const shown = savedValueOf(program, name);
  const gone = missingCounts(program);
  const lost =
    gone.length === 0
      ? "a cell that is no longer there, or was changed after it ran, must have bound it"
      : `the cell that did was deleted, or changed after it ran (In [${gone.join("], In [")}] ${gone.length === 1 ? "is" : "are"} gone)`;
  const saved =
    shown === undefined
      ? ""
      : `; the saved output of cell ${String(shown.cell)}, which shows ${name}, is ${quoted(maskSecrets(shown.text, [...program.secrets]))}`;
  return new InputError(
    `this cell reads ${name}, which no cell of the notebook binds: ${lost}${saved}`,
    {
      code: "name-from-deleted-cell",
      ...(error.where === undefined ? {} : { where: error.where }),
      hint: `bind ${name} in a cell above this one, restart the kernel and run all cells`,
      diagnostics: error.diagnostics,
      cause: error,
    },
  );
}

/** What a cell was saved with whose last line shows this name; `undefined` where none is. */
function savedValueOf(
  program: NotebookProgram,
  name: string,
): { readonly cell: number; readonly text: string } | undefined {
  const showing = program.cells.filter(({ python }) => {
    const last = python.trimEnd().split("\n").at(-1)?.trim() ?? "";
    return last === name || last === `print(${name})` || last === `display(${name})`;
  });
  for (const { cell } of showing) {
    const text = cell.outputs.flatMap(textOfOutput).join("").trim();
    if (text !== "") return { cell: cell.number, text };
  }
  return undefined;
}

function textOfOutput(output: SavedOutput): readonly string[] {
  if (output.kind === "stream") return output.name === "stdout" ? [output.text] : [];
  return output.kind === "data" && output.text !== undefined ? [output.text] : [];
}

/** Counts below the highest that no cell has; none where there are too many to say anything. */
function missingCounts(program: NotebookProgram): readonly number[] {
  const counts = new Set(program.cells.flatMap(({ cell }) => cell.executionCount ?? []));
  const highest = Math.max(0, ...counts);
  const lowest = Math.min(...counts);
  const missing: number[] = [];
  for (let count = lowest === 2 ? 1 : lowest; count < highest && missing.length < 6; count++)
    if (!counts.has(count)) missing.push(count);
  return missing.length > 5 ? [] : missing;
}

/** The first line of a text, short enough for a sentence. */
function quoted(text: string): string {
  const [line = ""] = text.split("\n");
  if (line === "") return "nothing";
  const more = text.includes("\n") || line.length > 70;
  return JSON.stringify(more ? `${line.slice(0, 70)}…` : line);
}

/** What is said of a notebook's magics and shell lines: what stops promotion, and what is left out although it does something. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Cell, Notebook } from "../notebook/cell.ts";
import type { Magic } from "../notebook/magic.ts";

interface CellWithMagics {
  readonly cell: Cell;
  readonly python: string;
  readonly magics: readonly Magic[];
}

/** @param present Paths that shell lines fetch and that are beside the notebook already. */
export function magicFindings(
  { path }: Notebook,
  cells: readonly CellWithMagics[],
  present: ReadonlySet<string>,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { cell, magics } of cells) {
    for (const magic of magics) {
      const finding = findingOf(magic, cells, present);
      if (finding === undefined) continue;
      const { severity, message, hint } = finding;
      found.push({
        code: severity === "error" ? "magic-unsupported" : "magic-left-out",
        severity,
        message: `${magic.text}: ${message}`,
        ...(hint === undefined ? {} : { hint }),
        where: { path, cell: cell.number, line: magic.line },
      });
    }
  }
  return found;
}

interface Finding {
  readonly severity: "error" | "note";
  readonly message: string;
  readonly hint?: string;
}

function findingOf(
  magic: Magic,
  cells: readonly CellWithMagics[],
  present: ReadonlySet<string>,
): Finding | undefined {
  const { meaning } = magic;
  switch (meaning.kind) {
    case "refuse":
      return { severity: "error", message: meaning.reason, hint: meaning.hint };
    case "left-out":
      return { severity: "note", message: `it is left out; ${meaning.reason}` };
    case "fetch": {
      const missing = meaning.paths.find((one) => !present.has(one));
      if (missing !== undefined) {
        const reason = `${meaning.reason}; ${missing} is not beside the notebook`;
        return { severity: "error", message: reason, hint: meaning.hint };
      }
      const gone = meaning.paths.find((one) => isTakenAway(one, cells));
      if (gone !== undefined) {
        return {
          severity: "error",
          message: `it fetches ${gone}, which another line takes away again: a second run would not find it`,
          hint: "delete the line that takes it away",
        };
      }
      return {
        severity: "note",
        message: `nothing is fetched: ${meaning.paths.join(", ")} beside the notebook is taken, and the certificate has the digest of what is read of it`,
      };
    }
    case "python": {
      const { unread } = meaning;
      if (unread === undefined || !isMentioned(unread, cells)) return undefined;
      return {
        severity: "error",
        message: `it binds ${unread} to what the cell printed, and the notebook reads that`,
        hint: `write %%capture without ${unread}, and compute in Python what is needed from it`,
      };
    }
    case "drop":
    case "requirement":
    case "run":
    case "timing":
    case "write-file":
      return undefined;
  }
}

/** Whether a shell line removes or moves a file. */
function isTakenAway(path: string, cells: readonly CellWithMagics[]): boolean {
  const words = new Set([path, `./${path}`]);
  return cells.some(({ magics }) =>
    magics.some(
      ({ form, text }) =>
        (form === "shell" || form === "line-magic") &&
        /(?:^|[;&|]\s*)(?:sudo\s+)?(?:rm|mv|gunzip|gzip)\s/.test(text) &&
        text.split(/[\s;&|]+/).some((word) => words.has(word)),
    ),
  );
}

/** Whether a name stands anywhere in the notebook's code, in whatever meaning. */
function isMentioned(name: string, cells: readonly CellWithMagics[]): boolean {
  const word = new RegExp(`(?<![\\p{L}\\p{N}_])${name}(?![\\p{L}\\p{N}_])`, "u");
  return cells.some(({ python }) => word.test(python));
}

import type { Sha256 } from "../base/brand.ts";

/** What a saved output of a code cell was. Only what analysis reads is kept. */
export type SavedOutput =
  | { readonly kind: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly kind: "data";
      readonly text: string | undefined;
      readonly mimeTypes: readonly string[];
    }
  | { readonly kind: "error"; readonly errorName: string; readonly errorValue: string };

/** One cell as stored. `source` is exactly the stored text, lines joined. */
export interface Cell {
  /** nbformat 4.5 id, or `cell-<number>` where the file has none. */
  readonly id: string;
  /** 1-based position among all cells; the number every message uses. */
  readonly number: number;
  readonly kind: "code" | "markdown" | "raw";
  readonly source: string;
  /** `undefined` when the cell was never run or its count was cleared. */
  readonly executionCount: number | undefined;
  readonly tags: readonly string[];
  readonly outputs: readonly SavedOutput[];
  /** Set when it is the text of a Python file that `%run` runs; IPython's own syntax has no meaning in it. */
  readonly script?: RunningScript;
  /** true for what runs in one go with the cell before it, because `%run` stands inside a cell. */
  readonly continues?: true;
}

/** A file whose text is one code cell, as the only cell of a notebook that nobody ran. */
export function fileCell(source: string): Cell {
  return {
    id: "file",
    number: 1,
    kind: "code",
    source,
    executionCount: undefined,
    tags: [],
    outputs: [],
  };
}

/** How `%run` runs a Python file. */
export interface RunningScript {
  /** `sys.argv` while it runs; the first is the file as `%run` names it. */
  readonly arguments: readonly [string, ...string[]];
  /** Its `__name__`. */
  readonly name: string;
  /** true where it has variables of its own, which are copied into the notebook's when it has ended. */
  readonly isSeparate: boolean;
}

/** From here on cells come from this file: a notebook, or a Python file whose text is one cell. */
export interface CellOrigin {
  readonly path: string;
  readonly sha256: Sha256;
  /** Number of the first of these cells when all are counted on. */
  readonly firstCell: number;
  /** Number of that cell in its own notebook; `undefined` for a Python file. */
  readonly ownCell: number | undefined;
}

/** One of the notebooks that a pipeline is made from. */
export interface NotebookPart {
  readonly path: string;
  readonly sha256: Sha256;
  /** Number of its first cell when the cells of all are counted on. */
  readonly firstCell: number;
}

/** What a copy of a notebook says about where the order of its cells comes from. */
export interface SavedOrder {
  /** File name of the notebook that it is a copy of. */
  readonly of: string;
  readonly sha256: Sha256;
  /** Numbers that its code cells have there, in the order of the copy. */
  readonly cells: readonly number[];
  /** Saved outputs that running it in this order repeated, and how many could be compared. */
  readonly repeated: number;
  readonly compared: number;
}

/** One place where the program is meant to be another one than the notebook. */
export interface CellChange {
  readonly cell: number;
  /** 1-based, in the cell of the notebook. */
  readonly line: number;
  /** What stands there in the notebook; empty for what was put in. */
  readonly was: string;
  readonly now: string;
}

/** What was changed on somebody's word before the notebook was read as a program. */
export interface NotebookFix {
  readonly kind: "leakage";
  readonly places: readonly CellChange[];
}

/** A notebook as read; nothing in it has been executed or interpreted as Python. */
export interface Notebook {
  /** Path as the user would type it, with `/`. */
  readonly path: string;
  readonly sha256: Sha256;
  readonly nbformat: { readonly major: number; readonly minor: number };
  readonly language: { readonly name: string; readonly version: string | undefined };
  readonly cells: readonly Cell[];
  /** Set when it is a copy in the order that saved outputs proved. */
  readonly order?: SavedOrder;
  /** Set when its cells are not those of the file, but as they were fixed. */
  readonly fixed?: NotebookFix;
  /** Set when it is several notebooks as one, whose cells are counted on. */
  readonly parts?: readonly NotebookPart[];
  /** Set when `%run` brings in cells of other files: where all cells come from, in their order. */
  readonly origins?: readonly CellOrigin[];
}

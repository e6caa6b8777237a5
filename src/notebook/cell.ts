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
}

/** One of the notebooks that a pipeline is made from. */
export interface NotebookPart {
  readonly path: string;
  readonly sha256: Sha256;
  /** Number of its first cell when the cells of all are counted on. */
  readonly firstCell: number;
}

/** A notebook as read; nothing in it has been executed or interpreted as Python. */
export interface Notebook {
  /** Path as the user would type it, with `/`. */
  readonly path: string;
  readonly sha256: Sha256;
  readonly nbformat: { readonly major: number; readonly minor: number };
  readonly language: { readonly name: string; readonly version: string | undefined };
  readonly cells: readonly Cell[];
  /** Set when it is several notebooks as one, whose cells are counted on. */
  readonly parts?: readonly NotebookPart[];
}

import type { Span } from "../base/text-span.ts";
import type { RunCall } from "./run-magic.ts";

/** What an IPython construct means for a pipeline. */
export type MagicMeaning =
  /** Only matters in a notebook (plots inline, autoreload, help). */
  | { readonly kind: "drop" }
  /** Has the same effect as the Python that replaced it (`%time x = f()` → `x = f()`), as long as nothing reads `unread`. */
  | { readonly kind: "python"; readonly unread?: string }
  /** Names packages the notebook needs (`%pip install x==1`). Each is a line of a pip requirements file; options such as `-r file` or `--index-url …` are lines of their own. */
  | { readonly kind: "requirement"; readonly requirements: readonly string[] }
  /** Prepares the machine or the notebook's surroundings, and no value of it: not done again, which a note says. */
  | { readonly kind: "left-out"; readonly reason: string }
  /** Fetches files: nothing to do where all of `paths` are beside the notebook, otherwise a refusal. */
  | {
      readonly kind: "fetch";
      /** Relative to the working directory. */
      readonly paths: readonly string[];
      readonly reason: string;
      readonly hint: string;
    }
  /** Has been replaced by Python that writes this text to a file. */
  | {
      readonly kind: "write-file";
      readonly path: string;
      readonly text: string;
      readonly how: "anew" | "appended";
    }
  /** Runs code, which stands in its place, many times to time it, and keeps nothing: nothing to do where that code changes nothing. */
  | { readonly kind: "timing"; readonly code: string; readonly binds: boolean }
  /** Runs another file (`%run prepare.py`, `%run -i other.ipynb`). */
  | ({ readonly kind: "run" } & RunCall)
  /** Cannot be done in a pipeline; promotion stops at this place. */
  | { readonly kind: "refuse"; readonly reason: string; readonly hint: string };

/** What a magic means, and what takes its place. */
export interface Interpretation {
  readonly meaning: MagicMeaning;
  /** What the same line means besides. */
  readonly also?: readonly MagicMeaning[];
  /** Text in the magic's place (for cell magics: of the lines below it), in which there may be IPython's own syntax. */
  readonly python?: string;
  /** Python in the place of a whole cell, with as many lines. */
  readonly whole?: string;
}

/** One IPython construct found in a cell. */
export interface Magic {
  /** Where it stands in the cell's stored source. */
  readonly span: Span;
  /** 1-based line in the cell. */
  readonly line: number;
  /** As written, without the operator: `matplotlib inline`, `pip install pandas`. */
  readonly text: string;
  readonly form: "line-magic" | "cell-magic" | "shell" | "help" | "auto-call" | "assignment";
  readonly meaning: MagicMeaning;
}

/**
 * A cell's text as plain Python with as many lines as the stored source; columns differ only on the lines of `magics`.
 * Where IPython itself takes common indentation or pasted prompts (`>>> `) away, all columns shift as IPython shifts them.
 */
export interface NeutralPython {
  readonly python: string;
  readonly magics: readonly Magic[];
}

/**
 * A table as a value: made once by a command, then shown for people (`text-table.ts`) or for programs and documents
 * (`table-forms.ts`). Rectangular: each row has a cell for each column.
 */
import type { Style } from "../style.ts";
import { onOneLine } from "./display-width.ts";

/** What a cell holds; `null` where there is nothing. */
export type Value = string | number | boolean | null;

/** A cell whose text for people is another than its value: `12.3 kB` for 12345. A tone says how it stands out. */
export interface Cell {
  readonly value: Value;
  readonly text?: string;
  readonly tone?: "strong" | "faint" | "good" | "bad" | "warn" | "accent";
}

export interface Column {
  /** Of the value, in CSV: `wall-ms`. */
  readonly key: string;
  /** For people: `took`. */
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: "right";
  /** Where there is too little room: `never` for what is copied or compared (ids, numbers, dates), which stays on one line. Without it a text is broken. */
  readonly wrap?: "never";
  /** Such columns (metrics) go below each row together, as `name value`, where they do not fit beside it. */
  readonly folds?: true;
  /** `for-people`: only programs ask for it. `in-text`: the text shows it in another way. */
  readonly hidden?: "for-people" | "in-text";
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Value | Cell)[])[];
}

/** A cell with both its sides. */
export function cellOf(cell: Value | Cell | undefined): Cell {
  return typeof cell === "object" && cell !== null ? cell : { value: cell ?? null };
}

/** What people read; nothing for what is not there. */
export function textOf({ value, text }: Cell): string {
  return text ?? (value === null ? "" : String(value));
}

/** The same on a terminal: on one line and without what would move the cursor; spaces before it are an indentation. */
export function shownText(cell: Cell): string {
  const text = textOf(cell);
  return (/^ */.exec(text)?.[0] ?? "") + onOneLine(text);
}

/** A padded text whose letters stand out and whose spaces do not. */
export function toned(text: string, padded: string, tone: Cell["tone"], style: Style): string {
  if (tone === undefined || text === "") return padded;
  return padded.replace(text, () => style[tone](text));
}

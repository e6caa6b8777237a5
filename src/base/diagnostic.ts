/** Where something is, as far as it is known. Cells count from 1 over all cells of the notebook, markdown included, as editors show them. */
export interface Place {
  readonly path?: string;
  readonly cell?: number;
  /** 1-based, within the cell when `cell` is given, else within the file. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

/** One finding about what a user wrote. `code` is stable and documented by `mlops explain <code>`. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: "error" | "warning" | "note";
  readonly message: string;
  /** What to type or change next. */
  readonly hint?: string;
  readonly where?: Place;
}

/** A value that could be read as far as possible, and what was wrong on the way. */
export interface Parsed<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** `churn.ipynb, cell 7, line 3`; empty when nothing is known. */
export function renderPlace(place: Place | undefined): string {
  if (place === undefined) return "";
  const parts: string[] = [];
  if (place.path !== undefined) parts.push(place.path);
  if (place.cell !== undefined) parts.push(`cell ${String(place.cell)}`);
  if (place.line !== undefined) parts.push(`line ${String(place.line)}`);
  return parts.join(", ");
}

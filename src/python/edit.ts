/** Edits on original text, so that everything around them keeps its form. */
import type { Span } from "../base/text-span.ts";

/** Replaces what `span` covers; an empty span inserts. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** Edits that contradict each other: a bug in whoever made them. */
export class OverlappingEditsError extends Error {
  override readonly name = "OverlappingEditsError";
}

/**
 * Applies edits given in any order. Insertions at the same place keep the order they are given in.
 *
 * @throws OverlappingEditsError when two edits touch the same text or one lies outside of it.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits
    .map((edit, order) => ({ ...edit, order }))
    .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end || a.order - b.order);
  let at = 0;
  let result = "";
  for (const { span, text: replacement } of sorted) {
    if (span.start < at || span.end < span.start || span.end > text.length) {
      throw new OverlappingEditsError(
        `edit of ${String(span.start)}–${String(span.end)} overlaps another or leaves the text of ${String(text.length)} characters`,
      );
    }
    result += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return result + text.slice(at);
}

/**
 * Which raw columns a request must bring. A column is left out only when the notebook drops it by name and names it nowhere else; the
 * generated `transform` then never looks at it, so that a column left out by mistake shows in the proof.
 */

import type { PythonParser } from "../python/parse.ts";
import { walk } from "../python/syntax.ts";
import type { Target } from "./answer/target-trace.ts";
import type { Scope } from "./scope.ts";
import type { NeededColumns, ServedEntity } from "./staging.ts";
import type { StagingDraft } from "./staging-draft.ts";

/** What is looked at. */
export interface NeededColumnsRequest {
  readonly seen: Scope["seen"];
  readonly target: Target | undefined;
  readonly parser: PythonParser;
  readonly draft: StagingDraft;
  readonly entity: ServedEntity | undefined;
}

/**
 * The needed columns, and for people why some are not.
 *
 * @param label What the predicted column is called in the raw table.
 */
export function neededColumns(
  { seen, target, parser, draft, entity }: NeededColumnsRequest,
  label: string | undefined,
): {
  readonly needed: NeededColumns;
  readonly because: readonly string[];
} {
  const mentions = countStrings(parser, draft);
  // Of entities, every column may be asked for nulls or duplicates, which decide on what rows they are made of.
  const dropped = entity === undefined ? [...seen.droppedNames] : [];
  const unread = dropped
    .filter((name) => name !== target?.label && (mentions.get(name) ?? 0) <= 1)
    .toSorted();
  // A column of the data set's target that the notebook adds under another name does not come with a request either.
  const added = seen.datasetTarget && target?.label !== undefined ? [target.label] : [];
  const labels = [
    ...(label === undefined ? [] : [label]),
    ...added,
    ...(target?.labels ?? []).filter((name) => name !== target?.label),
  ];
  const names = [...new Set([...labels, ...unread])];
  return {
    needed: { kind: "all-but", names },
    because: unread.map(
      (name) => `column "${name}" is dropped before anything reads it: requests need not bring it`,
    ),
  };
}

/** How often each string stands in the lines of `transform`. */
function countStrings(parser: PythonParser, draft: StagingDraft): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of [...draft.transform, ...draft.shared]) {
    walk(parser.parse(text).root, (node) => {
      const word =
        node.kind === "string"
          ? text.slice(node.start + 1, node.end - 1)
          : node.kind === "identifier"
            ? text.slice(node.start, node.end)
            : undefined;
      if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
      return undefined;
    });
  }
  return counts;
}

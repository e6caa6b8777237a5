/** `a[i]`: what is inside of `a`, unless the index makes a copy. */
import { type SyntaxNode, withoutParentheses } from "../syntax.ts";
import { allocate, allocateValue } from "./allocate.ts";
import { baseName } from "./base-name.ts";
import { recordMutation } from "./frames.ts";
import type { Frame, Value } from "./model.ts";
import { isArrayLike } from "./operate.ts";
import { cellObjects, IMMUTABLE, immutable, objectValue, partsOf } from "./values.ts";

/** A subscript with everything in it evaluated. */
export interface Selection {
  readonly node: SyntaxNode;
  readonly value: Value;
  readonly indices: readonly SyntaxNode[];
  readonly given: readonly Value[];
}

/** Gives the part, and notes when looking for it changes what is looked into. */
export function selectPart({ node, value, indices, given }: Selection, frame: Frame): Value {
  const [index] = given;
  const [indexNode] = indices;
  if (value.qualified !== undefined) return IMMUTABLE;
  if (value.objects.length === 0) return immutable(undefined);
  growWhenRead(node, value, frame);
  const copies =
    index !== undefined &&
    indexNode !== undefined &&
    indices.length === 1 &&
    isCopyingIndex(index, indexNode);
  if (value.type === "pandas.DataFrame") {
    if (copies)
      return allocateValue(node, frame, {
        type: isScalarIndex(index) ? "pandas.Series" : "pandas.DataFrame",
        contents: cellObjects(value),
      });
    const type =
      index?.type === "builtins.str"
        ? "pandas.Series"
        : index?.type === "builtins.slice"
          ? "pandas.DataFrame"
          : undefined;
    return objectValue(partsOf(value), type);
  }
  if (copies && isArrayLike(value.type))
    return allocateValue(node, frame, { type: value.type, contents: cellObjects(value) });
  if (value.type === "pandas.Series")
    return objectValue(
      partsOf(value),
      index?.type === "builtins.slice" ? "pandas.Series" : undefined,
    );
  if (value.type === "builtins.str") return immutable("builtins.str");
  if (
    index?.type === "builtins.slice" &&
    (value.type === "builtins.list" || value.type === "builtins.tuple")
  ) {
    return objectValue(
      [allocate(node, frame, { kind: "container", contents: partsOf(value) })],
      value.type,
    );
  }
  const parts = partsOf(value);
  // Of something that may be a list it is a new one with the same elements, even if there are none.
  const isOfUnknown = index?.type === "builtins.slice" && value.type === undefined;
  if (parts.length === 0 && !isOfUnknown) return immutable(undefined);
  const sliced = isOfUnknown ? [allocate(node, frame, { kind: "container", contents: parts })] : [];
  return {
    ...objectValue(
      [...parts, ...sliced],
      value.type === "numpy.ndarray" ? "numpy.ndarray" : undefined,
    ),
    draws: value.draws,
  };
}

/** A `defaultdict` has a new item once it was asked for one. */
function growWhenRead(node: SyntaxNode, value: Value, frame: Frame): void {
  if (value.type === undefined) return;
  const effect = frame.program.tables.methodEffect(value.type, "__getitem__");
  if (effect?.mutatesReceiver !== true) return;
  const base = baseName(node, frame.unit.text);
  recordMutation(
    frame,
    value.objects,
    { because: `${base ?? "…"}[…] may add an item`, certain: false },
    base,
  );
}

/** A list of labels or a mask selects into new memory, in pandas as in NumPy. */
function isCopyingIndex(index: Value, node: SyntaxNode): boolean {
  const kind = withoutParentheses(node).kind;
  return (
    kind === "list" ||
    kind === "list_comprehension" ||
    index.type === "builtins.list" ||
    index.type === "comparison" ||
    isArrayLike(index.type)
  );
}

function isScalarIndex(index: Value | undefined): boolean {
  return index?.type === "builtins.str" || index?.type === "builtins.int";
}

/** Reading a value from its beginning to its end: what that gives, and what it uses up. */
import type { SyntaxNode } from "../syntax.ts";
import { applyPassedCode, mayBeUsedUp } from "./apply-code.ts";
import { baseName } from "./base-name.ts";
import { recordMutation } from "./frames.ts";
import { inside } from "./heap.ts";
import type { Frame, HeapObject, Value } from "./model.ts";
import { applySpecial, ITERATION } from "./special-methods.ts";
import { immutable, joinValues, objectValue, partsOf } from "./values.ts";

/** Iterates over the value of `node`; gives what each round may see. */
export function iterate(node: SyntaxNode, value: Value, frame: Frame): Value {
  if (mayBeUsedUp(value, frame)) {
    const base = baseName(node, frame.unit.text);
    recordMutation(
      frame,
      usedUpWith(value, frame),
      { because: `for … in ${base ?? "…"}`, certain: false, consumes: true },
      base,
    );
  }
  const own = applySpecial(ITERATION, { node, subject: value, subjectNode: node }, frame);
  // The body of a generator runs now.
  applyPassedCode(node, [{ node, keyword: undefined, value, span: node }], frame);
  const elements = elementsOf(value, frame);
  return own === undefined ? elements : joinValues([elements, own, objectValue(partsOf(own))]);
}

/** The value and the iterators it draws from in turn (`map(f, it)` draws from `it`). */
export function usedUpWith(value: Value, frame: Frame): readonly HeapObject[] {
  const given = new Set(value.objects);
  return [...inside(frame.program.heap, given)].filter(
    (object) => given.has(object) || object.isIterator,
  );
}

/** What iterating over a value gives. */
function elementsOf(value: Value, frame: Frame): Value {
  if (value.type === "builtins.str") return immutable("builtins.str");
  if (value.type === "builtins.range") return immutable("builtins.int");
  if (value.type === "pandas.DataFrame" || value.type === "pandas.Index")
    return immutable(undefined);
  const parts = partsOf(value);
  if (parts.length === 0) return immutable(undefined);
  const element = { ...objectValue(parts), draws: value.draws };
  const first = value.type === undefined ? undefined : frame.program.tables.pairsOf(value.type);
  if (first === undefined) return element;
  return { ...element, parts: [first === "label" ? immutable(undefined) : element, element] };
}

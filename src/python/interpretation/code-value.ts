/** Functions, classes and lazy generators as values. */
import { type Scope, scopeOwning } from "../scopes.ts";
import type { SyntaxNode } from "../syntax.ts";
import { isOutsideModule, noteCode, readName } from "./frames.ts";
import { addCode, contain, newObject } from "./heap.ts";
import type { Code, Frame, HeapObject, Value } from "./model.ts";
import { objectValue } from "./values.ts";

/** A function or lazy generator as a value. One object per place in the text, so that loops stay stable. */
export function codeValue(node: SyntaxNode, frame: Frame): Value {
  const code = frame.program.engine.codeOf(node, frame);
  let object = frame.program.objects.get(node);
  if (object === undefined) {
    object = newObject(frame.program.heap, {
      kind: code.kind === "generator" ? "opaque" : "inert",
    });
    frame.program.objects.set(node, object);
  }
  addCode(frame.program.heap, object, code);
  captureVariables(code, object, frame);
  // At module level its free variables are read when it is used; inside a function nothing else follows its local names.
  if (isOutsideModule(frame)) noteCode(frame, code);
  return objectValue([object], code.kind === "class" ? "builtins.type" : "builtins.function");
}

/** Variables of enclosing functions that the code uses live on inside it. */
function captureVariables(code: Code, object: HeapObject, frame: Frame): void {
  const visit = (scope: Scope): void => {
    for (const symbol of scope.symbols.values()) {
      if (!symbol.read) continue;
      const owner = scopeOwning(scope, symbol.name);
      if (owner.kind === "module" || !encloses(owner, code.scope)) continue;
      for (const inner of readName(frame, symbol.name).objects)
        if (contain(frame.program.heap, object, inner)) frame.run.changes += 1;
    }
    for (const child of scope.children) visit(child);
  };
  visit(code.scope);
}

function encloses(outer: Scope, inner: Scope): boolean {
  for (let at = inner.parent; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}

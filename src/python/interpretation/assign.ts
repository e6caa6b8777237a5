/** Binding targets to values: names, unpacking, and stores into attributes and elements, which change an object. */
import { fieldOf, fieldsOf, type SyntaxNode, textOf } from "../syntax.ts";
import { allocate, store } from "./allocate.ts";
import { baseName } from "./base-name.ts";
import { recordMutation, writeName } from "./frames.ts";
import { codeIn } from "./heap.ts";
import type { Frame, Value } from "./model.ts";
import { recordAmbient, recordDynamic } from "./record-outside.ts";
import { applySpecial } from "./special-methods.ts";
import { isImmutableType, objectValue, partsOf } from "./values.ts";

const UNPACKED: ReadonlySet<string> = new Set([
  "pattern_list",
  "tuple_pattern",
  "list_pattern",
  "tuple",
  "list",
  "expression_list",
]);
const TRANSPARENT: ReadonlySet<string> = new Set(["parenthesized_expression", "as_pattern_target"]);
const STARRED: ReadonlySet<string> = new Set(["list_splat_pattern", "list_splat"]);

/** Binds a target of `=`, `for`, `with … as` or a comprehension. */
export function bindTargetValue(target: SyntaxNode, value: Value, frame: Frame): void {
  if (target.kind === "identifier") {
    writeName(frame, textOf(frame.unit.text, target), value);
  } else if (TRANSPARENT.has(target.kind)) {
    for (const child of target.children) bindTargetValue(child, value, frame);
  } else if (UNPACKED.has(target.kind)) {
    // With a starred target the positions of the others are not known.
    const isExact = target.children.every(({ kind }) => !STARRED.has(kind));
    for (const [index, child] of target.children.entries()) {
      if (STARRED.has(child.kind)) bindRest(child, value, frame);
      else bindTargetValue(child, partOf(value, index, isExact), frame);
    }
  } else {
    storeInto(target, value, frame);
  }
}

/** What no other target takes is in a new list. */
function bindRest(target: SyntaxNode, value: Value, frame: Frame): void {
  const rest = allocate(target, frame, { kind: "container", contents: partsOf(value) });
  for (const child of target.children)
    bindTargetValue(child, objectValue([rest], "builtins.list", value.draws), frame);
}

/** One of the things an unpacked value consists of. */
function partOf(value: Value, index: number, isExact: boolean): Value {
  const known = isExact ? value.parts?.[index] : undefined;
  if (known !== undefined) return known;
  if (value.objects.length === 0)
    return { ...value, type: undefined, literal: undefined, qualified: undefined };
  return { ...objectValue(partsOf(value)), draws: value.draws };
}

/** Types that copy what is assigned into them. */
const COPYING_TYPES: ReadonlySet<string> = new Set([
  "pandas.DataFrame",
  "pandas.Series",
  "numpy.ndarray",
]);

/** `a[i] = value`, `a.b = value`; `a` and everything that contains it changes. */
function storeInto(target: SyntaxNode, value: Value, frame: Frame): void {
  const { engine } = frame.program;
  const { text } = frame.unit;
  const container = fieldOf(target, target.kind === "attribute" ? "object" : "value");
  if (container === undefined) {
    engine.evaluate(target, frame);
    return;
  }
  const held = engine.evaluate(container, frame);
  const indices = fieldsOf(target, "subscript").map((child) => engine.evaluate(child, frame));
  const owner = held.qualified ?? settingsOwner(target, held, frame);
  if (owner !== undefined) {
    storeIntoLibrary(target, owner, value, frame);
    return;
  }
  const because = `${shorten(textOf(text, target))} = …`;
  recordMutation(frame, held.objects, { because, certain: true }, baseName(target, text));
  applySpecial(
    target.kind === "attribute" ? ["__setattr__"] : ["__setitem__"],
    { node: target, subject: held, subjectNode: target, given: [...indices, value] },
    frame,
  );
  if (COPYING_TYPES.has(held.type ?? "") || isImmutableType(value.type)) return;
  for (const outer of held.objects) for (const inner of value.objects) store(frame, outer, inner);
}

/** The type of what a library keeps for the whole process, when the target is an attribute of it: `decimal.getcontext().prec`. */
function settingsOwner(target: SyntaxNode, held: Value, frame: Frame): string | undefined {
  const attribute = fieldOf(target, "attribute");
  if (held.type === undefined || attribute === undefined) return undefined;
  const name = `${held.type}.${textOf(frame.unit.text, attribute)}`;
  return frame.program.tables.settingOf(name) === undefined ? undefined : held.type;
}

/** `os.environ["A"] = …`, `plt.rcParams[…] = …`, `pd.options.a = …`, or a patched library. */
function storeIntoLibrary(target: SyntaxNode, qualified: string, value: Value, frame: Frame): void {
  const because = `${shorten(textOf(frame.unit.text, target))} = …`;
  const attribute = fieldOf(target, "attribute");
  const stored = {
    owner: qualified,
    attribute: attribute === undefined ? undefined : textOf(frame.unit.text, attribute),
  };
  changeLibrary(target, { ...stored, value, because }, frame);
}

/** What is put into an attribute of a library's module or class, or into what it holds where `attribute` is `undefined`. */
export interface LibraryChange {
  readonly owner: string;
  readonly attribute: string | undefined;
  readonly value: Value;
  readonly because: string;
}

const FIGURES = "matplotlib.pyplot";

/** A setting, a value that nothing can change, or a method that no table tells of; anything else is a patch. */
export function changeLibrary(node: SyntaxNode, change: LibraryChange, frame: Frame): void {
  const { owner, attribute, value, because } = change;
  const { tables } = frame.program;
  const setting = tables.settingOf(attribute === undefined ? owner : `${owner}.${attribute}`);
  if (setting !== undefined) {
    recordAmbient(frame, { resource: setting, access: "write", detail: undefined, because });
    return;
  }
  const isPlain =
    attribute !== undefined && value.objects.length === 0 && value.qualified === undefined;
  if (owner === FIGURES && isPlain) {
    // `plt.xlabel = "age"` is a slip of `plt.xlabel("age")`: nothing but drawing can meet it again.
    recordAmbient(frame, { resource: "figure", access: "write", detail: undefined, because });
    return;
  }
  const isAdded = attribute !== undefined && isSelfContained(value, frame);
  const isKnown = tables.methodEffect(owner, attribute ?? "") !== undefined;
  if (isKnown || !(isPlain || (isAdded && tables.isKnownType(owner)))) {
    recordDynamic(frame, "monkeypatch", node);
    return;
  }
  recordAmbient(frame, {
    resource: "module-attribute",
    access: "write",
    detail: attribute,
    because,
  });
  if (!isPlain) recordDynamic(frame, "added-method", node);
}

/** Functions of the program that touch nothing but what they are given, and what they only read. */
function isSelfContained({ objects }: Value, { program }: Frame): boolean {
  const code = [...codeIn(program.heap, objects)];
  return (
    code.length > 0 &&
    objects.every(({ kind }) => kind === "inert") &&
    code.every((one) => {
      const { ambient, dynamic, globalWrites, mutatedGlobals } = program.engine.summarize(
        one,
        program,
      );
      return [ambient.length, dynamic.length, globalWrites.size, mutatedGlobals.size].every(
        (count) => count === 0,
      );
    })
  );
}

/** One line, short enough for a message. */
export function shorten(source: string): string {
  const line = source.replaceAll(/\s+/g, " ");
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}

/** Making and joining abstract values. */
import type { Literal } from "../facts.ts";
import type { HeapObject, Value } from "./model.ts";

/** Something nobody can change, of unknown type. */
export const IMMUTABLE: Value = {
  objects: [],
  type: undefined,
  qualified: undefined,
  draws: false,
  literal: undefined,
};

const IMMUTABLE_TYPES: ReadonlySet<string> = new Set([
  "builtins.int",
  "builtins.float",
  "builtins.str",
  "builtins.bool",
  "builtins.NoneType",
  "builtins.bytes",
  "builtins.complex",
  "builtins.range",
  "builtins.slice",
  "numpy.dtype",
  "pandas.Timestamp",
  "pandas.Timedelta",
  "datetime.datetime",
  "datetime.date",
  "datetime.timedelta",
  "pathlib.Path",
  "numpy.scalar",
  "scalar",
]);

/** Whether values of a type hold nothing that can change. */
export function isImmutableType(type: string | undefined): boolean {
  return type !== undefined && IMMUTABLE_TYPES.has(type);
}

/** A value without objects. */
export function immutable(type: string | undefined, literal?: Literal): Value {
  return { objects: [], type, qualified: undefined, draws: false, literal };
}

/** A library's module, function or class. */
export function qualifiedValue(qualified: string): Value {
  return { objects: [], type: undefined, qualified, draws: false, literal: undefined };
}

/** A value that is one of the objects. */
export function objectValue(objects: readonly HeapObject[], type?: string, draws = false): Value {
  return { objects, type, qualified: undefined, draws, literal: undefined };
}

/** The value with other objects; which part is which is then no longer known. */
export function withObjects(value: Value, objects: readonly HeapObject[]): Value {
  const { type, qualified, draws, literal } = value;
  return { objects, type, qualified, draws, literal };
}

/** One of several values. */
export function joinValues(values: readonly Value[]): Value {
  const [first, ...others] = values;
  if (first === undefined) return IMMUTABLE;
  if (others.length === 0) return first;
  return {
    objects: joinObjects(first.objects, others),
    type: others.every((value) => value.type === first.type) ? first.type : undefined,
    qualified: others.every((value) => value.qualified === first.qualified)
      ? first.qualified
      : undefined,
    draws: values.some((value) => value.draws),
    literal: undefined,
  };
}

/** Joins made here, in which no object is twice. */
const joined = new WeakSet<readonly HeapObject[]>();
/** So few objects more are looked for one by one; what a loop adds to the many that a name may be costs little then. */
const FEW = 8;

function joinObjects(
  first: readonly HeapObject[],
  others: readonly Value[],
): readonly HeapObject[] {
  const more = others.flatMap(({ objects }) => objects);
  if (more.length <= FEW && joined.has(first)) {
    const news = [...new Set(more)].filter((object) => !first.includes(object));
    if (news.length === 0) return first;
    const longer = [...first, ...news];
    joined.add(longer);
    return longer;
  }
  const made = [...new Set([...first, ...more])];
  joined.add(made);
  return made;
}

/** Objects of several values, each once. */
export function objectsOf(values: Iterable<Value>): readonly HeapObject[] {
  const objects = new Set<HeapObject>();
  for (const value of values) for (const object of value.objects) objects.add(object);
  return [...objects];
}

/**
 * What reading an element or attribute of unknown meaning may give: the parts; and where parts are not told apart the whole, and
 * what is further inside, because an element of `list(rows)` is an element of `rows`.
 */
export function partsOf(value: Value): readonly HeapObject[] {
  const [only, ...others] = value.objects;
  // Nothing can be met twice in one container, and a long one is read again and again.
  if (only?.kind === "container" && others.length === 0 && !only.holdsItself)
    return [...only.contents].filter((inner) => !isOwnClass(only, inner));
  const parts = new Set<HeapObject>();
  for (const object of value.objects) {
    if (object.kind !== "container" || object.holdsItself) parts.add(object);
    addParts(object, parts);
  }
  return [...parts];
}

/**
 * What a copy of a table still holds: objects in its cells, which nothing copies. Only what a table was made of tells of them: columns
 * in a dictionary, rows in a list. Cells of numbers hold nothing.
 */
export function cellObjects(value: Value): readonly HeapObject[] {
  if (value.type !== "pandas.DataFrame" && value.type !== "pandas.Series") return [];
  return value.objects.flatMap(({ contents }) =>
    [...contents].filter((made) => [...made.contents].some((column) => column.contents.size > 0)),
  );
}

function addParts(whole: HeapObject, parts: Set<HeapObject>): void {
  const opaque = [whole];
  for (const object of opaque) {
    for (const inner of object.contents) {
      if (parts.has(inner) || isOwnClass(object, inner)) continue;
      parts.add(inner);
      if (whole.kind === "opaque") opaque.push(inner);
    }
  }
}

/** An instance holds its class, but its attributes are not the class. */
export function isOwnClass(instance: HeapObject, part: HeapObject): boolean {
  if (part.kind !== "inert" || instance.code.size === 0) return false;
  for (const code of part.code) if (instance.code.has(code)) return true;
  return false;
}

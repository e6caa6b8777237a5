/**
 * Checks of values out of JSON, for what every run reads from the registry: zod, which checks all else that comes from outside, takes
 * longer to load than a run that has nothing to do takes for its registry. As strict as its counterparts
 * (`z.strictObject`, `z.record`, finite numbers, safe integers); a test holds both to the same answers.
 */

/** What a value must be. */
export interface Shape<T> {
  /** What is wrong and where, in words; `undefined` when the value fits. */
  readonly problemOf: (value: unknown, at: string) => string | undefined;
  /** Never there; it carries the type of values that fit. */
  readonly type?: T;
}

/** The type of the values that fit. */
export type Fitting<S> = S extends Shape<infer T> ? T : never;

/** Whether a value is what it must be. */
export function fits<T>(shape: Shape<T>, value: unknown): value is T {
  return shape.problemOf(value, "") === undefined;
}

export const text = shapeOf<string>("text", (value) => typeof value === "string");
export const number = shapeOf<number>("a number", (value) => Number.isFinite(value));
/** At least 0. */
export const count = shapeOf<number>(
  "a whole number from 0",
  (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0,
);
export const boolean = shapeOf<boolean>("true or false", (value) => typeof value === "boolean");
export const nothing = shapeOf<null>("null", (value) => value === null);
export const anything = shapeOf<unknown>("anything", () => true);

/** @param wanted Reads after "must be". */
export function shapeOf<T>(wanted: string, holds: (value: unknown) => boolean): Shape<T> {
  return {
    problemOf: (value, at) =>
      holds(value) ? undefined : `${at === "" ? "it" : at} must be ${wanted}`,
  };
}

/** Exactly one of some values. */
export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
  const known: ReadonlySet<unknown> = new Set(values);
  return shapeOf<T>(values.map((value) => JSON.stringify(value)).join(" or "), (value) =>
    known.has(value),
  );
}

/** What fits any of some shapes; the problem told is the last one's. */
export function anyOf<const S extends readonly Shape<unknown>[]>(
  ...shapes: S
): Shape<Fitting<S[number]>> {
  return {
    problemOf: (value, at) => {
      let problem: string | undefined;
      for (const shape of shapes) {
        problem = shape.problemOf(value, at);
        if (problem === undefined) return undefined;
      }
      return problem;
    },
  };
}

/** A list of what fits. */
export function listOf<T>(item: Shape<T>): Shape<T[]> {
  return {
    problemOf: (value, at) => {
      if (!Array.isArray(value)) return `${at === "" ? "it" : at} must be a list`;
      const items: readonly unknown[] = value;
      return firstProblem(items.keys(), (index) =>
        item.problemOf(items[index], `${at}[${String(index)}]`),
      );
    },
  };
}

/** A mapping of any keys to what fits. */
export function recordOf<T>(entry: Shape<T>): Shape<Record<string, T>> {
  return {
    problemOf: (value, at) =>
      isMapping(value)
        ? firstProblem(Object.keys(value), (key) => entry.problemOf(value[key], below(at, key)))
        : `${at === "" ? "it" : at} must be a mapping`,
  };
}

type Shapes = Readonly<Record<string, Shape<unknown>>>;

/** A mapping with exactly these keys, and with none but these others. */
export function objectOf<const P extends Shapes, const O extends Shapes = Record<never, never>>(
  parts: P,
  others?: O,
): Shape<
  { -readonly [Key in keyof P]: Fitting<P[Key]> } & { -readonly [Key in keyof O]?: Fitting<O[Key]> }
> {
  const keys = Object.keys(parts);
  const all: Shapes = { ...others, ...parts };
  return {
    problemOf: (value, at) => {
      if (!isMapping(value)) return `${at === "" ? "it" : at} must be a mapping`;
      return (
        firstProblem(Object.keys(value), (key) =>
          Object.hasOwn(all, key)
            ? all[key]?.problemOf(value[key], below(at, key))
            : `${below(at, key)} is not known`,
        ) ??
        firstProblem(keys, (key) =>
          Object.hasOwn(value, key) ? undefined : `${below(at, key)} is missing`,
        )
      );
    },
  };
}

function firstProblem<K>(
  keys: Iterable<K>,
  problemOf: (key: K) => string | undefined,
): string | undefined {
  for (const key of keys) {
    const problem = problemOf(key);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function below(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

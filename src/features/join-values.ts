/** What a name stands for behind a block that may have run or not, or may run again: what holds either way. */
import type { RowsValue, Value } from "./value.ts";
import { CONSTANT, STATE } from "./value.ts";

/** The value that covers both; `undefined` when serving would have to know which one it is. */
export function joinedValue(one: Value, other: Value): Value | undefined {
  if (one === other) return one;
  if (isLearned(one) && isLearned(other)) return joinedState(one, other);
  if (one.kind === "rows" && other.kind === "rows") return joinedRows(one, other);
  if (one.kind === "training" && other.kind === "training")
    return { kind: "training", aligned: one.aligned && other.aligned };
  const isSame =
    (one.kind === "library" && other.kind === "library" && one.path === other.path) ||
    (one.kind === "function" && other.kind === "function" && one.name === other.name) ||
    (one.kind === other.kind && (one.kind === "label" || one.kind === "display"));
  return isSame ? one : undefined;
}

/**
 * Joins what the names stand for before and behind a block; names that only the block binds keep what they are there.
 *
 * @returns The first name that would be something else each time.
 */
export function joinNames(
  names: Map<string, Value>,
  before: ReadonlyMap<string, Value>,
): string | undefined {
  for (const [name, value] of names) {
    const known = before.get(name);
    if (known === undefined) continue;
    const joined = joinedValue(known, value);
    if (joined === undefined) return name;
    names.set(name, joined);
  }
  return undefined;
}

type LearnedValue = Extract<Value, { kind: "constant" | "state" | "estimator" }>;

function isLearned(value: Value): value is LearnedValue {
  return value.kind === "constant" || value.kind === "state" || value.kind === "estimator";
}

function joinedState(one: LearnedValue, other: LearnedValue): Value | undefined {
  if (one.kind === "constant" && other.kind === "constant") return CONSTANT;
  if (one.kind === "estimator" && other.kind === "estimator")
    return one.type === other.type ? one : undefined;
  if (one.kind === "estimator" || other.kind === "estimator") return undefined;
  return one.kind === "state" && other.kind === "state" && one.type === other.type ? one : STATE;
}

function joinedRows(one: RowsValue, other: RowsValue): RowsValue | undefined {
  const isSameRows =
    one.side === other.side &&
    one.role === other.role &&
    one.shape === other.shape &&
    one.of?.id === other.of?.id &&
    one.resampledFrom === other.resampledFrom &&
    one.inTimeOrder === other.inTimeOrder;
  if (!isSameRows) return undefined;
  const { columns, without, unlabelled, ...rest } = one;
  const isSameColumns =
    columns !== undefined && JSON.stringify(columns) === JSON.stringify(other.columns);
  const gone = without?.filter((name) => other.without?.includes(name)) ?? [];
  return {
    ...rest,
    ...(isSameColumns ? { columns } : {}),
    ...(gone.length > 0 ? { without: gone } : {}),
    ...(unlabelled === true || other.unlabelled === true ? { unlabelled: true } : {}),
  };
}

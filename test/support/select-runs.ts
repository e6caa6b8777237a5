/** Runs in memory → those that a person wants to see, in their order: what every registry must give, in a few lines. */
import {
  type RunField,
  type RunNames,
  type RunSelection,
  readSelection,
  type ValueSource,
} from "../../src/registry/read-selection.ts";
import type { RunRecord } from "../../src/registry/run-record.ts";
import { compareOrders, meets, orderOf, type RunValue } from "../../src/registry/run-values.ts";

const FIELDS: Readonly<Record<RunField, (run: RunRecord) => RunValue | undefined>> = {
  status: ({ status }) => status,
  pipeline: ({ pipeline }) => pipeline,
  revision: ({ revision }) => revision,
  started: ({ startedAtMs }) => new Date(startedAtMs).toISOString(),
  took: ({ startedAtMs, endedAtMs }) =>
    endedAtMs === undefined ? undefined : (endedAtMs - startedAtMs) / 1000,
};

/**
 * Runs that meet all conditions; those without a value to sort by come last, in the order given.
 *
 * @param runs Newest first.
 * @throws what `readSelection` throws.
 */
export function selectRuns(
  runs: readonly RunRecord[],
  selection: RunSelection,
): readonly RunRecord[] {
  const { conditions, sort } = readSelection(selection, namesOf(runs));
  const selected = runs.filter((run) =>
    conditions.every(({ of, test }) => meets(test, valueOf(run, of))),
  );
  if (sort === undefined) return selected;
  const direction = sort.order === "greatest-first" ? -1 : 1;
  return selected.toSorted((left, right) => {
    const [one, other] = [orderOf(valueOf(left, sort.of)), orderOf(valueOf(right, sort.of))];
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined);
    return direction * compareOrders(one, other);
  });
}

function valueOf(run: RunRecord, { kind, name }: ValueSource): RunValue | undefined {
  switch (kind) {
    case "field":
      return FIELDS[name](run);
    case "metric":
      return run.metrics.find((known) => known.name === name)?.value;
    case "param":
      return Object.hasOwn(run.params, name) ? run.params[name] : undefined;
  }
}

function namesOf(runs: readonly RunRecord[]): RunNames {
  const listOf = {
    metric: (run: RunRecord) => run.metrics.map(({ name }) => name),
    param: (run: RunRecord) => Object.keys(run.params).sort(),
  };
  return {
    hasRuns: () => runs.length > 0,
    has: (kind, name) => runs.some((run) => valueOf(run, { kind, name }) !== undefined),
    list: (kind) => [...new Set(runs.flatMap(listOf[kind]))],
  };
}

/**
 * Which runs a person wants to see, and in which order: conditions on what a run is, its parameters and its metrics.
 * A name that no run has is an error, because an empty list would look like an answer.
 */
import { didYouMean } from "../base/did-you-mean.ts";
import { UsageError } from "../base/errors.ts";
import type { RunRecord } from "./run-record.ts";

export interface RunSelection {
  /** As typed: `roc-auc>0.8`, `status=failed`, `param.seed=42`. All must hold. */
  readonly where: readonly string[];
  /** A name as in a condition; `undefined` leaves the order. */
  readonly sort: string | undefined;
  /** The order of `sort`. */
  readonly order: "greatest-first" | "least-first";
}

type Known = number | string | boolean | null;
type Read = (run: RunRecord) => Known | undefined;
type Operator = "=" | "!=" | ">" | ">=" | "<" | "<=";

/** What every run has, whatever its pipeline. Times are in seconds, moments as ISO 8601 in UTC. */
const FIELDS: Readonly<Record<string, Read>> = {
  status: ({ status }) => status,
  pipeline: ({ pipeline }) => pipeline,
  revision: ({ revision }) => revision,
  started: ({ startedAtMs }) => new Date(startedAtMs).toISOString(),
  took: ({ startedAtMs, endedAtMs }) =>
    endedAtMs === undefined ? undefined : (endedAtMs - startedAtMs) / 1000,
};

/** Names that stand for what every run has. */
export const RUN_FIELDS: readonly string[] = Object.keys(FIELDS);

/**
 * Runs that meet all conditions; those without a value to sort by come last, in the order given.
 *
 * @throws UsageError `run-name-unknown`, `run-name-ambiguous`, `usage-wrong-value`.
 */
export function selectRuns(
  runs: readonly RunRecord[],
  { where, sort, order }: RunSelection,
): readonly RunRecord[] {
  const conditions = where.map((text) => readCondition(text, runs));
  const selected = runs.filter((run) => conditions.every((holds) => holds(run)));
  if (sort === undefined) return selected;
  const read = readerOf(sort, runs);
  const direction = order === "greatest-first" ? -1 : 1;
  return selected.toSorted((left, right) => {
    const [one, other] = [sortable(read(left)), sortable(read(right))];
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined);
    return direction * compare(one, other);
  });
}

function readCondition(text: string, runs: readonly RunRecord[]): (run: RunRecord) => boolean {
  const parts = /^\s*([^<>=!\s]+)\s*(!=|>=|<=|=|>|<)(?![<>=])\s*(.*?)\s*$/.exec(text);
  const [, name, operator, wanted] = parts ?? [];
  if (name === undefined || !isOperator(operator) || wanted === undefined || wanted === "") {
    throw new UsageError(`--where must be a condition, like "roc-auc>0.8", got "${text}"`, {
      code: "usage-wrong-value",
      hint: "name, then one of = != > >= < <=, then a value; in quotes, because a shell reads > and < itself",
    });
  }
  const read = readerOf(name, runs);
  if (operator === "=" || operator === "!=")
    return (run) => {
      const found = read(run);
      return found !== undefined && isSame(found, wanted) === (operator === "=");
    };
  const limit = name === "started" ? wanted : Number(wanted);
  if (Number.isNaN(limit)) {
    throw new UsageError(`${name} is compared with a number, got "${wanted}"`, {
      code: "usage-wrong-value",
      hint: `for what is equal or not: --where "${name}=${wanted}"`,
    });
  }
  return (run) => {
    const found = sortable(read(run));
    return (
      typeof found === typeof limit && found !== undefined && isInOrder(found, operator, limit)
    );
  };
}

function isOperator(text: string | undefined): text is Operator {
  return text !== undefined && ["=", "!=", ">", ">=", "<", "<="].includes(text);
}

/** Numbers are equal by value, however they are written; anything else as text. */
function isSame(found: Known, wanted: string): boolean {
  const number = numberOf(found);
  if (typeof found !== "boolean" && number !== undefined) return number === Number(wanted);
  return String(found) === wanted;
}

function isInOrder(
  found: number | string,
  operator: Exclude<Operator, "=" | "!=">,
  limit: number | string,
): boolean {
  const order = compare(found, limit);
  switch (operator) {
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
  }
}

/** Where a name is read from. `metric.` and `param.` say which is meant. */
function readerOf(name: string, runs: readonly RunRecord[]): Read {
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field !== undefined) return field;
  const [, kind, rest = ""] = /^(metric|param)\.(.+)$/.exec(name) ?? [];
  const metric: Read = (run) =>
    run.metrics.find((known) => known.name === (kind === undefined ? name : rest))?.value;
  const param: Read = (run) => {
    const key = kind === undefined ? name : rest;
    return Object.hasOwn(run.params, key) ? run.params[key] : undefined;
  };
  const has = (read: Read): boolean => runs.some((run) => read(run) !== undefined);
  if (kind !== undefined) {
    const read = kind === "metric" ? metric : param;
    if (runs.length === 0 || has(read)) return read;
    throw unknownName(name, runs);
  }
  if (has(metric) && has(param)) {
    throw new UsageError(`${name} is a metric and a parameter`, {
      code: "run-name-ambiguous",
      hint: `write metric.${name} or param.${name}`,
    });
  }
  if (has(metric)) return metric;
  if (has(param) || runs.length === 0) return param;
  throw unknownName(name, runs);
}

function unknownName(name: string, runs: readonly RunRecord[]): UsageError {
  const metrics = new Set(runs.flatMap((run) => run.metrics.map((metric) => metric.name)));
  const params = new Set(runs.flatMap((run) => Object.keys(run.params)));
  const known = [...RUN_FIELDS, ...metrics, ...params];
  return new UsageError(`no run has a metric, a parameter or a field called ${name}`, {
    code: "run-name-unknown",
    hint:
      didYouMean(name, new Set(known)) ??
      `there are ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", …" : ""}`,
  });
}

/** What has an order: finite and infinite numbers, and texts that are none. */
function sortable(value: Known | undefined): number | string | undefined {
  if (value === undefined || value === null || value === "NaN") return undefined;
  return numberOf(value) ?? String(value);
}

/** Metrics that JSON cannot carry are kept by name. */
function numberOf(value: Known): number | undefined {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return value;
  return value === "Infinity" || value === "-Infinity" ? Number(value) : undefined;
}

/** Numbers stand before texts. */
function compare(left: number | string, right: number | string): number {
  if (typeof left !== typeof right) return typeof left === "number" ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

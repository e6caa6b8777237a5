/**
 * Which runs a person wants to see, and in which order, as typed → conditions on what a run is, its parameters and its
 * metrics. Knows no runs, only the names that they have, so that every registry reads and refuses a wish alike. A name
 * that no run has is an error, because an empty list would look like an answer.
 */
import { didYouMean } from "../base/did-you-mean.ts";
import { UsageError } from "../base/errors.ts";
import type { OrderOperator, ValueTest } from "./run-values.ts";

export interface RunSelection {
  /** As typed: `roc-auc>0.8`, `status=failed`, `param.seed=42`. All must hold. */
  readonly where: readonly string[];
  /** A name as in a condition; `undefined` leaves the order. */
  readonly sort: string | undefined;
  /** The order of `sort`. */
  readonly order: "greatest-first" | "least-first";
}

/** Names that stand for what every run has. Times are in seconds, moments as ISO 8601 in UTC. */
export const RUN_FIELDS = ["status", "pipeline", "revision", "started", "took"] as const;
export type RunField = (typeof RUN_FIELDS)[number];

/** Where a value of a run is found. */
export type ValueSource =
  | { readonly kind: "field"; readonly name: RunField }
  | { readonly kind: "metric" | "param"; readonly name: string };

export interface RunCondition {
  readonly of: ValueSource;
  readonly test: ValueTest;
}

/** A selection whose names are known. */
export interface ReadSelection {
  /** All must hold. */
  readonly conditions: readonly RunCondition[];
  /** `undefined` leaves the order: newest first. Runs without a value to sort by come last, in that order. */
  readonly sort: RunSort | undefined;
}

export interface RunSort {
  readonly of: ValueSource;
  readonly order: RunSelection["order"];
}

/** What the runs that are selected from have. */
export interface RunNames {
  /** Whether there is any run. */
  readonly hasRuns: () => boolean;
  readonly has: (kind: "metric" | "param", name: string) => boolean;
  /** Each name once, as the newest run has them: those of the newest run first, and those of one run in the order of the alphabet. */
  readonly list: (kind: "metric" | "param") => readonly string[];
}

/** @throws UsageError `run-name-unknown`, `run-name-ambiguous`, `usage-wrong-value`. */
export function readSelection(
  { where, sort, order }: RunSelection,
  names: RunNames,
): ReadSelection {
  return {
    conditions: where.map((text) => readCondition(text, names)),
    sort: sort === undefined ? undefined : { of: sourceOf(sort, names), order },
  };
}

function readCondition(text: string, names: RunNames): RunCondition {
  const parts = /^\s*([^<>=!\s]+)\s*(!=|>=|<=|=|>|<)(?![<>=])\s*(.*?)\s*$/.exec(text);
  const [, name, operator, wanted] = parts ?? [];
  if (name === undefined || operator === undefined || wanted === undefined || wanted === "") {
    throw new UsageError(`--where must be a condition, like "roc-auc>0.8", got "${text}"`, {
      code: "usage-wrong-value",
      hint: "name, then one of = != > >= < <=, then a value; in quotes, because a shell reads > and < itself",
    });
  }
  const of = sourceOf(name, names);
  if (!isOrderOperator(operator))
    return { of, test: { kind: operator === "=" ? "equal" : "different", wanted } };
  const limit = of.kind === "field" && of.name === "started" ? wanted : Number(wanted);
  if (Number.isNaN(limit)) {
    throw new UsageError(`${name} is compared with a number, got "${wanted}"`, {
      code: "usage-wrong-value",
      hint: `for what is equal or not: --where "${name}=${wanted}"`,
    });
  }
  return { of, test: { kind: "ordered", operator, limit } };
}

function isOrderOperator(text: string): text is OrderOperator {
  return [">", ">=", "<", "<="].includes(text);
}

/** Where a name is read from. `metric.` and `param.` say which is meant. */
function sourceOf(name: string, names: RunNames): ValueSource {
  const field = RUN_FIELDS.find((known) => known === name);
  if (field !== undefined) return { kind: "field", name: field };
  const [, kind, rest = ""] = /^(metric|param)\.(.+)$/.exec(name) ?? [];
  if (kind === "metric" || kind === "param") {
    if (!names.hasRuns() || names.has(kind, rest)) return { kind, name: rest };
    throw unknownName(name, names);
  }
  const isMetric = names.has("metric", name);
  const isParam = names.has("param", name);
  if (isMetric && isParam) {
    throw new UsageError(`${name} is a metric and a parameter`, {
      code: "run-name-ambiguous",
      hint: `write metric.${name} or param.${name}`,
    });
  }
  if (isMetric) return { kind: "metric", name };
  if (isParam || !names.hasRuns()) return { kind: "param", name };
  throw unknownName(name, names);
}

function unknownName(name: string, names: RunNames): UsageError {
  const known = [...RUN_FIELDS, ...names.list("metric"), ...names.list("param")];
  return new UsageError(`no run has a metric, a parameter or a field called ${name}`, {
    code: "run-name-unknown",
    hint:
      didYouMean(name, new Set(known)) ??
      `there are ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", …" : ""}`,
  });
}

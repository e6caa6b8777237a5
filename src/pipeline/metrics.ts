/** Numbers worth recording: every scoring call in a kept statement or a definition it uses, under a readable, unique name. */
import type { CallFact, StatementFacts } from "../python/facts.ts";
import { kebab, unique } from "./parameters.ts";
import { addressOf, type Metric, type StatementRef } from "./plan.ts";
import { isMetric } from "./roles.ts";

/** @param statements Kept statements and shared definitions with their addresses, in execution order. */
export function findMetrics(
  statements: readonly { readonly statement: StatementFacts; readonly ref: StatementRef }[],
): readonly Metric[] {
  const calls = statements.flatMap(({ statement, ref }) =>
    statement.calls
      .filter(isMetric)
      .map((call) => ({ call, ref: { ...ref, span: call.span }, base: baseName(call) })),
  );
  const timesUsed = new Map<string, number>();
  for (const { base } of calls) timesUsed.set(base, (timesUsed.get(base) ?? 0) + 1);
  const used = new Set<string>();
  return calls.map(({ call, ref, base }): Metric => {
    const name = (timesUsed.get(base) ?? 0) > 1 ? qualified(base, call) : base;
    return {
      name: unique(name, used),
      call: ref,
      function: call.callee ?? `${call.receiverType ?? call.receiver ?? ""}.${call.method ?? ""}`,
    };
  });
}

/** `roc_auc_score` → `roc-auc`; `model.score` → `score`. */
function baseName(call: CallFact): string {
  if (call.measures !== undefined) return kebab(call.measures);
  const short = call.callee?.split(".").at(-1) ?? call.method ?? "metric";
  return kebab(short.endsWith("_score") ? short.slice(0, -"_score".length) : short);
}

/** Several models scored by one function are told apart by what was scored. */
function qualified(base: string, call: CallFact): string {
  const scored =
    call.callee === undefined
      ? call.receiver
      : call.arguments.filter((argument) => argument.keyword === undefined)[1]?.name;
  return scored === undefined ? base : kebab(`${base}-${scored}`);
}

/**
 * Names of the metrics that the statements of a step compute, or the shared definitions they call.
 *
 * @param step Its statements, and their addresses.
 */
export function metricsOfStep(
  metrics: readonly Metric[],
  step: { readonly own: ReadonlySet<string>; readonly statements: readonly StatementFacts[] },
  definitions: readonly { readonly statement: StatementFacts; readonly ref: StatementRef }[],
): readonly string[] {
  const recording = new Set(metrics.map(({ call }) => addressOf(call)));
  const called = definitions
    .filter(({ ref }) => recording.has(addressOf(ref)))
    .filter(({ statement }) =>
      statement.mayWrite.some((name) => step.statements.some(({ reads }) => reads.includes(name))),
    )
    .map(({ ref }) => addressOf(ref));
  const from = new Set([...step.own, ...called]);
  return metrics.filter(({ call }) => from.has(addressOf(call))).map(({ name }) => name);
}

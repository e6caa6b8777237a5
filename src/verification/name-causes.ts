/** What two runs of a notebook did not agree on → the calls that it comes from: who varies is blamed, not what takes it. */
import type { Observation } from "../observation/schema.ts";
import type { Cause } from "../pipeline/causes.ts";
import { addressOf, type Plan, type StatementRef } from "../pipeline/plan.ts";
import type { Unstable } from "./reference-schema.ts";

type Address = Pick<StatementRef, "cell" | "index">;

/** The same entries with the calls that they come from, where any is known. */
export function nameCauses(
  unstable: readonly Unstable[],
  runs: { readonly plan: Plan; readonly one: Observation; readonly two: Observation },
  causesOf: (statements: readonly Address[]) => readonly Cause[],
): readonly Unstable[] {
  return unstable.map((entry) => {
    const causes = causesOf(statementsBehind(entry, runs));
    return causes.length === 0 ? entry : { ...entry, causes: [...causes] };
  });
}

/** The statements that made what varies. */
function statementsBehind(
  { kind, name }: Unstable,
  { plan, one, two }: { readonly plan: Plan; readonly one: Observation; readonly two: Observation },
): readonly Address[] {
  switch (kind) {
    case "value": {
      const artifact = plan.artifacts.find((candidate) => candidate.name === name);
      return plan.steps.find((step) => step.name === artifact?.producer)?.statements ?? [];
    }
    case "metric":
      return plan.metrics.filter((metric) => metric.name === name).map(({ call }) => call);
    case "text": {
      const before = new Map(one.statements.map((ran) => [addressOf(ran), ran.text]));
      const own = new Set(
        plan.steps.find((step) => step.name === name)?.statements.map(addressOf) ?? [],
      );
      return two.statements.filter(
        (ran) => own.has(addressOf(ran)) && before.get(addressOf(ran)) !== ran.text,
      );
    }
    case "file":
      return two.statements.filter(({ filesWritten }) =>
        filesWritten.some(({ path }) => path === name),
      );
    case "setting":
      return two.statements.filter(({ settings }) => name in (settings ?? {}));
  }
}

/** Constants and functions of the notebook that never change: both halves of the features have them at the head of their module. */
import { cellNumber, type NotebookProgram } from "../../pipeline/notebook-program.ts";
import { addressOf, type Plan, type StatementRef, type Step } from "../../pipeline/plan.ts";
import { isBuiltin } from "../../python/effects/builtin-names.ts";
import type { StatementFacts } from "../../python/facts.ts";
import type { FeatureStaging } from "../staging.ts";

/** The statements that bind them. */
export interface SharedStatements {
  readonly isShared: (ref: Pick<StatementRef, "cell" | "index">) => boolean;
  readonly has: (name: string) => boolean;
  readonly factsOf: (name: string) => StatementFacts | undefined;
}

/** What a module of the package may import. */
export interface KnownNames {
  /** Libraries, as the notebook names them, and what supports features. */
  readonly importable: ReadonlySet<string>;
  /** In `helpers.py`. */
  readonly helpers: ReadonlySet<string>;
}

/** Those that `features.py` has, parameters not among them. */
export function sharedStatements({
  staging,
  program,
}: {
  readonly staging: FeatureStaging;
  readonly program: NotebookProgram;
}): SharedStatements {
  const statements = program.facts.statements.filter(
    (statement) =>
      (statement.definition !== undefined || statement.mayWrite.length > 0) &&
      staging.shared.some(
        ({ cell, line }) => line === statement.line && cell === cellNumber(program, statement),
      ),
  );
  const byName = new Map(
    statements.flatMap((statement) => statement.mayWrite.map((name) => [name, statement] as const)),
  );
  const places = new Set(
    statements.map((statement) =>
      addressOf({ cell: cellNumber(program, statement), index: statement.index }),
    ),
  );
  return {
    isShared: (ref) => places.has(addressOf(ref)),
    has: (name) => byName.has(name),
    factsOf: (name) => byName.get(name),
  };
}

/** What has to stand at the head of a step's module. */
export interface Head {
  readonly refs: readonly StatementRef[];
  readonly names: ReadonlySet<string>;
}

/** The step's own statements that bind these names and what those read in turn; `undefined` where one is to be had from nowhere. */
export function headNames(
  wanted: readonly string[],
  step: Step,
  {
    shared,
    known,
    plan,
    program,
  }: {
    readonly shared: SharedStatements;
    readonly known: KnownNames;
    readonly plan: Plan;
    readonly program: NotebookProgram;
  },
): Head | undefined {
  const refs: StatementRef[] = [];
  const names = new Set<string>();
  const seen = new Set<string>();
  const pending = [...wanted];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (known.helpers.has(name) || known.importable.has(name)) continue;
    const facts = shared.factsOf(name);
    if (facts === undefined) {
      if (isBuiltin(name)) continue;
      return undefined;
    }
    const cell = cellNumber(program, facts);
    const ref = step.statements.find((own) => own.cell === cell && own.index === facts.index);
    const hasParameter = plan.parameters.some(({ places }) =>
      places.some((place) => place.cell === cell && place.index === facts.index),
    );
    if (ref === undefined || hasParameter) return undefined;
    refs.push(ref);
    for (const own of facts.mayWrite) names.add(own);
    pending.push(...facts.reads, ...(facts.definition?.freeReads ?? []));
  }
  return { refs, names };
}

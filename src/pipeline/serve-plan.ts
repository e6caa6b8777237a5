/** Which artifacts serving needs: the model, and the raw table that its features start from. */

import type { StatementFacts } from "../python/facts.ts";
import { mayMutate } from "../python/mutated-names.ts";
import type { SegmentInterface } from "./interfaces.ts";
import { findMadeTable } from "./made-table.ts";
import type { Plan, ServePlan, Step } from "./plan.ts";
import { isLoaderCall } from "./roles.ts";
import type { Segment } from "./segment.ts";
import type { ServedModel } from "./served-model.ts";
import { matrixOfFit } from "./served-model.ts";

/** What a person may say about serving in pipeline.yaml. */
export type ServingChoice = Partial<Pick<ServePlan, "entity" | "time" | "unseen">>;

/** The steps and what they hand on. */
interface MadeSteps {
  readonly segments: readonly Segment[];
  readonly interfaces: readonly SegmentInterface[];
  /** One for each segment. */
  readonly steps: readonly Step[];
  readonly artifacts: Plan["artifacts"];
}

/** `undefined` when no artifact holds the model. */
export function servePlan(
  served: ServedModel,
  made: MadeSteps,
  chosen: ServingChoice,
): ServePlan | undefined {
  const { variable } = served;
  const { artifacts } = made;
  const model = artifacts.findLast((artifact) => artifact.variables.includes(variable));
  if (model === undefined) return undefined;
  const own = madeTable(served, made);
  return {
    model: model.name,
    modelVariable: variable,
    raw: own?.raw ?? rawTable(served, made),
    target: own?.target,
    entity: chosen.entity,
    time: chosen.time,
    unseen: chosen.unseen ?? "other",
  };
}

/** A matrix that the notebook makes itself, and its answers, as the steps that make them hand them on. */
function madeTable(
  { fit }: ServedModel,
  made: MadeSteps,
): { readonly raw: string; readonly target: string | undefined } | undefined {
  const table = findMadeTable(
    made.segments.flatMap(({ statements }) => statements),
    fit,
  );
  if (table === undefined) return undefined;
  const { matrix, target } = table;
  const raw = artifactAfter(matrix.by, matrix.name, made);
  const answers = target === undefined ? undefined : artifactAfter(target.by, target.name, made);
  return raw === undefined || (target !== undefined && answers === undefined)
    ? undefined
    : { raw, target: answers };
}

/** The artifact with a variable as a statement leaves it. */
function artifactAfter(
  statement: StatementFacts,
  name: string,
  { segments, interfaces, steps, artifacts }: MadeSteps,
): string | undefined {
  const at = segments.findIndex(({ statements }) => statements.includes(statement));
  const last = segments[at]?.statements.findLast(
    (one) => one.mayWrite.includes(name) || mayMutate(one, name),
  );
  if (last !== statement || interfaces[at]?.outputs.includes(name) !== true) return undefined;
  return artifacts.find(
    ({ producer, variables }) =>
      producer === steps[at]?.name && variables.length === 1 && variables[0] === name,
  )?.name;
}

/**
 * The raw table: what the model's matrix comes from, as the segment that reads it hands it on without touching it again; where no
 * reader is known, what the first loading segment binds.
 */
function rawTable(served: ServedModel, made: MadeSteps): string | undefined {
  const { segments } = made;
  const { fit } = served;
  const before = dependsOn(fit, segments);
  const readers = before.filter(({ calls }) => calls.some(isLoaderCall));
  const matrix = matrixOfFit(served, [fit]);
  // A matrix that is written out in the notebook is the raw table itself.
  const written = before.filter(
    (statement) => matrix !== undefined && statement.surelyWrites.includes(matrix),
  );
  for (const statement of readers.length > 0 ? readers : written) {
    const at = segments.findIndex(({ statements }) => statements.includes(statement));
    const found = rawArtifact(at, made, statement);
    if (found !== undefined) return found;
  }
  return rawArtifact(
    segments.findIndex((segment) => segment.role === "load"),
    made,
    undefined,
  );
}

/** Statements that the fit may depend on by variables, in the notebook's order. */
function dependsOn(fit: StatementFacts, segments: readonly Segment[]): readonly StatementFacts[] {
  const statements = segments.flatMap((segment) => segment.statements);
  const needed = new Set(fit.reads);
  const found: StatementFacts[] = [];
  for (const statement of statements.slice(0, statements.indexOf(fit) + 1).toReversed()) {
    const isNeeded = (name: string): boolean => needed.has(name);
    const changes = statement.mutations.some(({ name, certain }) => certain && isNeeded(name));
    if (statement !== fit && !statement.mayWrite.some(isNeeded) && !changes) continue;
    for (const name of statement.surelyWrites) needed.delete(name);
    for (const name of statement.reads) needed.add(name);
    found.unshift(statement);
  }
  return found;
}

/** What a segment binds and hands on untouched; with `reader`, what that statement binds. */
function rawArtifact(
  at: number,
  { segments, interfaces, steps, artifacts }: MadeSteps,
  reader: StatementFacts | undefined,
): string | undefined {
  const segment = segments[at];
  const iface = interfaces[at];
  if (segment === undefined || iface === undefined) return undefined;
  const names = reader === undefined ? iface.outputs : reader.surelyWrites;
  for (const name of names) {
    if (!iface.outputs.includes(name)) continue;
    const touching = segment.statements.filter(
      (statement) => statement.mayWrite.includes(name) || mayMutate(statement, name),
    );
    if (touching.length !== 1) continue;
    return artifacts.find(
      (artifact) =>
        artifact.producer === steps[at]?.name &&
        artifact.variables.length === 1 &&
        artifact.variables[0] === name,
    )?.name;
  }
  return undefined;
}

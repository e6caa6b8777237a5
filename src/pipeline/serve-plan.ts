/** Which artifacts serving needs: the model, and the raw table that its features start from. */
import { mayMutate } from "../python/mutated-names.ts";
import type { SegmentInterface } from "./interfaces.ts";
import type { Plan, ServePlan } from "./plan.ts";
import type { Segment } from "./segment.ts";

/** What a person may say about serving in pipeline.yaml. */
export type ServingChoice = Partial<Pick<ServePlan, "entity" | "time" | "unseen">>;

/** `undefined` when no artifact holds the model. */
export function servePlan(
  variable: string,
  made: {
    readonly segments: readonly Segment[];
    readonly interfaces: readonly SegmentInterface[];
    readonly artifacts: Plan["artifacts"];
  },
  chosen: ServingChoice,
): ServePlan | undefined {
  const { segments, interfaces, artifacts } = made;
  const model = artifacts.findLast((artifact) => artifact.variables.includes(variable));
  if (model === undefined) return undefined;
  // The raw table: what the loading segment binds and hands on without touching it again.
  const load = segments.findIndex((segment) => segment.role === "load");
  const raw = load === -1 ? undefined : rawArtifact(segments[load], interfaces[load], artifacts);
  return {
    model: model.name,
    modelVariable: variable,
    raw,
    entity: chosen.entity,
    time: chosen.time,
    unseen: chosen.unseen ?? "other",
  };
}

function rawArtifact(
  segment: Segment | undefined,
  iface: SegmentInterface | undefined,
  artifacts: Plan["artifacts"],
): string | undefined {
  if (segment === undefined || iface === undefined) return undefined;
  for (const name of iface.outputs) {
    const touching = segment.statements.filter(
      (statement) => statement.mayWrite.includes(name) || mayMutate(statement, name),
    );
    if (touching.length !== 1) continue;
    return artifacts.find(
      (artifact) => artifact.variables.length === 1 && artifact.variables[0] === name,
    )?.name;
  }
  return undefined;
}

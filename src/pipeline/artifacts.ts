/** Names and groups what crosses: one artifact per value and version, one for all values that share references and may still change. */
import type { ValueObservation } from "../observation/schema.ts";
import { MutatedNames } from "../python/mutated-names.ts";
import type { SegmentInterface } from "./interfaces.ts";
import { kebab, unique } from "./parameters.ts";
import type { Artifact } from "./plan.ts";
import type { Segment } from "./segment.ts";

export interface ArtifactInput {
  readonly segments: readonly Segment[];
  readonly interfaces: readonly SegmentInterface[];
  readonly stepNames: readonly string[];
  readonly shares: ReadonlyMap<string, ReadonlySet<string>>;
  readonly observed: (segment: Segment, variable: string) => ValueObservation | undefined;
}

export interface BuiltArtifacts {
  readonly artifacts: readonly Artifact[];
  /** Artifact names by step. */
  readonly inputs: readonly (readonly string[])[];
  readonly outputs: readonly (readonly string[])[];
}

/** The codec is the general one until the reference run has tried the better ones on the value. */
export function buildArtifacts(input: ArtifactInput): BuiltArtifacts {
  const used = new Set<string>();
  const current = new Map<string, string>();
  const lastMutation = lastMutations(input.segments);
  const artifacts: Artifact[] = [];
  const inputs: string[][] = [];
  const outputs: string[][] = [];
  for (const [at, segment] of input.segments.entries()) {
    const iface = input.interfaces[at];
    if (iface === undefined) continue;
    // In the order in which they are made: where two hold a variable of one name, the newer one gives its value.
    const taken = new Set(iface.inputs.flatMap((variable) => current.get(variable) ?? []));
    inputs.push(artifacts.flatMap(({ name }) => (taken.has(name) ? [name] : [])));
    const made: string[] = [];
    const changesLater = (name: string): boolean => (lastMutation.get(name) ?? -1) > at;
    for (const variables of groupShared(iface.outputs, input.shares, changesLater)) {
      const name = unique(groupName(variables), used);
      const value =
        variables.length === 1 ? input.observed(segment, variables[0] ?? "") : undefined;
      artifacts.push({
        name,
        variables,
        producer: input.stepNames[at] ?? "",
        codec: "pickle",
        type: value?.type,
        bytes: value?.bytes ?? undefined,
      });
      for (const variable of variables) current.set(variable, name);
      made.push(name);
    }
    outputs.push(made);
  }
  return { artifacts, inputs, outputs };
}

/** `df`, `df-and-encoder`, `x-train-and-4-more`. */
function groupName(variables: readonly string[]): string {
  const first = variables[0] ?? "value";
  return variables.length <= 2
    ? kebab(variables.join("-and-"))
    : kebab(`${first}-and-${String(variables.length - 1)}-more`);
}

/** By name, the position of the last segment that changes it in place. */
function lastMutations(segments: readonly Segment[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const [at, segment] of segments.entries()) {
    const mentioned = new MutatedNames();
    for (const statement of segment.statements)
      for (const name of mentioned.news(statement)) last.set(name, at);
  }
  return last;
}

/** Outputs in their order, those that share references and of which one may change later joined. */
function groupShared(
  outputs: readonly string[],
  shares: ArtifactInput["shares"],
  changesLater: (name: string) => boolean,
): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const variable of outputs) {
    const joined = groups.filter((group) =>
      group.some(
        (other) =>
          shares.get(variable)?.has(other) === true &&
          (changesLater(variable) || changesLater(other)),
      ),
    );
    const first = joined[0];
    if (first === undefined) {
      groups.push([variable]);
      continue;
    }
    first.push(variable);
    for (const other of joined.slice(1)) {
      first.push(...other);
      groups.splice(groups.indexOf(other), 1);
    }
  }
  return groups;
}

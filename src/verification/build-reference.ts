/** A run of the notebook that stored what crosses → the reference: what to expect of each step. */
import type { Sha256 } from "../base/brand.ts";
import { sha256 } from "../base/hash.ts";
import type { Observation } from "../observation/schema.ts";
import type { Cause } from "../pipeline/causes.ts";
import type { Plan } from "../pipeline/plan.ts";
import { environmentDigest } from "./environment.ts";
import { filesWritten, leftOutOf, metricsOf, settingsOf, textOf } from "./of-steps.ts";
import type { Reference, Unstable } from "./reference-schema.ts";

export interface ReferenceInput {
  readonly plan: Plan;
  /** The run that stored what crosses. */
  readonly second: Observation;
  /** What it and the other runs of the notebook did not agree on. */
  readonly unstable: readonly Unstable[];
  /** Calls that draw from a generator that the notebook does not seed. */
  readonly unseeded: readonly Cause[];
  readonly seed: number;
}

/** Also returns the printed text of each step, which the caller stores under its digest. */
export function buildReference(input: ReferenceInput): {
  readonly reference: Reference;
  readonly texts: ReadonlyMap<string, string>;
} {
  const { plan, second } = input;
  const texts = new Map(plan.steps.map((step) => [step.name, textOf(plan, step.name, second)]));
  const values: Reference["values"] = {};
  const unstored: Reference["unstored"] = [];
  for (const capture of second.captures) {
    if (capture.digest === null || capture.codec === null || capture.bytes === null) {
      unstored.push({
        name: capture.artifact,
        cell: cellOfArtifact(plan, capture.artifact),
        reason: capture.error ?? "it could not be stored",
      });
    } else
      values[capture.artifact] = {
        digest: capture.digest,
        codec: capture.codec,
        type: capture.type,
        bytes: capture.bytes,
      };
  }
  const python = second.environment?.python ?? "";
  const packages = Object.fromEntries(
    (second.environment?.loaded ?? []).map(({ distribution, version }) => [distribution, version]),
  );
  const reference: Reference = {
    version: 2,
    values,
    unstored,
    metrics: metricsOf(plan, second),
    texts: Object.fromEntries([...texts].map(([step, text]) => [step, sha256(text)])),
    settings: settingsOf(plan, second),
    files: filesWritten(plan, second),
    data: filesRead(second),
    environment: environmentDigest({ python, packages }),
    python,
    packages,
    seeds: { hash: 0, random: input.seed, numpy: input.seed },
    notebookSeeded: plan.parameters.some((parameter) => parameter.kind === "seed"),
    ...(input.unseeded.length === 0 ? {} : { unseeded: [...input.unseeded] }),
    unstable: [...input.unstable],
    leftOut: [...leftOutOf(plan, second)],
  };
  return { reference, texts };
}

function filesRead(run: Observation): Record<string, Sha256> {
  const files: Record<string, Sha256> = {};
  const written = new Set<string>();
  for (const statement of run.statements) {
    for (const { path, sha256: digest } of statement.filesRead)
      if (digest !== null && !written.has(path)) files[path] ??= digest;
    for (const { path } of statement.filesWritten) written.add(path);
  }
  return files;
}

function cellOfArtifact(plan: Plan, name: string): number | null {
  const producer = plan.artifacts.find((artifact) => artifact.name === name)?.producer;
  return plan.steps.find((step) => step.name === producer)?.cells.at(-1) ?? null;
}

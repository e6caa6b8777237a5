/** Two runs of the notebook → the reference: what to expect, and what the notebook itself does not repeat. */
import type { Sha256 } from "../base/brand.ts";
import { sha256, sha256OfJson } from "../base/hash.ts";
import type { Observation, StatementObservation } from "../observation/schema.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Reference, Unstable } from "./reference-schema.ts";

export interface ReferenceInput {
  readonly plan: Plan;
  /** The run that watched every value. */
  readonly first: Observation;
  /** The run that stored what crosses. */
  readonly second: Observation;
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
  const reference: Reference = {
    version: 1,
    values,
    unstored,
    metrics: metricsOf(second),
    texts: Object.fromEntries([...texts].map(([step, text]) => [step, sha256(text)])),
    files: filesWritten(plan, second),
    data: filesRead(second),
    environment: environmentDigest(second),
    seeds: { hash: 0, random: input.seed, numpy: input.seed },
    notebookSeeded: plan.parameters.some((parameter) => parameter.kind === "seed"),
    unstable: findUnstable(input),
  };
  return { reference, texts };
}

/** Digest over interpreter version and every loaded distribution. */
export function environmentDigest(observation: Observation): Sha256 {
  const environment = observation.environment;
  return sha256OfJson({
    python: environment?.python ?? "",
    loaded: (environment?.loaded ?? []).map(
      ({ distribution, version }) => `${distribution}==${version}`,
    ),
  });
}

/** Printed text of a step's own statements, in order. */
function textOf(plan: Plan, stepName: string, run: Observation): string {
  const byAddress = runsByAddress(run);
  const step = plan.steps.find((candidate) => candidate.name === stepName);
  return (step?.statements ?? [])
    .map((ref) => byAddress.get(address(ref.cell, ref.index))?.text ?? "")
    .join("");
}

function metricsOf(run: Observation): Reference["metrics"] {
  const metrics: Record<string, StatementObservation["metrics"][number]["value"][]> = {};
  for (const statement of run.statements)
    for (const { name, value } of statement.metrics) (metrics[name] ??= []).push(value);
  return metrics;
}

/** Last digest of each file the kept statements wrote inside the root. */
function filesWritten(plan: Plan, run: Observation): Record<string, Sha256> {
  const byAddress = runsByAddress(run);
  const files: Record<string, Sha256> = {};
  for (const step of plan.steps) {
    for (const ref of step.statements) {
      for (const { path, sha256: digest } of byAddress.get(address(ref.cell, ref.index))
        ?.filesWritten ?? [])
        if (digest !== null) files[path] = digest;
    }
  }
  return files;
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

function findUnstable({ plan, first, second }: ReferenceInput): readonly Unstable[] & Unstable[] {
  const unstable: Unstable[] = [];
  const digestsOf = (run: Observation): ReadonlyMap<string, string | null> =>
    new Map(
      run.cells.flatMap((cell) =>
        cell.values.map((value) => [`${String(cell.cell)}:${value.name}`, value.digest] as const),
      ),
    );
  const before = digestsOf(first);
  const after = digestsOf(second);
  for (const artifact of plan.artifacts) {
    const producer = plan.steps.find((step) => step.name === artifact.producer);
    for (const variable of artifact.variables) {
      const cell = producer?.cells.findLast((number) => after.has(`${String(number)}:${variable}`));
      if (cell === undefined) continue;
      const key = `${String(cell)}:${variable}`;
      if (before.get(key) === after.get(key)) continue;
      unstable.push({
        kind: "value",
        name: artifact.name,
        cell,
        evidence: `two runs of the notebook gave ${variable} different bytes after cell ${String(cell)}`,
      });
    }
  }
  const firstMetrics = metricsOf(first);
  for (const [name, values] of Object.entries(metricsOf(second))) {
    const other = firstMetrics[name];
    if (other === undefined || JSON.stringify(other) === JSON.stringify(values)) continue;
    unstable.push({
      kind: "metric",
      name,
      cell: plan.metrics.find((metric) => metric.name === name)?.call.cell ?? null,
      evidence: `two runs of the notebook gave ${JSON.stringify(other)} and ${JSON.stringify(values)}`,
    });
  }
  for (const step of plan.steps) {
    const [one, two] = [textOf(plan, step.name, first), textOf(plan, step.name, second)];
    if (one !== two)
      unstable.push({
        kind: "text",
        name: step.name,
        cell: step.cells[0] ?? null,
        evidence: firstDifferentLine(one, two),
      });
  }
  const firstFiles = filesWritten(plan, first);
  for (const [path, digest] of Object.entries(filesWritten(plan, second))) {
    const other = firstFiles[path];
    if (other !== undefined && other !== digest)
      unstable.push({
        kind: "file",
        name: path,
        cell: null,
        evidence: `two runs of the notebook wrote ${other} and ${digest}`,
      });
  }
  return unstable;
}

function firstDifferentLine(one: string, two: string): string {
  const [left, right] = [one.split("\n"), two.split("\n")];
  const at = left.findIndex((line, index) => line !== right[index]);
  return `two runs of the notebook printed ${JSON.stringify(left[at] ?? "")} and ${JSON.stringify(right[at] ?? "")}`;
}

function cellOfArtifact(plan: Plan, name: string): number | null {
  const producer = plan.artifacts.find((artifact) => artifact.name === name)?.producer;
  return plan.steps.find((step) => step.name === producer)?.cells.at(-1) ?? null;
}

function runsByAddress(run: Observation): ReadonlyMap<string, StatementObservation> {
  return new Map(
    run.statements.map((statement) => [address(statement.cell, statement.index), statement]),
  );
}

function address(cell: number, index: number): string {
  return `${String(cell)}:${String(index)}`;
}

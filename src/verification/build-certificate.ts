/** Reference and pipeline run → certificate. A comparison that was not made is never counted as made. */
import { canonicalJson, sha256 } from "../base/hash.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { MetricValue, StepManifest } from "../run/schema.ts";
import type { Reference } from "./reference-schema.ts";
import type { Certificate, Comparison, Exclusion, FeatureProof } from "./schema.ts";

/** Result of comparing two stored values in Python. */
export interface ValueComparison {
  readonly name: string;
  readonly same: boolean;
  readonly how: Comparison["how"];
  readonly difference: string | undefined;
}

/** By setting; null for one that is not there. */
export type StepSettings = Readonly<Record<string, string | null>>;

export interface CertificateInput {
  readonly pipeline: string;
  readonly digests: Certificate["digests"];
  readonly order: Plan["notebook"]["order"] | undefined;
  readonly fixed?: Plan["notebook"]["fixed"] | undefined;
  readonly reference: Reference;
  /** Manifests of the verified run by step, in pipeline order; a step that failed has none. */
  readonly manifests: ReadonlyMap<string, StepManifest>;
  readonly steps: readonly {
    readonly name: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  }[];
  readonly values: readonly ValueComparison[];
  /** Step → setting → its value as the step left it, for those that the reference has. */
  readonly settings: ReadonlyMap<string, StepSettings>;
  /** First different line of a step's printed text, for people. */
  readonly textDifference: (step: string) => string | undefined;
  /** What running the served features showed; `undefined` where there are none. */
  readonly proofs: readonly FeatureProof[] | undefined;
}

/** Relative tolerance where the notebook itself did not repeat a value to the last bit. */
export const UNSTABLE_RTOL = 1e-9;

/**
 * Compares everything the reference expects of each step, in pipeline order; what the notebook itself does not repeat is
 * excluded by name. Totals count a value for each artifact that crosses between steps or is a model, a metric for each name
 * a step recorded (a series is one), a file for each path that either side wrote, a text for each step, printed or not, a
 * setting for each that the notebook made and a step works under, and a text for each cell that printed something in
 * statements that were left out. Whatever is in a total and was not compared is in `excluded`.
 */
export function buildCertificate(input: CertificateInput): Certificate {
  const comparisons: Comparison[] = [];
  const excluded: Exclusion[] = [];
  const totals = { values: 0, metrics: 0, files: 0, text: 0, settings: 0 };
  const compared = { values: 0, metrics: 0, files: 0, text: 0, settings: 0 };
  const varying = new Map<string, Exclusion>();
  const settle = (part: keyof typeof totals, comparison: Comparison): void => {
    totals[part] += 1;
    const exclusion = comparison.same ? undefined : whyExcluded(comparison, varying, input);
    if (exclusion === undefined) {
      compared[part] += 1;
      comparisons.push(comparison);
      return;
    }
    excluded.push(exclusion);
    if (comparison.kind === "value") varying.set(comparison.name, exclusion);
  };
  for (const step of input.steps) {
    const manifest = input.manifests.get(step.name);
    for (const comparison of compareValues(step, manifest, input)) settle("values", comparison);
    for (const comparison of compareMetrics(step, manifest, input.reference))
      settle("metrics", comparison);
    settle("text", compareText(step.name, manifest, input));
    for (const comparison of compareSettings(step.name, input)) settle("settings", comparison);
  }
  for (const comparison of compareFiles(input)) settle("files", comparison);
  for (const { name, cell, reason } of input.reference.unstored) {
    totals.values += 1;
    excluded.push({
      name,
      cell,
      reason: "it cannot be stored, so it cannot be compared",
      evidence: reason,
    });
  }
  for (const { kind, name, cell, reason, evidence } of input.reference.leftOut ?? []) {
    totals[kind === "text" ? "text" : "files"] += 1;
    const exploration = kind === "text" ? { exploration: true as const } : {};
    excluded.push({ name, cell, reason, evidence, ...exploration });
  }
  const part = (key: keyof typeof totals): Certificate["coverage"]["values"] => ({
    compared: compared[key],
    total: totals[key],
  });
  return {
    version: 1,
    pipeline: input.pipeline,
    digests: input.digests,
    seeds: input.reference.seeds,
    comparisons,
    excluded,
    coverage: {
      values: part("values"),
      metrics: part("metrics"),
      files: part("files"),
      text: part("text"),
      ...(totals.settings === 0 ? {} : { settings: part("settings") }),
    },
    steps: input.steps.length,
    ...(input.order === undefined
      ? {}
      : { order: { ...input.order, cells: [...input.order.cells] } }),
    ...(input.fixed === undefined
      ? {}
      : { fixed: { ...input.fixed, places: [...input.fixed.places] } }),
    "notebook-seeded": input.reference.notebookSeeded,
    ...(input.reference.unseeded === undefined ? {} : { unseeded: input.reference.unseeded }),
    ...(input.proofs === undefined ? {} : { features: { proofs: [...input.proofs] } }),
    verdict: verdictOf(comparisons, excluded, input.proofs ?? []),
  };
}

/** Two runs of the notebook did not agree on it, or on a value that its step takes. */
function whyExcluded(
  { kind, name, step }: Comparison,
  varying: ReadonlyMap<string, Exclusion>,
  input: CertificateInput,
): Exclusion | undefined {
  const unstable = input.reference.unstable.find(
    (entry) => entry.kind === kind && entry.name === name,
  );
  if (unstable !== undefined) {
    const { cell, evidence, causes } = unstable;
    const reason = "the notebook itself does not repeat it";
    return { name, cell, reason, evidence, ...(causes === undefined ? {} : { causes }) };
  }
  const taken = input.steps.find((candidate) => candidate.name === step)?.inputs ?? [];
  const source = taken.flatMap((artifact) => varying.get(artifact) ?? [])[0];
  if (source === undefined || !input.manifests.has(step)) return undefined;
  return {
    name,
    cell: source.cell,
    reason: `its step takes ${source.name}, which the notebook itself does not repeat`,
    evidence: source.evidence,
    ...(source.causes === undefined ? {} : { causes: source.causes }),
  };
}

const NO_TEXT = sha256("");

/** Values, metrics and files, and what steps printed, if they printed anything. */
function isResult({ kind, expected }: Comparison): boolean {
  return kind === "text"
    ? expected !== NO_TEXT
    : kind === "value" || kind === "metric" || kind === "file";
}

/** Verification that compared no result proves nothing. */
function verdictOf(
  comparisons: readonly Comparison[],
  excluded: readonly Exclusion[],
  proofs: readonly FeatureProof[],
): Certificate["verdict"] {
  if (comparisons.some((comparison) => !comparison.same)) return "differs";
  if (proofs.some(({ result }) => result === "fails")) return "differs";
  if (!comparisons.some(isResult)) return "unverified";
  return excluded.some(({ exploration }) => exploration !== true)
    ? "verified-with-exclusions"
    : "verified";
}

/** Whether two certificates say the same, stored bytes of values that were found equal aside. */
export function foundTheSame(left: Certificate, right: Certificate): boolean {
  return canonicalJson(withoutEqualBytes(left)) === canonicalJson(withoutEqualBytes(right));
}

function withoutEqualBytes(certificate: Certificate): unknown {
  const comparisons = certificate.comparisons.map((comparison) =>
    comparison.same && typeof comparison.got === "string"
      ? { ...comparison, expected: "", got: "", how: "" }
      : comparison,
  );
  return { ...certificate, comparisons };
}

function compareValues(
  step: CertificateInput["steps"][number],
  manifest: StepManifest | undefined,
  input: CertificateInput,
): readonly Comparison[] {
  return step.outputs.flatMap((name): readonly Comparison[] => {
    const expected = input.reference.values[name];
    if (expected === undefined) {
      // A value the reference run never saw (and could not explain) must not pass for compared.
      if (input.reference.unstored.some((entry) => entry.name === name)) return [];
      return [
        {
          kind: "value",
          step: step.name,
          name,
          how: "exact",
          expected: "nothing",
          got: manifest?.outputs[name]?.digest ?? "nothing",
          same: false,
          difference: "the reference run has no such value",
        },
      ];
    }
    const got = manifest?.outputs[name];
    if (got === undefined)
      return [
        {
          kind: "value",
          step: step.name,
          name,
          how: "exact",
          expected: expected.digest,
          got: "nothing",
          same: false,
          difference: "the step did not make it",
        },
      ];
    if (got.digest === expected.digest)
      return [
        {
          kind: "value",
          step: step.name,
          name,
          how: "exact",
          expected: expected.digest,
          got: got.digest,
          same: true,
        },
      ];
    const result = input.values.find((value) => value.name === name);
    const unstable = input.reference.unstable.some(
      (entry) => entry.kind === "value" && entry.name === name,
    );
    return [
      {
        kind: "value",
        step: step.name,
        name,
        how: result?.how ?? "exact",
        ...(unstable ? { rtol: UNSTABLE_RTOL } : {}),
        expected: expected.digest,
        got: got.digest,
        same: result?.same ?? false,
        ...(result?.same === true
          ? {}
          : { difference: result?.difference ?? "the stored bytes differ and were not compared" }),
      },
    ];
  });
}

function compareMetrics(
  step: CertificateInput["steps"][number],
  manifest: StepManifest | undefined,
  reference: Reference,
): readonly Comparison[] {
  const got = new Map<string, MetricValue[]>();
  for (const { name, value } of manifest?.metrics ?? [])
    got.set(name, [...(got.get(name) ?? []), value]);
  // A metric that the notebook gave and the pipeline did not is a difference, not a gap.
  const recorded = reference.metrics[step.name] ?? {};
  const names = [...new Set([...Object.keys(recorded), ...got.keys()])];
  return names.map((name): Comparison => {
    const values = got.get(name) ?? [];
    const expected = recorded[name] ?? [];
    const unstable = reference.unstable.some(
      (entry) => entry.kind === "metric" && entry.name === name,
    );
    const same =
      expected.length === values.length &&
      expected.every((value, at) => sameNumber(value, values[at], unstable ? UNSTABLE_RTOL : 0));
    return {
      kind: "metric",
      step: step.name,
      name,
      how: unstable ? "float" : "exact",
      ...(unstable ? { rtol: UNSTABLE_RTOL } : {}),
      expected: last(expected),
      got: last(values),
      same,
      ...(same
        ? {}
        : {
            difference: firstDifferentNumber(expected, values),
          }),
    };
  });
}

function compareText(
  step: string,
  manifest: StepManifest | undefined,
  input: CertificateInput,
): Comparison {
  const expected = input.reference.texts[step] ?? "nothing";
  const got = manifest?.text ?? "nothing";
  const same = expected === got;
  return {
    kind: "text",
    step,
    name: step,
    how: "exact",
    expected,
    got,
    same,
    ...(same ? {} : { difference: input.textDifference(step) ?? "the printed text differs" }),
  };
}

/** Under other settings the same lines may print, warn or draw something else, if not on these data. */
function compareSettings(step: string, input: CertificateInput): readonly Comparison[] {
  const got = input.settings.get(step);
  return Object.entries(input.reference.settings?.[step] ?? {}).map(([name, expected]) => {
    const [left, right] = [expected ?? "nothing", got?.[name] ?? "nothing"];
    const same = got !== undefined && left === right;
    return {
      kind: "setting",
      step,
      name,
      how: "exact",
      expected: left,
      got: right,
      same,
      ...(same ? {} : { difference: `${left} in the notebook, ${right} in the pipeline` }),
    };
  });
}

function compareFiles(input: CertificateInput): readonly Comparison[] {
  const got = new Map<string, { readonly step: string; readonly digest: string }>();
  for (const [step, manifest] of input.manifests)
    for (const [path, digest] of Object.entries(manifest.files)) got.set(path, { step, digest });
  const paths = [...new Set([...Object.keys(input.reference.files), ...got.keys()])].sort();
  return paths.map((path): Comparison => {
    const expected = input.reference.files[path] ?? "nothing";
    const written = got.get(path);
    const loaded = input.values.find((value) => value.name === `file:${path}`);
    const same = written?.digest === expected || loaded?.same === true;
    return {
      kind: "file",
      step: written?.step ?? "",
      name: path,
      how: loaded?.how ?? "exact",
      expected,
      got: written?.digest ?? "nothing",
      same,
      ...(same
        ? {}
        : {
            difference:
              written === undefined
                ? "the pipeline did not write it"
                : (loaded?.difference ?? "its bytes differ"),
          }),
    };
  });
}

/** One number by itself; of several the first that is another, with its place. */
function firstDifferentNumber(
  expected: readonly MetricValue[],
  got: readonly MetricValue[],
): string {
  const at = Math.max(
    0,
    Array.from({ length: Math.max(expected.length, got.length) }).findIndex(
      (_, index) => !sameNumber(expected[index], got[index], 0),
    ),
  );
  const place = Math.max(expected.length, got.length) > 1 ? `number ${String(at + 1)}: ` : "";
  return `${place}${String(expected[at] ?? "nothing")} in the notebook, ${String(got[at] ?? "nothing")} in the pipeline`;
}

function sameNumber(a: MetricValue | undefined, b: MetricValue | undefined, rtol: number): boolean {
  if (a === b) return true;
  if (typeof a !== "number" || typeof b !== "number") return false;
  return Math.abs(a - b) <= rtol * Math.max(Math.abs(a), Math.abs(b));
}

function last(values: readonly MetricValue[]): Comparison["expected"] {
  return values.at(-1) ?? "nothing";
}

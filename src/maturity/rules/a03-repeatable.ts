/**
 * A3: two runs on the same commit and data agree. Static evidence is the certificate of a verification whose package is still the one in the repository;
 * E4 is two recorded executions of every step with the same fingerprint and the same output digests.
 */
import type { RunRecord, StepRecord } from "../../registry/run-record.ts";
import { completeRuns, type Evidence, type PipelineEvidence } from "../evidence.ts";
import {
  type EvidenceItem,
  type Finding,
  fail,
  NO_PIPELINE,
  partial,
  pass,
  type Rule,
  unknown,
} from "../rule.ts";
import { unusableReason } from "./items.ts";

export const a03: Rule = {
  id: "A3",
  section: "A",
  level: 1,
  gate: 1,
  question: "Do two runs on the same commit and data agree?",
  how: ["X"],
  weight: 5,
  earn: { command: "mlops verify PIPELINE", effort: 1 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    return fromRuns(project, pipeline) ?? fromCertificate(pipeline);
  },
};

function fromRuns(project: Evidence, pipeline: PipelineEvidence): Finding | undefined {
  const executions = new Map<string, StepRecord[]>();
  for (const run of (project.registry?.runs ?? []).filter(
    (one) => one.pipeline === pipeline.name,
  )) {
    for (const step of run.steps) {
      if (step.decision !== "execute" || step.manifest === undefined) continue;
      const key = `${step.step} ${step.fingerprint}`;
      const known = executions.get(key);
      if (known === undefined) executions.set(key, [step]);
      else known.push(step);
    }
  }
  const repeated = new Map<string, readonly StepRecord[]>();
  for (const records of executions.values()) {
    const [first] = records;
    if (first === undefined || records.length < 2) continue;
    const other = records.find((record) => resultOf(record) !== resultOf(first));
    if (other !== undefined) {
      return fail(
        `step ${first.step} was executed twice with the same fingerprint and gave different results`,
        [itemOfStep(first), itemOfStep(other)],
      );
    }
    repeated.set(first.step, records);
  }
  const latest: RunRecord | undefined = completeRuns(project, pipeline)[0];
  if (latest === undefined || repeated.size === 0) return undefined;
  if (!latest.steps.every((step) => repeated.has(step.step))) return undefined;
  return pass(
    4,
    "every step was executed twice with the same fingerprint and gave the same digests and metrics",
    [...repeated.values()].flatMap((records) => records.slice(0, 1).map(itemOfStep)).slice(0, 3),
  );
}

function resultOf(record: StepRecord): string {
  const outputs = Object.entries(record.manifest?.outputs ?? {})
    .map(([name, output]) => `${name}=${output.digest}`)
    .sort();
  const metrics = (record.manifest?.metrics ?? [])
    .map((metric) => `${metric.name}=${String(metric.value)}`)
    .sort();
  return [...outputs, ...metrics].join(" ");
}

function fromCertificate(pipeline: PipelineEvidence): Finding {
  const { certificate } = pipeline;
  const path = `${pipeline.folder}/certificate.json`;
  if (certificate === undefined)
    return unknown(
      unusableReason(pipeline, "certificate.json") ??
        "no certificate and no repeated runs on record",
    );
  const compared = certificate.coverage.values.compared + certificate.coverage.metrics.compared;
  const item: EvidenceItem = {
    text: `certificate: ${certificate.verdict}, ${String(compared)} values and metrics compared`,
    path,
    line: 1,
  };
  if (certificate.verdict === "differs")
    return fail("the last verification found differences", [item]);
  if (certificate.verdict === "unverified" || compared === 0)
    return partial(1, "the certificate compared nothing", [item]);
  const wrong = certificate.comparisons.find((one) => !one.same);
  if (wrong !== undefined)
    return fail(
      `the certificate says ${certificate.verdict}, but lists ${wrong.step}/${wrong.name} as different`,
      [item],
    );
  if (certificate.comparisons.length < compared)
    return partial(1, "the certificate lists fewer comparisons than it counts", [item]);
  if (pipeline.certificateMatches === undefined)
    return partial(
      2,
      "whether the certificate belongs to the code in the repository cannot be said",
      [item],
    );
  if (!pipeline.certificateMatches)
    return partial(2, "the code changed after it was verified", [item]);
  return pass(3, "a verification ran the pipeline again and found the same values and metrics", [
    item,
  ]);
}

function itemOfStep(record: StepRecord): EvidenceItem {
  return { text: `${record.step} in run ${record.runId.slice(0, 8)}`, registry: record.runId };
}

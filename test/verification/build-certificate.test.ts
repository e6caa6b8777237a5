import { expect, test } from "vitest";
import type { Sha256 } from "../../src/base/brand.ts";
import { sha256, sha256FromHex } from "../../src/base/hash.ts";
import type { StepManifest } from "../../src/run/schema.ts";
import {
  buildCertificate,
  type CertificateInput,
} from "../../src/verification/build-certificate.ts";
import type { Reference } from "../../src/verification/reference-schema.ts";
import { Certificate } from "../../src/verification/schema.ts";

const digest = (letter: string): Sha256 => sha256FromHex(letter.repeat(64));
const value = (letter: string): StepManifest["outputs"][string] => ({
  digest: digest(letter),
  codec: "npy",
  type: "numpy.ndarray",
  bytes: 8,
});

const reference: Reference = {
  version: 2,
  values: { x: value("a") },
  unstored: [],
  metrics: { train: { accuracy: [0.5] } },
  texts: { train: digest("c") },
  files: { "m.joblib": digest("d") },
  data: { "data.csv": digest("e") },
  environment: digest("f"),
  python: "3.12.1",
  packages: { numpy: "2.0.0" },
  seeds: { hash: 0, random: 0, numpy: 0 },
  notebookSeeded: true,
  unstable: [],
};

const manifest: StepManifest = {
  version: 1,
  step: "train",
  code: digest("1"),
  params: {},
  inputs: {},
  outputs: { x: value("a") },
  random: { before: null, after: null },
  files: { "m.joblib": digest("d") },
  filesRead: {},
  metrics: [{ name: "accuracy", value: 0.5 }],
  text: digest("c"),
};

function certify(changes: {
  readonly reference?: Partial<Reference>;
  readonly manifest?: Partial<StepManifest> | null;
  readonly values?: CertificateInput["values"];
  readonly settings?: CertificateInput["settings"];
  readonly proofs?: CertificateInput["proofs"];
}): Certificate {
  return Certificate.parse(
    buildCertificate({
      pipeline: "churn",
      order: undefined,
      digests: {
        notebook: digest("1"),
        plan: digest("2"),
        package: digest("3"),
        data: reference.data,
        environment: reference.environment,
      },
      reference: { ...reference, ...changes.reference },
      manifests:
        changes.manifest === null
          ? new Map()
          : new Map([["train", { ...manifest, ...changes.manifest }]]),
      steps: [{ name: "train", inputs: [], outputs: ["x"] }],
      values: changes.values ?? [],
      settings: changes.settings ?? new Map(),
      textDifference: () => undefined,
      proofs: changes.proofs,
    }),
  );
}

test("equal digests, metrics, text and files are verified, all counted", () => {
  const certificate = certify({});
  expect(certificate.verdict).toBe("verified");
  expect(certificate.coverage).toEqual({
    values: { compared: 1, total: 1 },
    metrics: { compared: 1, total: 1 },
    files: { compared: 1, total: 1 },
    text: { compared: 1, total: 1 },
  });
});

test.each<{
  readonly name: string;
  readonly changes: Parameters<typeof certify>[0];
  readonly kind: string;
}>([
  {
    name: "a value whose bytes differ and that was not compared",
    changes: { manifest: { outputs: { x: value("b") } } },
    kind: "value",
  },
  {
    name: "a value that the step did not make",
    changes: { manifest: { outputs: {} } },
    kind: "value",
  },
  {
    name: "another metric",
    changes: { manifest: { metrics: [{ name: "accuracy", value: 0.5000001 }] } },
    kind: "metric",
  },
  {
    name: "a metric that the pipeline never recorded",
    changes: { manifest: { metrics: [] } },
    kind: "metric",
  },
  { name: "other text", changes: { manifest: { text: digest("9") } }, kind: "text" },
  {
    name: "another file",
    changes: { manifest: { files: { "m.joblib": digest("9") } } },
    kind: "file",
  },
  {
    name: "a file the notebook never wrote",
    changes: { manifest: { files: { "m.joblib": digest("d"), "n.csv": digest("9") } } },
    kind: "file",
  },
  { name: "a file the pipeline did not write", changes: { manifest: { files: {} } }, kind: "file" },
  { name: "a step that never ran", changes: { manifest: null }, kind: "value" },
])("$name is a difference that is named", ({ changes, kind }) => {
  const certificate = certify(changes);
  expect(certificate.verdict).toBe("differs");
  expect(certificate.comparisons.find((comparison) => !comparison.same)?.kind).toBe(kind);
});

test("a value with other bytes is the same when Python finds it equal", () => {
  const certificate = certify({
    manifest: { outputs: { x: value("b") } },
    values: [{ name: "x", same: true, how: "estimator", difference: undefined }],
  });
  expect(certificate.verdict).toBe("verified");
});

test("what the notebook itself does not repeat is excluded with the evidence, and counted as not compared", () => {
  const unstable = [
    { kind: "metric" as const, name: "accuracy", cell: 7, evidence: "two runs gave 0.5 and 0.6" },
  ];
  const certificate = certify({
    reference: { unstable },
    manifest: { metrics: [{ name: "accuracy", value: 0.6 }] },
  });
  expect(certificate.verdict).toBe("verified-with-exclusions");
  expect(certificate.excluded).toEqual([
    {
      name: "accuracy",
      cell: 7,
      reason: "the notebook itself does not repeat it",
      evidence: "two runs gave 0.5 and 0.6",
    },
  ]);
  expect(certificate.coverage.metrics).toEqual({ compared: 0, total: 1 });
});

test("an unstable value that agrees within 1e-9 counts as compared, with its tolerance", () => {
  const unstable = [
    { kind: "metric" as const, name: "accuracy", cell: 7, evidence: "two runs differed" },
  ];
  const certificate = certify({
    reference: { unstable },
    manifest: { metrics: [{ name: "accuracy", value: 0.5 * (1 + 1e-12) }] },
  });
  expect(certificate.comparisons.find((comparison) => comparison.kind === "metric")).toMatchObject({
    same: true,
    rtol: 1e-9,
  });
});

test("what left-out statements printed is in the total and listed, and takes nothing from the verdict; a file does", () => {
  const left = (
    kind: "text" | "file",
    name: string,
  ): NonNullable<Reference["leftOut"]>[number] => ({
    kind,
    name,
    cell: 3,
    reason: "left out of the pipeline: only prints",
    evidence: "it printed 1 line in the notebook",
  });
  const printed = certify({ reference: { leftOut: [left("text", "cell 3")] } });
  expect(printed.coverage.text).toEqual({ compared: 1, total: 2 });
  expect(printed.excluded.map(({ name }) => name)).toEqual(["cell 3"]);
  expect(printed.verdict).toBe("verified");
  const dropped = certify({ reference: { leftOut: [left("file", "report.csv")] } });
  expect(dropped.coverage.files).toEqual({ compared: 1, total: 2 });
  expect(dropped.verdict).toBe("verified-with-exclusions");
});

const WIDTH = "pandas:display.width";

test.each<{
  readonly name: string;
  readonly settings: CertificateInput["settings"];
  readonly same: boolean;
}>([
  { name: "the notebook's", settings: new Map([["train", { [WIDTH]: "120" }]]), same: true },
  { name: "another", settings: new Map([["train", { [WIDTH]: "80" }]]), same: false },
  { name: "not there", settings: new Map([["train", { [WIDTH]: null }]]), same: false },
  { name: "not looked at", settings: new Map(), same: false },
])("a setting that is $name when its step ends counts as such", ({ settings, same }) => {
  const certificate = certify({
    reference: { settings: { train: { [WIDTH]: "120" } } },
    settings,
  });
  expect(certificate.coverage.settings).toEqual({ compared: 1, total: 1 });
  expect(certificate.comparisons.find(({ kind }) => kind === "setting")).toMatchObject({
    step: "train",
    name: WIDTH,
    same,
  });
  expect(certificate.verdict).toBe(same ? "verified" : "differs");
});

test.each([
  { name: "nothing", text: sha256(""), verdict: "unverified" },
  { name: "only what was printed", text: digest("c"), verdict: "verified-with-exclusions" },
])("comparing $name is $verdict", ({ text, verdict }) => {
  const unstored = [{ name: "x", cell: 1, reason: "a generator" }];
  const certificate = certify({
    reference: { values: {}, metrics: {}, files: {}, unstored, texts: { train: text } },
    manifest: { outputs: {}, metrics: [], files: {}, text },
  });
  expect(certificate.verdict).toBe(verdict);
});

test.each([
  ["holds", "verified"],
  ["not-applicable", "verified"],
  ["fails", "differs"],
] as const)("a proof of the features that %s: %s", (result, verdict) => {
  const proof = { proof: "one-row-same-as-batch", result, how: "exact" } as const;
  const certificate = certify({ proofs: [proof] });
  expect([certificate.verdict, certificate.features]).toEqual([verdict, { proofs: [proof] }]);
});

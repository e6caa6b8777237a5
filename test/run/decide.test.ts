import { expect, test } from "vitest";
import { sha256FromHex } from "../../src/base/hash.ts";
import { type DecideInput, decide, renderReason } from "../../src/run/decide.ts";
import type { StepManifest } from "../../src/run/schema.ts";

const DIGEST = sha256FromHex("a".repeat(64));
const OTHER = sha256FromHex("b".repeat(64));

const manifest: StepManifest = {
  version: 1,
  step: "train",
  code: DIGEST,
  params: {},
  inputs: {},
  outputs: { model: { digest: DIGEST, codec: "joblib", type: "sklearn.Model", bytes: 10 } },
  random: { before: null, after: null },
  files: { "model.joblib": DIGEST },
  filesRead: { "data/churn.csv": DIGEST },
  metrics: [],
  text: DIGEST,
};

const asBefore: DecideInput = {
  parts: { code: DIGEST, environment: "e", random: "none", "param:seed": "42", "input:x": DIGEST },
  same: manifest,
  lastParts: {
    code: DIGEST,
    environment: "e",
    random: "none",
    "param:seed": "42",
    "input:x": DIGEST,
  },
  fileDigests: new Map([
    ["data/churn.csv", DIGEST],
    ["model.joblib", DIGEST],
  ]),
  seenOtherwise: undefined,
  mayExecute: true,
  missingOutputs: [],
  force: false,
  outside: [],
};

const changed = (part: Readonly<Record<string, string>>): Partial<DecideInput> => ({
  same: undefined,
  parts: { ...asBefore.parts, ...part },
});

test.each<{
  readonly name: string;
  readonly input: Partial<DecideInput>;
  readonly kind: string;
  readonly because: string;
}>([
  {
    name: "runs a step again that would see something else at a path",
    input: { seenOtherwise: "data" },
    kind: "execute",
    because: "data changed",
  },
  {
    name: "takes a step behind the clock as it was when it may not run",
    input: { outside: ["clock"], mayExecute: false },
    kind: "fresh",
    because: "it reads the clock; --only takes what it made last",
  },
  {
    name: "reuses a step when nothing changed",
    input: {},
    kind: "fresh",
    because: "nothing changed",
  },
  {
    name: "executes what depends on the time or the world, although nothing else changed",
    input: { outside: ["clock", "network"] },
    kind: "execute",
    because: "it reads the clock and uses the network, so nobody can tell that nothing changed",
  },
  { name: "executes when asked to", input: { force: true }, kind: "execute", because: "--force" },
  {
    name: "executes what never ran",
    input: { same: undefined, lastParts: undefined },
    kind: "execute",
    because: "it never ran like this",
  },
  {
    name: "names a changed parameter with both values",
    input: changed({ "param:seed": "7" }),
    kind: "execute",
    because: "parameter seed changed from 42 to 7",
  },
  {
    name: "names a changed input",
    input: changed({ "input:x": OTHER }),
    kind: "execute",
    because: "its input x changed",
  },
  {
    name: "names changed code before anything else",
    input: changed({ code: OTHER, "param:seed": "7" }),
    kind: "execute",
    because: "its code changed",
  },
  {
    name: "names a changed environment",
    input: changed({ environment: "f" }),
    kind: "execute",
    because: "the Python environment changed",
  },
  {
    name: "names a changed environment variable",
    input: changed({ "setting:SCALE": OTHER }),
    kind: "execute",
    because: "the environment variable SCALE changed",
  },
  {
    name: "names the pattern behind which a file arrived",
    input: changed({ "reads:data/*.csv": OTHER }),
    kind: "execute",
    because: "data/*.csv changed",
  },
  {
    name: "executes when a data file changed",
    input: {
      fileDigests: new Map([
        ["data/churn.csv", OTHER],
        ["model.joblib", DIGEST],
      ]),
    },
    kind: "execute",
    because: "data/churn.csv changed",
  },
  {
    name: "executes when a data file is gone",
    input: { fileDigests: new Map([["model.joblib", DIGEST]]) },
    kind: "execute",
    because: "data/churn.csv changed",
  },
  {
    name: "executes when an output left the store",
    input: { missingOutputs: ["model"] },
    kind: "execute",
    because: "its output model is no longer in the store",
  },
  {
    name: "puts back a written file that is gone",
    input: { fileDigests: new Map([["data/churn.csv", DIGEST]]) },
    kind: "restore",
    because: "model.joblib is no longer as the step wrote it",
  },
])("$name", ({ input, kind, because }) => {
  const decision = decide({ ...asBefore, ...input });
  expect(decision.kind).toBe(kind);
  expect(renderReason(decision.because)).toBe(because);
});

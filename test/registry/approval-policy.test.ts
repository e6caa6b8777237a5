import { expect, test } from "vitest";
import {
  type ApprovalPolicy,
  type RefusalCode,
  refusalsOf,
  type ToDecide,
} from "../../src/registry/approval-policy.ts";
import { type ApprovalEvidence, checkThresholds } from "../../src/registry/evidence.ts";
import type { Identity } from "../../src/registry/identity.ts";
import { requestOf } from "../support/registry-contract-values.ts";

const ada: Identity = { name: "Ada <ada@example.org>", grade: "authenticated" };
const grace: Identity = { name: "Grace <grace@example.org>", grade: "authenticated" };
const assertedGrace: Identity = { ...grace, grade: "asserted" };
const bot: Identity = { name: "retrain-bot", grade: "machine" };

const policy: ApprovalPolicy = {
  approvers: [],
  fourEyes: true,
  identities: "authenticated",
  require: [],
};
const asked: ToDecide = {
  environment: "production",
  requestedBy: ada,
  author: ada,
  evidence: requestOf().evidence,
};

interface PersonCase {
  readonly name: string;
  readonly policy?: Partial<ApprovalPolicy>;
  readonly requestedBy?: Identity;
  readonly author?: Identity;
  readonly approver: Identity;
  readonly refused: readonly RefusalCode[];
}

const people: readonly PersonCase[] = [
  { name: "a second, checked person", approver: grace, refused: [] },
  {
    name: "who asked and registered, once for each",
    approver: ada,
    refused: ["approver-is-author", "approver-is-author"],
  },
  {
    name: "who asked for what somebody else registered",
    requestedBy: grace,
    approver: grace,
    refused: ["approver-is-author"],
  },
  {
    name: "who registered what somebody else asked for",
    requestedBy: ada,
    author: grace,
    approver: grace,
    refused: ["approver-is-author"],
  },
  {
    name: "the same email under another name and in other letters",
    approver: { name: "Countess <ADA@Example.org>", grade: "authenticated" },
    refused: ["approver-is-author", "approver-is-author"],
  },
  { name: "the author where two eyes do", policy: { fourEyes: false }, approver: ada, refused: [] },
  {
    name: "a name that nobody has checked",
    approver: assertedGrace,
    refused: ["identity-not-authenticated"],
  },
  {
    name: "a checked person for an unchecked one, who may be the same",
    requestedBy: { ...ada, grade: "asserted" },
    approver: grace,
    refused: ["identity-not-authenticated"],
  },
  {
    name: "unchecked names where the team accepts them",
    policy: { identities: "asserted" },
    requestedBy: { ...ada, grade: "asserted" },
    approver: assertedGrace,
    refused: [],
  },
  {
    name: "one of the approvers, by email",
    policy: { approvers: ["Grace@example.org"] },
    approver: grace,
    refused: [],
  },
  {
    name: "one of the approvers, by name and email",
    policy: { approvers: ["G. <grace@example.org>"] },
    approver: grace,
    refused: [],
  },
  {
    name: "somebody who is not among the approvers",
    policy: { approvers: ["linus@example.org"] },
    approver: grace,
    refused: ["approver-not-allowed"],
  },
  {
    name: "a name that only looks like an approver's email",
    policy: { approvers: ["grace@example.org"] },
    approver: { name: "grace@example.org <mallory@example.org>", grade: "authenticated" },
    refused: ["approver-not-allowed"],
  },
  {
    name: "a request of a machine, by one person alone",
    requestedBy: bot,
    author: bot,
    approver: grace,
    refused: ["four-eyes-machine"],
  },
  {
    name: "a request of a machine, where the environment lets it count",
    policy: { unattended: ["production"] },
    requestedBy: bot,
    author: bot,
    approver: grace,
    refused: [],
  },
  {
    name: "a request of a machine, where it counts in another environment",
    policy: { unattended: ["staging"] },
    requestedBy: bot,
    approver: grace,
    refused: ["four-eyes-machine"],
  },
  {
    name: "a request of a machine, where two eyes do",
    policy: { fourEyes: false },
    requestedBy: bot,
    approver: grace,
    refused: [],
  },
  {
    name: "a request of a person for what a machine registered",
    author: bot,
    approver: grace,
    refused: [],
  },
  { name: "a machine", approver: bot, refused: ["machine-not-allowed"] },
  {
    name: "a machine that is named, where machines do not approve",
    policy: { approvers: ["retrain-bot"] },
    approver: bot,
    refused: ["machine-not-allowed"],
  },
  {
    name: "a machine that is not named, where machines may approve",
    policy: { unattended: ["production"] },
    approver: bot,
    refused: ["machine-not-allowed"],
  },
  {
    name: "a machine that is named, where machines may approve",
    policy: { unattended: ["production"], approvers: ["retrain-bot"] },
    approver: bot,
    refused: [],
  },
  {
    name: "a machine for itself",
    policy: { unattended: ["production"], approvers: ["retrain-bot"] },
    requestedBy: bot,
    approver: bot,
    refused: ["approver-is-author"],
  },
  {
    name: "a person with the name of a machine that is named",
    policy: { unattended: ["production"], approvers: ["bot@example.org"] },
    approver: { name: "Bot <robot@example.org>", grade: "authenticated" },
    refused: ["approver-not-allowed"],
  },
  {
    name: "an account for an email, when nobody has said whose it is",
    approver: { name: "github.com/grace", grade: "authenticated" },
    refused: ["persons-not-distinct"],
  },
  {
    name: "an account that the settings give to somebody else",
    policy: { people: { "grace@example.org": ["github.com/grace"] } },
    approver: { name: "github.com/grace", grade: "authenticated" },
    refused: [],
  },
  {
    name: "an account that the settings give to who asked",
    policy: { people: { "ada@example.org": ["github.com/ada-l"] } },
    approver: { name: "github.com/ada-l", grade: "authenticated" },
    refused: ["approver-is-author", "approver-is-author"],
  },
  {
    name: "one of the approvers, by the account",
    policy: {
      approvers: ["github.com/grace"],
      people: { "grace@example.org": ["github.com/grace"] },
    },
    approver: { name: "github.com/Grace", grade: "authenticated" },
    refused: [],
  },
  {
    name: "everything at once",
    policy: { approvers: ["linus@example.org"] },
    approver: { ...ada, grade: "asserted" },
    refused: [
      "approver-not-allowed",
      "approver-is-author",
      "approver-is-author",
      "identity-not-authenticated",
    ],
  },
];

for (const one of people) {
  test(`${one.refused.length === 0 ? "lets" : "does not let"} approve: ${one.name}`, () => {
    const request = {
      ...asked,
      requestedBy: one.requestedBy ?? ada,
      author: one.author ?? ada,
    };
    const found = refusalsOf({ ...policy, ...one.policy }, request, one.approver);
    expect(found.map(({ code }) => code)).toEqual(one.refused);
  });
}

interface EvidenceCase {
  readonly name: string;
  readonly require: ApprovalPolicy["require"];
  readonly evidence: Partial<ApprovalEvidence>;
  readonly refused: readonly string[];
}

const full = requestOf().evidence;
const peer = (metric: string, value: number | "NaN"): ApprovalEvidence["champion"] => ({
  of: "churn@v2",
  metrics: [{ name: metric, value }],
});

const evidences: readonly EvidenceCase[] = [
  { name: "nothing asked for", require: [], evidence: {}, refused: [] },
  { name: "a verified certificate", require: ["certificate"], evidence: {}, refused: [] },
  {
    name: "no certificate",
    require: ["certificate"],
    evidence: { certificate: undefined },
    refused: ["it has no certificate for its code"],
  },
  {
    name: "a certificate that says the pipeline differs",
    require: ["certificate"],
    evidence: { certificate: { digest: "d", verdict: "differs", coverage: {}, excluded: [] } },
    refused: ["its certificate says differs"],
  },
  {
    name: "thresholds of which one is missed and one has no metric",
    require: ["thresholds"],
    evidence: {
      thresholds: checkThresholds(full.metrics, [
        { metric: "roc-auc", min: 0.9 },
        { metric: "recall", max: 1 },
        { metric: "roc-auc", min: 0.8, max: 0.85 },
      ]),
    },
    refused: [
      "roc-auc is 0.83 and must be at least 0.9",
      "recall is not there and must be at most 1",
    ],
  },
  {
    name: "a metric that is no number",
    require: ["thresholds"],
    evidence: {
      thresholds: checkThresholds([{ name: "loss", value: "NaN" }], [{ metric: "loss", max: 1 }]),
    },
    refused: ["loss is NaN and must be at most 1"],
  },
  { name: "tests that pass", require: ["tests"], evidence: {}, refused: [] },
  {
    name: "tests that fail",
    require: ["tests"],
    evidence: { tests: { passed: 3, failed: 2, skipped: 0 } },
    refused: ["2 of its tests fail"],
  },
  {
    name: "tests that were all skipped",
    require: ["tests"],
    evidence: { tests: { passed: 0, failed: 0, skipped: 4 } },
    refused: ["it has no test that passes"],
  },
  {
    name: "tests that were not run",
    require: ["tests"],
    evidence: { tests: { because: "pytest is not installed" } },
    refused: ["its tests were not run: pytest is not installed"],
  },
  { name: "better than the baseline", require: ["baseline"], evidence: {}, refused: [] },
  {
    name: "no better than the baseline",
    require: ["baseline"],
    evidence: { baseline: peer("roc-auc", 0.83) },
    refused: ["roc-auc is 0.83, and churn@v2 has 0.83"],
  },
  {
    name: "a baseline that was never measured",
    require: ["baseline"],
    evidence: { baseline: undefined },
    refused: ["it must be better than what nothing was measured for"],
  },
  { name: "no champion yet", require: ["champion"], evidence: {}, refused: [] },
  {
    name: "as good as the champion",
    require: ["champion"],
    evidence: { champion: peer("roc-auc", 0.83) },
    refused: [],
  },
  {
    name: "worse than the champion",
    require: ["champion"],
    evidence: { champion: peer("roc-auc", 0.9) },
    refused: ["roc-auc is 0.83, and churn@v2 has 0.9"],
  },
  {
    name: "more of what should be little",
    require: ["champion"],
    evidence: { metrics: [{ name: "rmse", value: 2 }], champion: peer("rmse", 1) },
    refused: ["rmse is 2, and churn@v2 has 1"],
  },
  {
    name: "a champion that could not be measured",
    require: ["champion"],
    evidence: { champion: { of: "churn@v2", because: "it has other columns" } },
    refused: ["churn@v2 could not be measured: it has other columns"],
  },
  {
    name: "metrics of which nobody knows which way is better",
    require: ["champion"],
    evidence: { metrics: [{ name: "profit", value: 2 }], champion: peer("profit", 1) },
    refused: [
      "no metric says whether it is better than churn@v2; say in the settings which way is better",
    ],
  },
  {
    name: "a champion whose metric is no number",
    require: ["champion"],
    evidence: { champion: peer("roc-auc", "NaN") },
    refused: [
      "no metric says whether it is better than churn@v2; say in the settings which way is better",
    ],
  },
  {
    name: "a metric that the champion has and this one lacks",
    require: ["champion"],
    evidence: { metrics: [], champion: peer("roc-auc", 0.9) },
    refused: ["roc-auc is not there, and churn@v2 has 0.9"],
  },
  {
    name: "rows that could not be checked for leakage",
    require: ["no-leakage"],
    evidence: {},
    refused: ["nobody could look for leakage: the rows are not known"],
  },
  {
    name: "leakage that was found",
    require: ["no-leakage"],
    evidence: { leakage: { checked: ["rows"], findings: ["12 rows are on both sides"] } },
    refused: ["12 rows are on both sides"],
  },
  {
    name: "a clean check of leakage",
    require: ["no-leakage"],
    evidence: { leakage: { checked: ["rows"], findings: [] } },
    refused: [],
  },
  {
    name: "nobody looked for leakage",
    require: ["no-leakage"],
    evidence: { leakage: undefined },
    refused: ["nobody has looked for leakage"],
  },
];

for (const { name, require, evidence, refused } of evidences) {
  test(`${refused.length === 0 ? "is content with" : "refuses"}: ${name}`, () => {
    const request = { ...asked, evidence: { ...full, ...evidence } };
    const found = refusalsOf({ ...policy, require }, request, grace);
    expect(found.map(({ message }) => message)).toEqual(refused);
    expect(found.every(({ code }) => code === `gate-${require[0] ?? ""}`)).toBe(true);
  });
}

/**
 * Who may let a model version into an environment, and on what evidence. Pure: the same request, decision and policy
 * give the same refusals. Every refusal is told, not only the first, so that one look shows what is missing.
 */

import type { Peer } from "./evaluation.ts";
import { type ApprovalEvidence, numberOf } from "./evidence.ts";
import type { Identity } from "./identity.ts";
import { comparePersons, isNamedBy, type Sameness } from "./same-person.ts";

/** Evidence that a policy may ask for. */
export const REQUIREMENTS = [
  "certificate",
  "thresholds",
  "tests",
  "baseline",
  "champion",
  "no-leakage",
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

/** What `.mlopsrc.yaml` says under `approval`. */
export interface ApprovalPolicy {
  /** `Name <email>` or an email; empty: anybody. */
  readonly approvers: readonly string[];
  /** The approver is neither who asked nor who registered the version. */
  readonly fourEyes: boolean;
  /** What the identities of both sides must rest on at least. */
  readonly identities: "authenticated" | "asserted";
  readonly require: readonly Requirement[];
  /** Environments in which a machine counts as a person does. */
  readonly unattended?: readonly string[];
  /** What else each person is known as. */
  readonly people?: Readonly<Record<string, readonly string[]>>;
}

/** Why the policy does not let somebody approve. */
export interface Refusal {
  readonly code: RefusalCode;
  /** A sentence without its full stop. */
  readonly message: string;
}
export type RefusalCode =
  | "approver-not-allowed"
  | "approver-is-author"
  | "identity-not-authenticated"
  | "machine-not-allowed"
  | "four-eyes-machine"
  | "persons-not-distinct"
  | `gate-${Requirement}`;

/** What is to be decided. */
export interface ToDecide {
  /** Absent where it is for none in particular; no machine counts there. */
  readonly environment?: string;
  readonly requestedBy: Identity;
  /** Who registered the version. */
  readonly author: Identity;
  readonly evidence: ApprovalEvidence;
}

/** Everything that speaks against this person approving this request; empty when nothing does. */
export function refusalsOf(
  policy: ApprovalPolicy,
  request: ToDecide,
  approver: Identity,
): readonly Refusal[] {
  return [
    ...personRefusals(policy, request, approver),
    ...evidenceRefusals(policy, request.evidence),
  ];
}

function personRefusals(
  policy: ApprovalPolicy,
  request: Omit<ToDecide, "evidence">,
  approver: Identity,
): readonly Refusal[] {
  const { requestedBy } = request;
  const found: Refusal[] = [];
  const isListed = policy.approvers.some((one) => isNamed(approver, one));
  if (policy.approvers.length > 0 && !isListed)
    found.push({
      code: "approver-not-allowed",
      message: `${approver.name} is not among the approvers (${policy.approvers.join(", ")})`,
    });
  found.push(...machineRefusals(policy, request, { approver, isListed }));
  if (policy.fourEyes) found.push(...fourEyesRefusals(policy, request, approver));
  if (policy.identities === "authenticated") {
    // Of two people that nobody has checked, one may be both.
    const isOther = policy.fourEyes && samenessOf(policy, approver, requestedBy) !== "same";
    for (const side of isOther ? [approver, requestedBy] : [approver])
      if (side.grade === "asserted")
        found.push({
          code: "identity-not-authenticated",
          message: `nobody has checked that ${side.name} is ${side.name}`,
        });
  }
  return found;
}

/** A machine does what it was told, by whoever has its token: it is nobody's second pair of eyes unless the settings say so. */
function machineRefusals(
  policy: ApprovalPolicy,
  { environment, requestedBy }: Omit<ToDecide, "evidence">,
  { approver, isListed }: { readonly approver: Identity; readonly isListed: boolean },
): readonly Refusal[] {
  const isAllowed = environment !== undefined && policy.unattended?.includes(environment) === true;
  const found: Refusal[] = [];
  if (approver.grade === "machine" && !(isAllowed && isListed))
    found.push({
      code: "machine-not-allowed",
      message: `${approver.name} is a machine, and ${isAllowed ? "not named among the approvers" : `${environment ?? "the environment"} is approved by persons`}`,
    });
  else if (policy.fourEyes && requestedBy.grade === "machine" && !isAllowed)
    found.push({
      code: "four-eyes-machine",
      message: `${requestedBy.name}, who asked for it, is a machine, and ${environment ?? "the environment"} needs two persons`,
    });
  return found;
}

function fourEyesRefusals(
  policy: ApprovalPolicy,
  { requestedBy, author }: Omit<ToDecide, "evidence">,
  approver: Identity,
): readonly Refusal[] {
  const found: Refusal[] = [];
  for (const [other, role] of [
    [requestedBy, "asked for it"],
    [author, "registered the version"],
  ] as const)
    if (samenessOf(policy, approver, other) === "same")
      found.push({
        code: "approver-is-author",
        message: `${approver.name} ${role}, and a second person must approve`,
      });
  const areChecked = approver.grade !== "asserted" && requestedBy.grade !== "asserted";
  if (areChecked && samenessOf(policy, approver, requestedBy) === "unknown")
    found.push({
      code: "persons-not-distinct",
      message: `${approver.name} and ${requestedBy.name}, who asked for it, may be one person`,
    });
  return found;
}

/** Where names are taken as they are typed, two names that nobody can compare are two persons. */
function samenessOf(policy: ApprovalPolicy, one: Identity, other: Identity): Sameness {
  if (one.grade === other.grade && one.name.toLowerCase() === other.name.toLowerCase())
    return "same";
  const found = comparePersons(one, other, policy.people ?? {});
  return found === "unknown" && policy.identities === "asserted" ? "different" : found;
}

/** What the evidence lacks of what the policy asks for. */
export function evidenceRefusals(
  policy: Pick<ApprovalPolicy, "require">,
  evidence: ApprovalEvidence,
): readonly Refusal[] {
  return policy.require.flatMap((requirement): Refusal[] =>
    lackOf(requirement, evidence).map((message) => ({
      code: `gate-${requirement}`,
      message,
    })),
  );
}

function lackOf(requirement: Requirement, evidence: ApprovalEvidence): readonly string[] {
  switch (requirement) {
    case "certificate":
      return lackOfCertificate(evidence.certificate);
    case "thresholds":
      return evidence.thresholds.filter(({ holds }) => !holds).map(renderThreshold);
    case "tests":
      return lackOfTests(evidence.tests);
    case "baseline":
      return lackAgainst(evidence, evidence.baseline, "be better than");
    case "champion":
      // The first version of a model has nobody to be measured against.
      return evidence.champion === undefined
        ? []
        : lackAgainst(evidence, evidence.champion, "be as good as");
    case "no-leakage":
      return lackOfLeakageCheck(evidence.leakage);
  }
}

function lackOfCertificate(certificate: ApprovalEvidence["certificate"]): readonly string[] {
  if (certificate === undefined) return ["it has no certificate for its code"];
  return certificate.verdict === "verified" || certificate.verdict === "verified-with-exclusions"
    ? []
    : [`its certificate says ${certificate.verdict}`];
}

function lackOfTests(tests: ApprovalEvidence["tests"]): readonly string[] {
  if ("because" in tests) return [`its tests were not run: ${tests.because}`];
  if (tests.failed > 0)
    return [`${String(tests.failed)} of its tests ${tests.failed === 1 ? "fails" : "fail"}`];
  return tests.passed === 0 ? ["it has no test that passes"] : [];
}

function lackOfLeakageCheck(leakage: ApprovalEvidence["leakage"]): readonly string[] {
  if (leakage === undefined) return ["nobody has looked for leakage"];
  if ("because" in leakage) return [`nobody could look for leakage: ${leakage.because}`];
  return leakage.findings;
}

/** A sentence for each metric on which the other is better; a metric of which nobody knows what is better decides nothing, but one must. */
function lackAgainst(
  { metrics, better }: Pick<ApprovalEvidence, "metrics" | "better">,
  peer: Peer | undefined,
  must: "be better than" | "be as good as",
): readonly string[] {
  if (peer === undefined) return [`it must ${must} what nothing was measured for`];
  if ("because" in peer) return [`${peer.of} could not be measured: ${peer.because}`];
  const lacks: string[] = [];
  let decided = 0;
  for (const { name, value } of peer.metrics) {
    const direction = Object.hasOwn(better, name) ? better[name] : undefined;
    const theirs = numberOf(value);
    const ours = numberOf(metrics.find((metric) => metric.name === name)?.value);
    if (direction === undefined || theirs === undefined) continue;
    decided += 1;
    const ahead = ours === undefined ? -1 : direction === "greater" ? ours - theirs : theirs - ours;
    if (ahead > 0 || (ahead === 0 && must === "be as good as")) continue;
    lacks.push(`${name} is ${String(ours ?? "not there")}, and ${peer.of} has ${String(theirs)}`);
  }
  if (decided === 0)
    return [
      `no metric says whether it is better than ${peer.of}; say in the settings which way is better`,
    ];
  return lacks;
}

function renderThreshold({
  metric,
  min,
  max,
  value,
}: ApprovalEvidence["thresholds"][number]): string {
  const wanted = [
    ...(min === undefined ? [] : [`at least ${String(min)}`]),
    ...(max === undefined ? [] : [`at most ${String(max)}`]),
  ].join(" and ");
  return `${metric} is ${String(value ?? "not there")} and must be ${wanted}`;
}

/** As `isNamedBy`; a person may also be meant by the whole name, which is all that an account of a machine has. */
function isNamed(identity: Identity, entry: string): boolean {
  if (isNamedBy(identity, entry)) return true;
  return identity.grade !== "machine" && identity.name.toLowerCase() === entry.trim().toLowerCase();
}

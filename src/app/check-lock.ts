/**
 * Whether `mlops.lock.yaml` can be gone by: that what each guarded environment runs was approved as the policy asks, and
 * that this registry, where it knows the model, says the same. Reads the registry only; the store is not asked.
 */
import type { Registry } from "../ports/registry.ts";
import { type ApprovalPolicy, refusalsOf } from "../registry/approval-policy.ts";
import type { ApprovalEvidence } from "../registry/evidence.ts";
import { type LockedModel, lockedModels } from "../registry/lock.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { Lock, LockApproval, LockEntry } from "../registry/schema.ts";
import { type Environments, pointsAt } from "./assign-alias.ts";

/** What was found in one entry. */
export interface LockFinding {
  readonly environment: string;
  /** `churn@v3` */
  readonly reference: string;
  readonly code:
    | "not-approved"
    | "approval-refused"
    | "approval-forced"
    | "identity-unproven"
    | "signature-broken"
    | "models-lock-stale"
    | "digest-mismatch"
    | "not-pulled";
  readonly message: string;
  /** `note`: nothing is wrong, and somebody may want to know. */
  readonly severity: "error" | "warning" | "note";
}

export interface LockCheck {
  readonly policy: ApprovalPolicy;
  readonly environments: Pick<Environments, "known" | "guarded">;
}

/**
 * In the order of the lock, then of aliases that it lacks.
 * @param lock As `weighLock` gives it: here its grades are taken as they stand.
 */
export function checkLock(
  lock: Lock | undefined,
  check: LockCheck,
  models: Registry["models"],
): readonly LockFinding[] {
  const locked = lock === undefined ? [] : lockedModels(lock);
  return [
    ...locked.flatMap((one) => [...checkApproval(one, check), ...checkAgainst(one, models)]),
    ...lackingIn(lock, check, models),
  ];
}

function checkApproval(one: LockedModel, check: LockCheck): readonly LockFinding[] {
  const { environment, entry } = one;
  if (!check.environments.guarded.includes(environment)) return [];
  const [approval] = entry.approvals;
  if (approval === undefined)
    return [finding(one, "not-approved", "error", "nobody has approved it")];
  if (approval.forced !== undefined && approval.forced.length > 0) {
    const lacked = `${approval.by.name} let it in without ${approval.forced.join("; ")}: ${approval.reason}`;
    return [finding(one, "approval-forced", "warning", lacked)];
  }
  const request = {
    environment,
    requestedBy: approval["requested-by"],
    author: entry.registered.by,
    evidence: evidenceOf(entry, approval),
  };
  return refusalsOf(check.policy, request, approval.by).map(({ message }) =>
    finding(one, "approval-refused", "error", message),
  );
}

/** What this registry says of the same version and alias; a registry that has never seen the model says nothing. */
function checkAgainst(one: LockedModel, models: Registry["models"]): readonly LockFinding[] {
  const { environment, model, entry } = one;
  const here = models.get(model, entry.version);
  if (here === undefined)
    return [
      finding(one, "not-pulled", "note", "this registry does not have it: mlops models pull"),
    ];
  if (here.contentDigest !== entry.content)
    return [
      finding(one, "digest-mismatch", "error", "this registry has other content under that number"),
    ];
  const version = pointsAt(model, environment, models);
  if (version === entry.version) return [];
  const points = version === null ? "at nothing" : `at v${String(version)}`;
  return [
    finding(
      one,
      "models-lock-stale",
      "error",
      `${model}@${environment} points ${points} in this registry (mlops models pull follows the file, mlops models alias changes both)`,
    ),
  ];
}

/** Aliases of environments that the lock does not have. */
function lackingIn(
  lock: Lock | undefined,
  { environments }: LockCheck,
  models: Registry["models"],
): readonly LockFinding[] {
  const names = [...new Set(models.list().map(({ model }) => model))];
  return names.flatMap((model) =>
    models
      .aliases(model)
      .filter(
        ({ alias }) =>
          environments.known.includes(alias) && lock?.environments[alias]?.[model] === undefined,
      )
      .map(
        ({ alias, version }): LockFinding => ({
          environment: alias,
          reference: renderModelVersion({ model, version }),
          code: "models-lock-stale",
          message:
            "mlops.lock.yaml does not name it: move the alias away and back, or bring the file back from git",
          severity: "error",
        }),
      ),
  );
}

function finding(
  { environment, model, entry }: LockedModel,
  code: LockFinding["code"],
  severity: LockFinding["severity"],
  message: string,
): LockFinding {
  const reference = renderModelVersion({ model, version: entry.version });
  return { environment, reference, code, message, severity };
}

/** What the lock keeps of the evidence; what it does not was never there. */
function evidenceOf(entry: LockEntry, { evidence }: LockApproval): ApprovalEvidence {
  const metrics = metricsOf(entry.metrics);
  const peer = (
    one: NonNullable<LockApproval["evidence"]>["baseline"],
  ): ApprovalEvidence["baseline"] =>
    one === undefined || "because" in one ? one : { of: one.of, metrics: metricsOf(one.metrics) };
  const { certificate } = entry;
  return {
    origin: evidence?.origin,
    metrics,
    thresholds: (evidence?.thresholds ?? []).map(({ metric, min, max, value, holds }) => ({
      metric,
      min,
      max,
      value,
      holds,
    })),
    baseline: peer(evidence?.baseline),
    champion: peer(evidence?.champion),
    better: evidence?.better ?? {},
    certificate:
      certificate === null
        ? undefined
        : {
            digest: certificate.digest,
            verdict: certificate.verdict,
            coverage: evidence?.coverage ?? {},
            excluded: evidence?.excluded ?? [],
          },
    tests: evidence?.tests ?? { because: "the lock file says nothing of them" },
    leakage: evidence?.leakage,
  };
}

function metricsOf(metrics: LockEntry["metrics"]): ApprovalEvidence["metrics"] {
  return Object.entries(metrics).map(([name, value]) => ({ name, value }));
}

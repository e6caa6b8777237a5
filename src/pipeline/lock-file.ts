/** requirements.lock: every file that an install may take, by hash. Its second line says from which inputs it was made. */
import { sha256OfJson } from "../base/hash.ts";
import type { EnvironmentObservation } from "../observation/schema.ts";
import type { Plan, PlanRequirement } from "./plan.ts";
import { requirementLine } from "./requirements.ts";

/** All that a lock depends on; the same inputs give the same lock without asking anybody. */
export interface LockInputs {
  readonly requirements: readonly PlanRequirement[];
  /** Everything installed where the notebook ran: the versions that the resolver must choose. */
  readonly installed: readonly { readonly distribution: string; readonly version: string }[];
  /** `3.11` */
  readonly python: string;
  /** `Linux-x86_64` */
  readonly platform: string;
}

/** One file an installer may take. */
export interface LockedFile {
  readonly distribution: string;
  readonly version: string;
  /** `sha256:…` */
  readonly hashes: readonly string[];
}

/** What the lock of a plan depends on. */
export function lockInputs(plan: Plan, environment: EnvironmentObservation): LockInputs {
  return {
    requirements: plan.requirements,
    installed: environment.installed ?? environment.loaded,
    python: plan.python,
    platform: environment.platform,
  };
}

/** The lines of a requirements file; `undefined` with the reason where a lock with hashes cannot exist. */
export function lockableLines(
  requirements: readonly PlanRequirement[],
):
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly because: string } {
  const direct = requirements.find(
    (one) => one.source !== undefined && one.source.kind !== "archive",
  );
  if (direct !== undefined) {
    const from = direct.source?.kind === "vcs" ? "a repository" : "a folder";
    return {
      ok: false,
      because: `${direct.distribution} is installed from ${from}, which has no hash`,
    };
  }
  const lines = requirements.map(requirementLine).filter((line) => line !== undefined);
  return { ok: true, lines };
}

/** The versions a resolver must keep to, as lines of a constraints file. */
export function constraintLines(inputs: LockInputs): readonly string[] {
  return inputs.installed.map(({ distribution, version }) => `${distribution}==${version}`);
}

/** What is written in the lock, so that the next promotion sees whether it still holds. */
export function lockDigest(inputs: LockInputs): string {
  return sha256OfJson({ format: 1, ...inputs });
}

/** The digest a lock was made for; `undefined` for one that somebody else made. */
export function digestOfLock(text: string): string | undefined {
  return /^# inputs: (sha256:[0-9a-f]{64})$/m.exec(text)?.[1];
}

/**
 * @param resolver With what it was made: `uv`, `pip`.
 * @param scope Where it holds: `any platform`, or the one it was made on.
 */
export function lockHeader(
  inputs: LockInputs,
  { resolver, scope }: { readonly resolver: string; readonly scope: string },
): string {
  return [
    `# Locked with ${resolver} for Python ${inputs.python} on ${scope}: pip install --require-hashes -r requirements.lock`,
    `# inputs: ${lockDigest(inputs)}`,
    "",
  ].join("\n");
}

/** The body of a lock, sorted by name. */
export function renderLockedFiles(files: readonly LockedFile[]): string {
  return files
    .toSorted((a, b) => (a.distribution < b.distribution ? -1 : 1))
    .map(({ distribution, version, hashes }) =>
      [
        `${distribution}==${version}`,
        ...hashes.toSorted().map((hash) => `    --hash=${hash}`),
      ].join(" \\\n"),
    )
    .join("\n")
    .concat("\n");
}

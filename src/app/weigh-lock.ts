/**
 * The lock file with what the identities in it are worth now: what it says of them itself counts for nothing. Every gate
 * that reads an approval there reads it through this.
 */
import type { Result } from "../base/result.ts";
import type { Git } from "../ports/git.ts";
import { type Identity, plainIdentity } from "../registry/identity.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { Proof } from "../registry/proof-schema.ts";
import type { Lock, LockApproval } from "../registry/schema.ts";
import { decisionStatement, requestStatement } from "../registry/statement.ts";
import type { LockFinding } from "./check-lock.ts";
import { type PlacedApproval, proofOfLockCommit } from "./lock-commit.ts";
import type { SshPorts, SshSurroundings } from "./ssh-signatures.ts";
import { type Weighed, weighProof } from "./weigh-proof.ts";

export interface LockWeighing extends SshSurroundings {
  /** `approval.signers`. */
  readonly signersFile: string | undefined;
  /** `approval.identities`: where names are taken as they are typed, nobody is asked for more behind one. */
  readonly identities: "authenticated" | "asserted";
}

/** The lock as it may be gone by, and why that is less than it says. */
export interface WeighedLock {
  readonly lock: Lock;
  /** In the order of the file. */
  readonly findings: readonly LockFinding[];
}

/** @throws EnvironmentError `ssh-keygen-missing` where there is a signature to verify. */
export async function weighLock(
  lock: Lock,
  weighing: LockWeighing,
  ports: SshPorts & { readonly git: Git },
): Promise<WeighedLock> {
  const weighed = structuredClone(lock);
  const findings: LockFinding[] = [];
  for (const [environment, models] of Object.entries(weighed.environments))
    for (const [model, entry] of Object.entries(models)) {
      const { version, content } = entry;
      for (const [index, approval] of entry.approvals.entries()) {
        const placed = { environment, model, version, content, approval };
        const sides = await weighApproval(placed, weighing, ports);
        const [by, requestedBy] = sides.map(({ now }) => plainIdentity(now.identity));
        if (by === undefined || requestedBy === undefined) continue;
        entry.approvals[index] = { ...approval, by, "requested-by": requestedBy };
        findings.push(...sides.flatMap((side) => findingOf(placed, side)));
      }
    }
  return { lock: weighed, findings };
}

/** One of the two who had to agree. */
interface Side {
  readonly did: "approved" | "asked for";
  readonly recorded: Identity;
  readonly now: Weighed;
}

async function weighApproval(
  placed: PlacedApproval,
  weighing: LockWeighing,
  ports: SshPorts & { readonly git: Git },
): Promise<readonly Side[]> {
  const { approval, content, environment, model, version } = placed;
  let commit: Promise<Result<Proof, string>> | undefined;
  const vouching = async (): Promise<Result<Proof, string>> =>
    (commit ??= proofOfLockCommit({ ...weighing, placed }, ports));
  const approver = withProof(approval.by, approval.proof);
  const requester = withProof(approval["requested-by"], approval.requested?.proof);
  const atMs = Date.parse(approval.at);
  const { requested } = approval;
  const request = {
    environment,
    model,
    version,
    id: approval.request ?? undefined,
    requestedBy: requester,
    reason: requested?.reason ?? "",
    createdAtMs: requested === undefined ? atMs : Date.parse(requested.at),
  };
  const decision = { kind: "approve", reason: approval.reason, atMs } as const;
  const sides = [
    {
      did: "approved",
      recorded: approver,
      statement: decisionStatement(request, decision, content),
    },
    { did: "asked for", recorded: requester, statement: requestStatement(request, content) },
  ] as const;
  const weighed: Side[] = [];
  for (const { did, recorded, statement } of sides) {
    const isNameEnough = weighing.identities === "asserted" && recorded.grade === "asserted";
    const now = isNameEnough
      ? { identity: recorded, because: undefined }
      : await weighProof({ ...weighing, identity: recorded, statement, vouching }, ports);
    weighed.push({ did, recorded, now });
  }
  return weighed;
}

function findingOf(placed: PlacedApproval, { did, recorded, now }: Side): readonly LockFinding[] {
  if (now.because === undefined) return [];
  const isBroken = recorded.proof?.kind === "signature";
  return [
    {
      environment: placed.environment,
      reference: renderModelVersion(placed),
      code: isBroken ? "signature-broken" : "identity-unproven",
      message: `nobody can tell that ${recorded.name} ${did} it, because ${now.because}`,
      severity: isBroken ? "error" : "note",
    },
  ];
}

function withProof(identity: LockApproval["by"], proof: Proof | undefined): Identity {
  return proof === undefined ? identity : { ...identity, proof };
}

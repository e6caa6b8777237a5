/**
 * Brings what `mlops.lock.yaml` names into this registry and store, so that a clone without `.mlops` has exactly what was
 * approved elsewhere: the bytes are fetched by digest, the version keeps its number, the environments' aliases point at it.
 */
import type { Sha256 } from "../base/brand.ts";
import { ConflictError } from "../base/errors.ts";
import { isSha256, sha256OfJson } from "../base/hash.ts";
import type { Clock } from "../ports/clock.ts";
import type { Registry } from "../ports/registry.ts";
import type { Identity } from "../registry/identity.ts";
import { type LockedModel, lockedModels } from "../registry/lock.ts";
import type { ModelVersion } from "../registry/model.ts";
import { isRunId, renderModelVersion } from "../registry/names.ts";
import type { Lock } from "../registry/schema.ts";
import { pointsAt } from "./assign-alias.ts";
import { checkTransferred } from "./check-transferred.ts";
import { MODELS_LOCK } from "./models-lock.ts";
import type { ModelsPullReport } from "./models-store-schema.ts";
import { blobsOf, bytesOf } from "./push-models.ts";
import { pullBlobs, type TransferPorts } from "./transfer-blobs.ts";

export interface PullInput {
  readonly lock: Lock;
  /** Only these environments; empty for all. */
  readonly environments: readonly string[];
  /** Only these models; empty for all. */
  readonly models: readonly string[];
  /** The store that is asked, for the record. */
  readonly from: string;
  readonly actor: Identity;
  readonly signal: AbortSignal;
}

/**
 * All bytes first, then everything in the registry at once.
 *
 * @throws ConflictError `lock-names-nothing`, `model-version-taken`, `blob-missing`; UpstreamError `digest-mismatch`; what the store throws.
 */
export async function pullModels(
  input: PullInput,
  ports: TransferPorts & {
    readonly registry: Pick<Registry, "models" | "together">;
    readonly clock: Clock;
  },
): Promise<ModelsPullReport> {
  const { from, signal, actor } = input;
  const locked = choose(input);
  const versions = versionsOf(locked, from);
  const outcomes = await pullBlobs(versions.flatMap(blobsOf), signal, ports);
  checkTransferred(outcomes, from, ports.shared);
  const atMs = ports.clock.nowMs();
  ports.registry.together(() => {
    for (const version of versions)
      ports.registry.models.adopt(version, {
        action: "model.pulled",
        subject: renderModelVersion(version),
        actor,
        details: { from, content: version.contentDigest },
        atMs,
      });
    for (const { environment, model, entry } of locked)
      pointAlias({ environment, model, version: entry.version }, { actor, atMs }, ports.registry);
  });
  const moved = outcomes.filter(({ state }) => state === "moved");
  return {
    from,
    models: locked.map(({ environment, model, entry }) => ({
      environment,
      reference: renderModelVersion({ model, version: entry.version }),
    })),
    pulled: moved.length,
    present: outcomes.length - moved.length,
    bytes: bytesOf(moved),
  };
}

/** @throws ConflictError `lock-names-nothing`. */
function choose({ lock, environments, models }: PullInput): readonly LockedModel[] {
  const all = lockedModels(lock);
  const chosen = all.filter(
    ({ environment, model }) =>
      (environments.length === 0 || environments.includes(environment)) &&
      (models.length === 0 || models.includes(model)),
  );
  if (chosen.length > 0) return chosen;
  const there = all.map(({ environment, model }) => `${model} in ${environment}`).join(", ");
  throw new ConflictError("mlops.lock.yaml names no such model in such an environment.", {
    code: "lock-names-nothing",
    where: { path: MODELS_LOCK },
    hint: there === "" ? "it names none at all" : `it names ${there}`,
  });
}

/** Each version once, although several environments may run it. */
function versionsOf(locked: readonly LockedModel[], from: string): readonly ModelVersion[] {
  const versions = new Map<string, ModelVersion>();
  for (const one of locked) {
    const version = versionOf(one, from);
    const name = renderModelVersion(version);
    const other = versions.get(name);
    if (other !== undefined && other.contentDigest !== version.contentDigest)
      throw new ConflictError(`mlops.lock.yaml names two different models as ${name}.`, {
        code: "model-version-taken",
        where: { path: MODELS_LOCK },
        hint: "one of them was registered in another registry: bring the file back from git, and move the alias again",
      });
    versions.set(name, version);
  }
  return [...versions.values()];
}

function versionOf({ model, entry }: LockedModel, from: string): ModelVersion {
  const { certificate, registered, run } = entry;
  const names = entry["pickled-names"];
  return {
    model,
    version: entry.version,
    pipeline: entry.pipeline,
    pipelineRevision: entry.revision ?? undefined,
    runId: isRunId(run) ? run : badRun(run),
    files: Object.fromEntries(
      Object.entries(entry.files).map(([path, digest]) => [path, digestOf(digest)]),
    ),
    contentDigest: sha256OfJson(entry.files),
    metrics: Object.entries(entry.metrics).map(([name, value]) => ({ name, value })),
    certificateDigest: certificate === null ? undefined : digestOf(certificate.digest),
    verdict: certificate?.verdict,
    createdBy: { ...registered.by },
    createdAtMs: Date.parse(registered.at),
    pickledNames: names ?? undefined,
    // The lock keeps what an approver was shown; what was measured stays with the registry that measured it.
    evaluation: undefined,
    origin: { kind: "pulled", from },
  };
}

/** The lock is the word of whoever may move the alias; here it is only followed. */
function pointAlias(
  to: { readonly environment: string; readonly model: string; readonly version: number },
  { actor, atMs }: { readonly actor: Identity; readonly atMs: number },
  { models }: Pick<Registry, "models">,
): void {
  const { environment: alias, model, version } = to;
  const before = pointsAt(model, alias, models);
  if (before === version) return;
  models.setAlias(model, alias, version, {
    action: "alias.moved",
    subject: `${model}@${alias}`,
    actor,
    details: { from: before, to: version, lock: true },
    atMs,
  });
}

function digestOf(text: string): Sha256 {
  if (isSha256(text)) return text;
  throw new Error(`the lock was checked, and ${text} is no digest`);
}

function badRun(run: string): never {
  throw new ConflictError(`mlops.lock.yaml names the run "${run}", which is none.`, {
    code: "lock-invalid",
    where: { path: MODELS_LOCK },
    hint: "bring the file back from git",
  });
}

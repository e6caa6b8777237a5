/** Shares the bytes of model versions through the store that the settings name, and writes into the lock file where they are. */
import type { Artifacts } from "../ports/artifacts.ts";
import { lockedModels, lockWith } from "../registry/lock.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { checkTransferred } from "./check-transferred.ts";
import { changeModelsLock, type LockPorts, readModelsLock } from "./models-lock.ts";
import type { ModelsPushReport } from "./models-store-schema.ts";
import {
  type BlobOutcome,
  type LabelledBlob,
  pushBlobs,
  type TransferPorts,
} from "./transfer-blobs.ts";

/** What sharing needs: the transfer's ports, and how long a blob here is. */
export type PushPorts = TransferPorts & { readonly local: Pick<Artifacts, "open"> };

/**
 * Everything that a version's directory is made of, and its certificate.
 * @throws ConflictError `blob-missing` where the project's store has not all of it; what the store throws.
 */
export async function pushVersions(
  versions: readonly ModelVersion[],
  signal: AbortSignal,
  ports: PushPorts,
): Promise<readonly BlobOutcome[]> {
  const blobs: LabelledBlob[] = [];
  for (const blob of versions.flatMap(blobsOf)) {
    const source = await ports.local.open(blob.digest);
    blobs.push(source === undefined ? blob : { ...blob, bytes: source.bytes });
  }
  const outcomes = await pushBlobs(blobs, signal, ports);
  checkTransferred(outcomes, "the project's store", ports.shared);
  return outcomes;
}

/** Those of `pushVersions`, then the lock file: every entry of these versions says where the bytes are. */
export async function pushModels(
  input: {
    readonly versions: readonly ModelVersion[];
    /** As the settings name it; it goes into a committed file. */
    readonly store: string;
    readonly signal: AbortSignal;
  },
  ports: PushPorts & LockPorts,
): Promise<ModelsPushReport> {
  const { versions, store, signal } = input;
  const outcomes = await pushVersions(versions, signal, ports);
  await tellLock(versions, store, ports);
  const moved = outcomes.filter(({ state }) => state === "moved");
  return {
    store,
    versions: versions.map(renderModelVersion),
    pushed: moved.length,
    present: outcomes.length - moved.length,
    bytes: bytesOf(moved),
  };
}

/** Bytes of what was moved. */
export function bytesOf(outcomes: readonly BlobOutcome[]): number {
  let sum = 0;
  for (const { bytes } of outcomes) sum += bytes ?? 0;
  return sum;
}

/** A version's blobs, each with its path for a name. */
export function blobsOf(
  version: Pick<ModelVersion, "model" | "version" | "files" | "certificateDigest">,
): readonly LabelledBlob[] {
  const name = renderModelVersion(version);
  const files = Object.entries(version.files).map(([path, digest]) => ({
    digest,
    label: `${name}/${path}`,
  }));
  const { certificateDigest: digest } = version;
  return digest === undefined ? files : [...files, { digest, label: `the certificate of ${name}` }];
}

async function tellLock(
  versions: readonly ModelVersion[],
  store: string,
  ports: LockPorts,
): Promise<void> {
  const contents = new Set<string>(versions.map(({ contentDigest }) => contentDigest));
  const lock = await readModelsLock(ports.files);
  if (lock === undefined) return;
  const isTold = lockedModels(lock).every(
    ({ entry }) => !contents.has(entry.content) || entry.store === store,
  );
  if (isTold) return;
  await changeModelsLock(
    (now) => {
      let changed = now ?? lock;
      for (const { entry, ...at } of lockedModels(changed))
        if (contents.has(entry.content)) changed = lockWith(changed, at, { ...entry, store });
      return changed;
    },
    ports,
    () => undefined,
  );
}

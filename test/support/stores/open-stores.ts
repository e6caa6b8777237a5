/** Every kind of shared store, opened on something on this machine that a test can look into and break. */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { openFolderStore } from "../../../src/adapters/folder-blob-store.ts";
import { googleHeaders } from "../../../src/adapters/gcs/access.ts";
import { openGcsStore } from "../../../src/adapters/gcs/blob-store.ts";
import { openUploadSessions } from "../../../src/adapters/gcs/sessions.ts";
import { openHttpsStore } from "../../../src/adapters/https-blob-store.ts";
import { openS3Store } from "../../../src/adapters/s3/blob-store.ts";
import type { Sha256 } from "../../../src/base/brand.ts";
import type { BlobStore } from "../../../src/ports/blob-store.ts";
import { memoryBlobStore } from "../memory-blob-store.ts";
import { GCS_BUCKET, startGcsServer, workloadIdentity } from "./gcs-server.ts";
import { PLAIN_TOKEN, startPlainServer } from "./plain-server.ts";
import { S3_BUCKET, startS3Server } from "./s3-server.ts";
import type { StoreServer } from "./store-server.ts";

/** A store, and the way around it. */
export interface OpenedStore {
  /** As the next command would. */
  readonly open: () => BlobStore;
  /** Puts bytes under a name, whether they match it or not. */
  readonly plant: (digest: Sha256, bytes: Uint8Array) => Promise<void>;
  readonly lookAt: (digest: Sha256) => Promise<Uint8Array | undefined>;
}

export interface ServedStore extends OpenedStore {
  readonly server: StoreServer;
}

/** A folder that is gone after the test. */
export async function scratchFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mlops-store-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function openMemory(): Promise<OpenedStore> {
  const store = memoryBlobStore();
  return Promise.resolve({
    open: () => store,
    plant: (digest, bytes) => Promise.resolve(void store.blobs.set(digest, bytes)),
    lookAt: (digest) => Promise.resolve(store.blobs.get(digest)),
  });
}

async function openFolder(): Promise<OpenedStore> {
  const folder = await scratchFolder();
  const pathOf = (digest: Sha256): string => join(folder, keyOf(digest));
  return {
    open: () => openFolderStore(folder),
    plant: async (digest, bytes) => {
      await mkdir(dirname(pathOf(digest)), { recursive: true });
      await writeFile(pathOf(digest), bytes);
    },
    lookAt: (digest) => readFile(pathOf(digest)).catch(() => undefined),
  };
}

function served(server: StoreServer, open: () => BlobStore): ServedStore {
  onTestFinished(server.vanish);
  return {
    server,
    open,
    plant: (digest, bytes) =>
      Promise.resolve(void server.blobs.set(keyOf(digest), Buffer.from(bytes))),
    lookAt: (digest) => Promise.resolve(server.blobs.get(keyOf(digest))),
  };
}

async function openHttps(): Promise<ServedStore> {
  const server = await startPlainServer();
  return served(server, () => openHttpsStore(`${server.url}/store`, PLAIN_TOKEN));
}

async function openS3(): Promise<ServedStore> {
  const server = await startS3Server();
  const environment = s3Environment(server.url);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const address = { kind: "s3", bucket: S3_BUCKET, prefix: "churn/" } as const;
  return served(server, () => openS3Store(address, environment));
}

/** What the AWS tools would be told; nothing of the machine's own is looked at. */
export function s3Environment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: "AKIATEST",
    AWS_SECRET_ACCESS_KEY: "secret-of-a-test",
    AWS_REGION: "eu-west-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/nowhere/config",
    AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
  };
}

async function openGcs(): Promise<ServedStore> {
  const server = await startGcsServer();
  const folder = await scratchFolder();
  await writeFile(join(folder, "token"), "token-of-the-runner");
  await writeFile(join(folder, "identity.json"), workloadIdentity(server, join(folder, "token")));
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", join(folder, "identity.json"));
  const sessions = openUploadSessions(join(folder, "sessions"));
  const address = { kind: "gs", bucket: GCS_BUCKET, prefix: "churn/" } as const;
  return served(server, () => {
    const access = { service: server.url, headers: googleHeaders() };
    return openGcsStore(address, access, sessions);
  });
}

/** Those that a server stands behind. */
export const SERVED_STORES: Readonly<Record<string, () => Promise<ServedStore>>> = {
  https: openHttps,
  s3: openS3,
  gcs: openGcs,
};

export const ALL_STORES: Readonly<Record<string, () => Promise<OpenedStore>>> = {
  memory: openMemory,
  folder: openFolder,
  ...SERVED_STORES,
};

function keyOf(digest: Sha256): string {
  const hex = digest.slice("sha256:".length);
  return `blobs/${hex.slice(0, 2)}/${hex}`;
}

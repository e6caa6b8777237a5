/**
 * A shared store in a bucket of Google Cloud Storage, by its JSON API. What is large goes up in a resumable upload.
 * Every upload names the MD5 of its bytes, so that the service refuses what arrives otherwise.
 *
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects and https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
import { createHash } from "node:crypto";
import type { Sha256 } from "../../base/brand.ts";
import { EnvironmentError, TransientError } from "../../base/errors.ts";
import type { BlobSource, BlobStore, BlobTransfer, StoreAddress } from "../../ports/blob-store.ts";
import { blobKey } from "../blob-key.ts";
import { bucketSizes } from "../bucket-sizes.ts";
import { collect } from "../collect.ts";
import { askStore, downloadOf, type HttpAnswer, type HttpRequest } from "../store-requests.ts";
import { googleHeaders } from "./access.ts";
import { ObjectSize } from "./schema.ts";
import type { UploadSessions } from "./sessions.ts";

const CREDENTIALS =
  "Google's application default credentials are taken (gcloud auth application-default login, or GOOGLE_APPLICATION_CREDENTIALS): they need storage.objects.get, to push also storage.objects.create and storage.objects.delete";

/** Up to here one request is cheaper than the two of a resumable upload. */
const SINGLE_BYTES = 8 << 20;

/** What a store is asked for. */
type Asked = Omit<HttpRequest, "store" | "credentials" | "headers"> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** The service, and who asks it. */
export interface GcsAccess {
  /** Without a slash at the end. */
  readonly service: string;
  readonly headers: ReturnType<typeof googleHeaders>;
}

/** @param environment STORAGE_EMULATOR_HOST is asked instead of Google where it is set, without credentials. */
export function accessGcs(environment: Readonly<Record<string, string | undefined>>): GcsAccess {
  const emulator = environment["STORAGE_EMULATOR_HOST"] ?? "";
  return emulator === ""
    ? { service: "https://storage.googleapis.com", headers: googleHeaders() }
    : { service: addressOf(emulator), headers: () => Promise.resolve({}) };
}

/** @param sessions Where it is kept which uploads are under way. */
export function openGcsStore(
  { bucket, prefix }: Extract<StoreAddress, { bucket: string }>,
  { service, headers: whoAsks }: GcsAccess,
  sessions: UploadSessions,
): BlobStore {
  const store = `gs://${bucket}/${prefix}`.replace(/\/$/, "");
  const objects = `b/${encodeURIComponent(bucket)}/o`;
  const nameOf = (digest: Sha256): string => prefix + blobKey(digest);
  const urlOf = (digest: Sha256): string =>
    `${service}/storage/v1/${objects}/${encodeURIComponent(nameOf(digest))}`;
  const ask = async (asked: Asked): Promise<HttpAnswer> => {
    const request = { store, doing: asked.doing, credentials: CREDENTIALS };
    const who = await whoAsks(request, asked.signal);
    const headers = { "accept-encoding": "identity", ...who, ...asked.headers };
    return askStore({ ...request, ...asked, headers });
  };

  const look = async (digest: Sha256, signal: AbortSignal): Promise<number | undefined> => {
    const url = `${urlOf(digest)}?fields=size`;
    const answer = await ask({ doing: "look", url, method: "GET", accepted: [404], signal });
    const text = await answer.text();
    if (answer.status !== 404) return ObjectSize.parse(JSON.parse(text)).size;
    checkBucket(store, text);
    return undefined;
  };

  const get: BlobStore["get"] = async (digest, from, signal) => {
    const answer = await ask({
      doing: "get",
      url: `${urlOf(digest)}?alt=media`,
      method: "GET",
      headers: from === 0 ? {} : { range: `bytes=${String(from)}-` },
      accepted: from === 0 ? [404] : [404, 416],
      signal,
    });
    if (answer.status === 404) {
      checkBucket(store, await answer.text());
      return undefined;
    }
    return (await downloadOf(answer, from)) ?? get(digest, 0, signal);
  };

  const putAtOnce = async (
    digest: Sha256,
    source: BlobSource,
    transfer: BlobTransfer,
  ): Promise<void> => {
    const bytes = await collect(source.read(0));
    const metadata = JSON.stringify({ name: nameOf(digest), md5Hash: md5(bytes) });
    const line = `part-${digest.slice("sha256:".length)}`;
    const before = `--${line}\r\ncontent-type: application/json\r\n\r\n${metadata}\r\n--${line}\r\ncontent-type: application/octet-stream\r\n\r\n`;
    const answer = await ask({
      doing: "put",
      url: `${service}/upload/storage/v1/${objects}?uploadType=multipart`,
      method: "POST",
      headers: { "content-type": `multipart/related; boundary=${line}` },
      body: Buffer.concat([Buffer.from(before), bytes, Buffer.from(`\r\n--${line}--\r\n`)]),
      accepted: [404],
      signal: transfer.signal,
    });
    if (answer.status === 404) throw noBucket(store);
    await answer.discard();
    transfer.sent?.(bytes.length, "now");
  };

  const begin = async (
    digest: Sha256,
    source: BlobSource,
    signal: AbortSignal,
  ): Promise<string> => {
    const hash = createHash("md5");
    for await (const piece of source.read(0)) {
      signal.throwIfAborted();
      hash.update(piece);
    }
    const answer = await ask({
      doing: "put",
      url: `${service}/upload/storage/v1/${objects}?uploadType=resumable`,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-upload-content-type": "application/octet-stream",
        "x-upload-content-length": String(source.bytes),
      },
      body: Buffer.from(JSON.stringify({ name: nameOf(digest), md5Hash: hash.digest("base64") })),
      accepted: [404],
      signal,
    });
    await answer.discard();
    if (answer.status === 404) throw noBucket(store);
    const session = answer.header("location");
    if (session === undefined) throw new Error(`${store} began an upload without a name`);
    return session;
  };

  /** How many bytes of the upload are there; all of them when it is done, `undefined` when it is gone. */
  const askProgress = async (
    session: string,
    bytes: number,
    signal: AbortSignal,
  ): Promise<number | undefined> => {
    const headers = { "content-range": `bytes */${String(bytes)}` };
    const accepted = [308, 404, 410];
    const answer = await ask({
      doing: "put",
      url: session,
      method: "PUT",
      headers,
      body: new Uint8Array(),
      accepted,
      signal,
    });
    await answer.discard();
    if (answer.status === 308) return arrived(answer);
    return accepted.includes(answer.status) ? undefined : bytes;
  };

  const putResumably = async (
    digest: Sha256,
    source: BlobSource,
    transfer: BlobTransfer,
  ): Promise<void> => {
    const { signal } = transfer;
    const object = `${service}/${objects}/${nameOf(digest)}`;
    const known = await sessions.find(object);
    // Nothing goes to another place than the service, whatever somebody wrote into the file.
    const isOurs =
      known !== undefined &&
      URL.canParse(known) &&
      new URL(known).origin === new URL(service).origin;
    const there = isOurs ? await askProgress(known, source.bytes, signal) : undefined;
    const session =
      there === undefined || known === undefined ? await begin(digest, source, signal) : known;
    if (session !== known) await sessions.keep(object, session);
    const from = there ?? 0;
    if (from > 0) transfer.sent?.(from, "earlier");
    if (from < source.bytes) {
      const last = String(source.bytes - 1);
      const answer = await ask({
        doing: "put",
        url: session,
        method: "PUT",
        headers: {
          "content-range": `bytes ${String(from)}-${last}/${String(source.bytes)}`,
          "content-length": String(source.bytes - from),
        },
        body: counting(source, from, transfer),
        accepted: [308, 404, 410],
        signal,
      });
      await answer.discard();
      if (answer.status === 404 || answer.status === 410) await sessions.forget(object);
      if (answer.status >= 300)
        throw new TransientError(`${store} did not take all of an upload.`, {
          code: "store-unreachable",
          hint: "run the command again: it goes on with what has arrived",
        });
    }
    await sessions.forget(object);
  };

  return {
    describe: () => store,
    place: (digest) => `gs://${bucket}/${nameOf(digest)}`,
    has: (digests, signal) => bucketSizes(digests, (digest) => look(digest, signal)),
    get,
    put: (digest, source, transfer) =>
      (source.bytes > SINGLE_BYTES ? putResumably : putAtOnce)(digest, source, transfer),
    setAside: () => Promise.resolve(false),
  };
}

/** Of a resumable upload: `Range: bytes=0-524287`, or nothing at all. */
function arrived(answer: HttpAnswer): number {
  const last = /^bytes=0-(\d+)$/.exec(answer.header("range") ?? "")?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}

async function* counting(
  source: BlobSource,
  from: number,
  { sent }: BlobTransfer,
): AsyncIterable<Uint8Array> {
  for await (const piece of source.read(from)) {
    yield piece;
    sent?.(piece.length, "now");
  }
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}

/** @throws EnvironmentError when the answer says that the bucket is missing, and not the object. */
function checkBucket(store: string, text: string): void {
  if (/bucket does not exist/i.test(text)) throw noBucket(store);
}

function noBucket(store: string): EnvironmentError {
  return new EnvironmentError(`There is no bucket for ${store}.`, {
    code: "store-unreachable",
    hint: "check store: in .mlopsrc.yaml, and the project that the credentials belong to",
  });
}

/** The tools that emulate it are named by host, or by a whole address. */
function addressOf(host: string): string {
  return (/^https?:\/\//.test(host) ? host : `http://${host}`).replace(/\/+$/, "");
}

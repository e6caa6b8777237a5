/**
 * Uploads in parts. The service itself remembers which parts of an upload are there, so that another command, or another
 * machine, goes on with it. Each part carries its SHA-256; one that is there with another is sent again. Nobody sees the
 * blob before the upload is completed.
 */
import { createHash } from "node:crypto";
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type Part,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { TransientError } from "../../base/errors.ts";
import { severalAtOnce } from "../../base/several-at-once.ts";
import type { BlobSource, BlobTransfer } from "../../ports/blob-store.ts";
import { collect } from "../collect.ts";
import { noBucket, type S3Access } from "./client.ts";

/** A blob in a bucket. */
export interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

type Upload = Target & { readonly UploadId: string };

const PARTS_AT_ONCE = 3;
const LEAST_PART_BYTES = 8 << 20;
/** The service takes no more of one object. */
const MOST_PARTS = 10_000;

/** @throws TransientError when the upload was ended by somebody else meanwhile. */
export async function putInParts(
  target: Target,
  source: BlobSource,
  transfer: BlobTransfer,
  access: S3Access,
): Promise<void> {
  const { signal } = transfer;
  const begun = await findUpload(target, access, signal);
  const upload = begun ?? (await beginUpload(target, access, signal));
  const there =
    begun === undefined ? new Map<number, Part>() : await listParts(upload, access, signal);
  const parts: CompletedPart[] = [];
  const done = await severalAtOnce(partsOf(source.bytes), PARTS_AT_ONCE, async (part) => {
    const bytes = await collect(source.read(part.from, part.before));
    const checksum = createHash("sha256").update(bytes).digest("base64");
    const known = there.get(part.number);
    if (known !== undefined && isSame(known, bytes, checksum)) {
      transfer.sent?.(bytes.length, "earlier");
      parts.push(completed(part.number, known.ETag, known.ChecksumSHA256));
      return true;
    }
    const answer = await access.ask({
      doing: "put",
      signal,
      accepted: [404],
      send: (client, options) =>
        client.send(
          new UploadPartCommand({
            ...upload,
            PartNumber: part.number,
            Body: bytes,
            ContentLength: bytes.length,
            ChecksumSHA256: checksum,
          }),
          options,
        ),
    });
    if (!answer.ok) return false;
    transfer.sent?.(bytes.length, "now");
    parts.push(completed(part.number, answer.value.ETag, answer.value.ChecksumSHA256));
    return true;
  });
  const isWhole = done.every(Boolean) && (await completeUpload(upload, parts, access, signal));
  if (!isWhole) await checkFinishedElsewhere(target, source.bytes, access, signal);
}

/** Of the same size whoever sends it and whenever, so that parts of one attempt fit those of another. */
function partsOf(
  bytes: number,
): readonly { readonly number: number; readonly from: number; readonly before: number }[] {
  const least = Math.ceil(bytes / MOST_PARTS / LEAST_PART_BYTES) * LEAST_PART_BYTES;
  const size = Math.max(LEAST_PART_BYTES, least);
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => ({
    number: index + 1,
    from: index * size,
    before: Math.min(bytes, (index + 1) * size),
  }));
}

/** A service that keeps no SHA-256 of parts tells the MD5, unless it encrypts with a key of its own. */
function isSame(known: Part, bytes: Uint8Array, checksum: string): boolean {
  if (known.Size !== bytes.length) return false;
  if (known.ChecksumSHA256 !== undefined) return known.ChecksumSHA256 === checksum;
  return known.ETag?.replaceAll('"', "") === createHash("md5").update(bytes).digest("hex");
}

function completed(
  number: number,
  tag: string | undefined,
  checksum: string | undefined,
): CompletedPart {
  return {
    PartNumber: number,
    ETag: tag,
    ...(checksum === undefined ? {} : { ChecksumSHA256: checksum }),
  };
}

/** The newest that is under way; nothing where there is none, or where nobody may ask. */
async function findUpload(
  target: Target,
  access: S3Access,
  signal: AbortSignal,
): Promise<Upload | undefined> {
  const { Bucket, Key } = target;
  const answer = await access.ask({
    doing: "put",
    signal,
    accepted: [400, 403, 404, 405, 501],
    send: (client, options) =>
      client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }), options),
  });
  if (!answer.ok && answer.error.name === "NoSuchBucket") throw noBucket(access.store);
  const found = answer.ok ? (answer.value.Uploads ?? []) : [];
  const ours = found.filter((upload) => upload.Key === Key && upload.UploadId !== undefined);
  const begunMs = ({ Initiated }: (typeof ours)[number]): number => Initiated?.getTime() ?? 0;
  const newest = ours.sort((left, right) => begunMs(right) - begunMs(left))[0]?.UploadId;
  return newest === undefined ? undefined : { ...target, UploadId: newest };
}

async function beginUpload(target: Target, access: S3Access, signal: AbortSignal): Promise<Upload> {
  const answer = await access.ask({
    doing: "put",
    signal,
    send: (client, options) =>
      client.send(
        new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: "SHA256" }),
        options,
      ),
  });
  if (answer.ok && answer.value.UploadId !== undefined)
    return { ...target, UploadId: answer.value.UploadId };
  throw new Error(`${access.store} began an upload without a name`);
}

/** By number; nothing of an upload that has ended. */
async function listParts(
  upload: Upload,
  access: S3Access,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Part>> {
  const parts = new Map<number, Part>();
  let marker: string | undefined;
  do {
    const from = marker === undefined ? {} : { PartNumberMarker: marker };
    const answer = await access.ask({
      doing: "put",
      signal,
      accepted: [403, 404],
      send: (client, options) => client.send(new ListPartsCommand({ ...upload, ...from }), options),
    });
    if (!answer.ok) return parts;
    for (const part of answer.value.Parts ?? [])
      if (part.PartNumber !== undefined) parts.set(part.PartNumber, part);
    const next = answer.value.NextPartNumberMarker;
    marker = answer.value.IsTruncated === true && next !== marker ? next : undefined;
  } while (marker !== undefined);
  return parts;
}

/** False when there is no such upload any more. */
async function completeUpload(
  upload: Upload,
  parts: readonly CompletedPart[],
  access: S3Access,
  signal: AbortSignal,
): Promise<boolean> {
  const inOrder = parts.toSorted((left, right) => (left.PartNumber ?? 0) - (right.PartNumber ?? 0));
  const answer = await access.ask({
    doing: "put",
    signal,
    accepted: [404],
    send: (client, options) =>
      client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: inOrder } }),
        options,
      ),
  });
  return answer.ok;
}

/** Two who send the same blob share one upload; the first to finish it ends it for both. */
async function checkFinishedElsewhere(
  target: Target,
  bytes: number,
  access: S3Access,
  signal: AbortSignal,
): Promise<void> {
  const answer = await access.ask({
    doing: "put",
    signal,
    accepted: [404],
    send: (client, options) => client.send(new HeadObjectCommand(target), options),
  });
  if (answer.ok && answer.value.ContentLength === bytes) return;
  throw new TransientError(`An upload to ${access.store} was ended by somebody else.`, {
    code: "store-unreachable",
    hint: "run the command again",
  });
}

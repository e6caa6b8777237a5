/**
 * A shared store in an S3 bucket, or in anything that speaks S3 where the environment names its address (AWS_ENDPOINT_URL_S3,
 * AWS_ENDPOINT_URL). Who asks, and in which region, is found as the AWS tools find it.
 */
import { createHash } from "node:crypto";
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { Sha256 } from "../../base/brand.ts";
import type { BlobStore, StoreAddress } from "../../ports/blob-store.ts";
import { blobKey } from "../blob-key.ts";
import { bucketSizes } from "../bucket-sizes.ts";
import { collect } from "../collect.ts";
import { accessS3, noBucket, type S3Access } from "./client.ts";
import { putInParts, type Target } from "./multipart.ts";

/** Up to here one request is cheaper than the three that parts need. */
const SINGLE_BYTES = 16 << 20;

/** @param environment Taken from here is what the SDK does not look for itself. */
export function openS3Store(
  { bucket, prefix }: Extract<StoreAddress, { bucket: string }>,
  environment: Readonly<Record<string, string | undefined>>,
): BlobStore {
  const access = accessS3(`s3://${bucket}/${prefix}`.replace(/\/$/, ""), environment);
  const targetOf = (digest: Sha256): Target => ({ Bucket: bucket, Key: prefix + blobKey(digest) });
  let isBucketThere = false;

  const look = async (digest: Sha256, signal: AbortSignal): Promise<number | undefined> => {
    const answer = await access.ask({
      doing: "look",
      signal,
      accepted: [404],
      send: (client, options) => client.send(new HeadObjectCommand(targetOf(digest)), options),
    });
    if (answer.ok) return answer.value.ContentLength ?? 0;
    // HEAD does not tell a missing bucket from a missing blob.
    isBucketThere ||= await checkBucket(bucket, access, signal);
    return undefined;
  };

  const get: BlobStore["get"] = async (digest, from, signal) => {
    const range = from === 0 ? {} : { Range: `bytes=${String(from)}-` };
    const answer = await access.ask({
      doing: "get",
      signal,
      accepted: [404, 416],
      send: (client, options) =>
        client.send(new GetObjectCommand({ ...targetOf(digest), ...range }), options),
    });
    if (!answer.ok && answer.error.name === "NoSuchBucket") throw noBucket(access.store);
    if (!answer.ok && answer.error.status === 404) return undefined;
    if (!answer.ok) {
      const bytes = await look(digest, signal);
      // All of it is here, or more than there is.
      return bytes === from ? { from, bytes, pieces: none() } : get(digest, 0, signal);
    }
    const { ContentRange, ContentLength, Body } = answer.value;
    const found = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? "");
    return {
      from: found === null ? 0 : Number(found[1]),
      bytes: found === null ? ContentLength : Number(found[2]),
      pieces: isPieces(Body) ? access.reading(Body, signal) : none(),
    };
  };

  return {
    describe: () => access.store,
    place: (digest) => `s3://${bucket}/${prefix}${blobKey(digest)}`,
    has: (digests, signal) => bucketSizes(digests, (digest) => look(digest, signal)),
    get,
    put: async (digest, source, transfer) => {
      const target = targetOf(digest);
      if (source.bytes > SINGLE_BYTES) {
        await putInParts(target, source, transfer, access);
        return;
      }
      const body = await collect(source.read(0));
      await access.ask({
        doing: "put",
        signal: transfer.signal,
        send: (client, options) =>
          client.send(
            new PutObjectCommand({
              ...target,
              Body: body,
              ContentLength: body.length,
              // The service refuses what arrives with another.
              ChecksumSHA256: createHash("sha256").update(body).digest("base64"),
            }),
            options,
          ),
      });
      transfer.sent?.(body.length, "now");
    },
    setAside: () => Promise.resolve(false),
  };
}

/** True; whoever may not ask for the bucket has been told of the blob all the same. */
async function checkBucket(bucket: string, access: S3Access, signal: AbortSignal): Promise<true> {
  const answer = await access.ask({
    doing: "look",
    signal,
    accepted: [403, 404],
    send: (client, options) => client.send(new HeadBucketCommand({ Bucket: bucket }), options),
  });
  if (!answer.ok && answer.error.status === 404) throw noBucket(access.store);
  return true;
}

function isPieces(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

async function* none(): AsyncIterable<Uint8Array> {
  // There is nothing.
}

/**
 * The part of S3 that our adapter uses: objects, multipart uploads, and the errors that they answer with.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
import { createHash } from "node:crypto";
import {
  answerWithRange,
  type ServerAnswer,
  type ServerRequest,
  type StoreServer,
  startStoreServer,
} from "./store-server.ts";

export const S3_BUCKET = "team-data";

/** The least that the service takes of a part that is not the last. */
const LEAST_PART = 5 << 20;

interface Upload {
  readonly key: string;
  readonly parts: Map<number, Buffer>;
}

/** Keys begin with `churn/`, as the prefix of the store does. */
export async function startS3Server(): Promise<StoreServer> {
  const blobs = new Map<string, Buffer>();
  const uploads = new Map<string, Upload>();
  return startStoreServer(blobs, (request) => {
    const refused = checkSigned(request);
    if (refused !== undefined) return refused;
    const [, bucket, ...rest] = request.path.split("/");
    if (bucket !== S3_BUCKET) return failure(404, "NoSuchBucket");
    const key = rest.join("/");
    if (key === "") return answerForBucket(request, uploads);
    const id = request.query.get("uploadId");
    if (id !== null || request.query.has("uploads"))
      return answerForUpload(request, key, { uploads, blobs });
    return answerForObject(request, key.replace(/^churn\//, ""), blobs);
  });
}

function answerForBucket(
  { method, query }: ServerRequest,
  uploads: Map<string, Upload>,
): ServerAnswer {
  if (method === "HEAD") return { status: 200 };
  if (!query.has("uploads")) return failure(501, "NotImplemented");
  const found = [...uploads].filter(([, { key }]) => key.startsWith(query.get("prefix") ?? ""));
  const listed = found.map(
    ([id, { key }]) =>
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>2026-01-0${id}T00:00:00.000Z</Initiated></Upload>`,
  );
  return xml("ListMultipartUploadsResult", `<IsTruncated>false</IsTruncated>${listed.join("")}`);
}

function answerForObject(
  { method, header, body, isCut }: ServerRequest,
  name: string,
  blobs: Map<string, Buffer>,
): ServerAnswer {
  const found = blobs.get(name);
  if (method === "PUT") {
    if (isCut) return failure(400, "IncompleteBody");
    blobs.set(name, body);
    return { status: 200, headers: { etag: tagOf(body) } };
  }
  if (found === undefined) return failure(404, "NoSuchKey");
  if (method === "HEAD")
    return { status: 200, headers: { "content-length": String(found.length) } };
  const answer = answerWithRange(found, header("range"));
  return answer.status === 416 ? failure(416, "InvalidRange") : answer;
}

function answerForUpload(
  { method, query, header, body, isCut }: ServerRequest,
  key: string,
  {
    uploads,
    blobs,
  }: { readonly uploads: Map<string, Upload>; readonly blobs: Map<string, Buffer> },
): ServerAnswer {
  if (query.has("uploads")) {
    const id = String(uploads.size + 1);
    uploads.set(id, { key, parts: new Map() });
    return xml("InitiateMultipartUploadResult", `<Key>${key}</Key><UploadId>${id}</UploadId>`);
  }
  const id = query.get("uploadId") ?? "";
  const upload = uploads.get(id);
  if (upload?.key !== key) return failure(404, "NoSuchUpload");
  if (method === "PUT") {
    if (isCut) return failure(400, "IncompleteBody");
    upload.parts.set(Number(query.get("partNumber")), body);
    const checksum = header("x-amz-checksum-sha256") ?? "";
    return { status: 200, headers: { etag: tagOf(body), "x-amz-checksum-sha256": checksum } };
  }
  const parts = [...upload.parts].sort(([left], [right]) => left - right);
  if (method === "GET") {
    const after = Number(query.get("part-number-marker") ?? 0);
    // Two at a time, so that more than one page is asked for.
    const page = parts.filter(([number]) => number > after).slice(0, 2);
    const last = page.at(-1)?.[0] ?? 0;
    const isTruncated = parts.some(([number]) => number > last);
    const listed = page.map(
      ([number, bytes]) =>
        `<Part><PartNumber>${String(number)}</PartNumber><ETag>${tagOf(bytes)}</ETag><Size>${String(bytes.length)}</Size><ChecksumSHA256>${sha256Of(bytes)}</ChecksumSHA256></Part>`,
    );
    const more = `<IsTruncated>${String(isTruncated)}</IsTruncated><NextPartNumberMarker>${String(last)}</NextPartNumberMarker>`;
    return xml("ListPartsResult", more + listed.join(""));
  }
  const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(
    ([, number]) => Number(number),
  );
  const chosen = named.map((number) => upload.parts.get(number));
  if (chosen.includes(undefined) || named.some((number, at) => number !== at + 1))
    return failure(400, "InvalidPart");
  if (chosen.slice(0, -1).some((bytes) => (bytes?.length ?? 0) < LEAST_PART))
    return failure(400, "EntityTooSmall");
  blobs.set(
    key.replace(/^churn\//, ""),
    Buffer.concat(chosen.map((bytes) => bytes ?? Buffer.of())),
  );
  uploads.delete(id);
  return xml("CompleteMultipartUploadResult", `<Key>${key}</Key><ETag>"whole-1"</ETag>`);
}

/** Signed, not expired by the clock of a test, and with the bytes that the signature and the checksum are over. */
function checkSigned({ header, body, isCut }: ServerRequest): ServerAnswer | undefined {
  const authorization = header("authorization") ?? "";
  const isSigned =
    /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-west-1\/s3\/aws4_request, SignedHeaders=[\w;-]*host[\w;-]*, Signature=[0-9a-f]{64}$/.test(
      authorization,
    ) && header("x-amz-date") !== undefined;
  if (!isSigned) return failure(403, "AccessDenied");
  if (isCut) return undefined;
  const content = header("x-amz-content-sha256");
  if (content !== "UNSIGNED-PAYLOAD" && content !== createHash("sha256").update(body).digest("hex"))
    return failure(400, "XAmzContentSHA256Mismatch");
  const checksum = header("x-amz-checksum-sha256");
  return checksum === undefined || checksum === sha256Of(body)
    ? undefined
    : failure(400, "BadDigest");
}

function failure(status: number, code: string): ServerAnswer {
  const body = `<Error><Code>${code}</Code><Message>${code} it is</Message><RequestId>1</RequestId></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

function xml(name: string, inner: string): ServerAnswer {
  const space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?><${name} ${space}>${inner}</${name}>`,
  };
}

function tagOf(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64");
}

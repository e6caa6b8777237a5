/**
 * The part of Google Cloud Storage's JSON API that our adapter uses, with resumable uploads, and of Google's token service
 * as much as workload identity needs.
 * @see https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
import { createHash } from "node:crypto";
import {
  answerWithRange,
  type ServerAnswer,
  type ServerRequest,
  type StoreServer,
  startStoreServer,
} from "./store-server.ts";

export const GCS_BUCKET = "team-data";

const TOKEN = "token-of-google";

/** Of a resumable upload that breaks off, the service keeps whole pieces of this size. */
const KEPT = 256 << 10;

interface Session {
  readonly name: string;
  readonly md5: string | undefined;
  readonly bytes: number;
  taken: Buffer;
}

/**
 * Names begin with `churn/`, as the prefix of the store does.
 *
 * @param options.asksWho False for an emulator, which takes everybody.
 */
export async function startGcsServer(options = { asksWho: true }): Promise<StoreServer> {
  const blobs = new Map<string, Buffer>();
  const sessions = new Map<string, Session>();
  const keep = (name: string, bytes: Buffer, md5: string | undefined): ServerAnswer => {
    if (md5 !== createHash("md5").update(bytes).digest("base64"))
      return failure(400, "Provided MD5 hash does not match");
    blobs.set(name.replace(/^churn\//, ""), bytes);
    return json({ name, size: String(bytes.length) });
  };
  return startStoreServer(blobs, (request, url) => {
    const { path, method, query, header } = request;
    if (path === "/token") return tokenFor(request);
    if (options.asksWho && header("authorization") !== `Bearer ${TOKEN}`)
      return failure(401, "Invalid Credentials");
    const [, upload, rest] =
      /^(\/upload)?\/storage\/v1\/b\/team-data\/o(?:\/(.*))?$/.exec(path) ?? [];
    if (!path.includes("/b/team-data/o"))
      return failure(404, "The specified bucket does not exist.");
    if (upload !== undefined) {
      if (query.get("uploadType") === "multipart") {
        const { metadata, bytes } = partsOf(request);
        return keep(metadata.name, bytes, metadata.md5Hash);
      }
      if (method === "POST") {
        const metadata = JSON.parse(request.body.toString()) as Metadata;
        const id = String(sessions.size + 1);
        const bytes = Number(header("x-upload-content-length"));
        const md5 = metadata.md5Hash;
        sessions.set(id, { name: metadata.name, md5, bytes, taken: Buffer.of() });
        const location = `${url}${path}?uploadType=resumable&upload_id=${id}`;
        return { status: 200, headers: { location } };
      }
      const session = sessions.get(query.get("upload_id") ?? "");
      if (session === undefined) return failure(410, "Gone");
      return takePart(request, session, () => keep(session.name, session.taken, session.md5));
    }
    const found = blobs.get((rest ?? "").replace(/^churn\//, ""));
    if (found === undefined) return failure(404, `No such object: team-data/${rest ?? ""}`);
    if (query.get("alt") === "media") return answerWithRange(found, header("range"));
    return json({ size: String(found.length) });
  });
}

interface Metadata {
  readonly name: string;
  readonly md5Hash?: string;
}

function takePart(
  { header, body, isCut }: ServerRequest,
  session: Session,
  finish: () => ServerAnswer,
): ServerAnswer {
  const range = header("content-range") ?? "";
  const asked = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(range);
  if (Number(asked?.[2]) !== session.bytes) return failure(400, "Invalid Content-Range");
  const from = asked?.[1];
  if (from !== undefined) {
    if (Number(from) !== session.taken.length) return failure(503, "Out of order");
    const bytes = isCut ? body.subarray(0, Math.floor(body.length / KEPT) * KEPT) : body;
    session.taken = Buffer.concat([session.taken, bytes]);
  }
  if (session.taken.length === session.bytes && !isCut) return finish();
  const { length } = session.taken;
  return {
    status: 308,
    headers: length === 0 ? {} : { range: `bytes=0-${String(length - 1)}` },
  };
}

function partsOf({ header, body }: ServerRequest): {
  readonly metadata: Metadata;
  readonly bytes: Buffer;
} {
  const line = /boundary=(\S+)/.exec(header("content-type") ?? "")?.[1] ?? "";
  const metadataAt = body.indexOf("\r\n\r\n") + 4;
  const metadataEnd = body.indexOf(`\r\n--${line}`, metadataAt);
  const bytesAt = body.indexOf("\r\n\r\n", metadataEnd) + 4;
  return {
    metadata: JSON.parse(body.subarray(metadataAt, metadataEnd).toString()) as Metadata,
    bytes: body.subarray(bytesAt, body.lastIndexOf(`\r\n--${line}--`)),
  };
}

/** In exchange for the token that the file of the test holds. */
function tokenFor({ body }: ServerRequest): ServerAnswer {
  if (new URLSearchParams(body.toString()).get("subject_token") !== "token-of-the-runner")
    return {
      ...json({ error: "invalid_grant", error_description: "unknown subject" }),
      status: 400,
    };
  return json({
    access_token: TOKEN,
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "Bearer",
    expires_in: 3600,
  });
}

/** What GOOGLE_APPLICATION_CREDENTIALS names where a runner of CI has a token of its own. */
export function workloadIdentity(server: StoreServer, tokenFile: string): string {
  return JSON.stringify({
    type: "external_account",
    audience:
      "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/runner",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${server.url}/token`,
    credential_source: { file: tokenFile },
  });
}

function failure(status: number, message: string): ServerAnswer {
  return { ...json({ error: { code: status, message } }), status };
}

function json(value: unknown): ServerAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  };
}

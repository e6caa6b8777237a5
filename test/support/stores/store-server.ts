/**
 * What the servers of this folder have in common: they answer on this machine, count what moves, and fail when a test says so.
 * Each speaks the part of its protocol that our adapters use, and refuses what the real service would refuse of that.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ServerRequest {
  readonly method: string;
  /** Without the query, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
  /** Whether the connection was cut before all of the body came. */
  readonly isCut: boolean;
}

export interface ServerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What a test makes of a request instead of what the server would do. */
export type Fault =
  | { readonly kind: "answer"; readonly answer: ServerAnswer }
  /** The connection ends when so many bytes of the body have come, or have gone. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** So many bytes go, and no more, and the connection stays. */
  | { readonly kind: "hold"; readonly afterBytes: number };

export type StoreRequestLine = Pick<ServerRequest, "method" | "path" | "query" | "header">;

export interface StoreServer extends AsyncDisposable {
  readonly url: string;
  /** By path below the store: `blobs/3f/3f8a21…`. */
  readonly blobs: Map<string, Buffer>;
  /** Asked for each request; assigned by tests. */
  fault: (request: StoreRequestLine) => Fault | undefined;
  /** Bytes of bodies, in both directions. */
  readonly moved: { sent: number; taken: number };
  /** `GET /team/blobs/3f/3f8a21…`, in the order in which they came. */
  readonly requests: string[];
  /** Ends every connection and answers no more. */
  readonly vanish: () => Promise<void>;
}

/** @param answerTo What the protocol makes of a request; also called for one that was cut, whose answer nobody gets. */
export async function startStoreServer(
  blobs: Map<string, Buffer>,
  answerTo: (request: ServerRequest, url: string) => ServerAnswer,
): Promise<StoreServer> {
  const moved = { sent: 0, taken: 0 };
  const requests: string[] = [];
  const http = createServer((incoming, outgoing) => {
    const { socket } = incoming;
    void serve(incoming, outgoing).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  const vanish = async (): Promise<void> => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  const server: StoreServer = {
    url,
    blobs,
    moved,
    requests,
    fault: () => undefined,
    vanish,
    [Symbol.asyncDispose]: vanish,
  };

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { socket } = incoming;
    const asked = new URL(incoming.url ?? "/", url);
    const method = incoming.method ?? "GET";
    const path = decodeURIComponent(asked.pathname);
    requests.push(`${method} ${path}`);
    const header = (name: string): string | undefined => {
      const value = incoming.headers[name];
      return typeof value === "string" ? value : undefined;
    };
    const line = { method, path, query: asked.searchParams, header };
    const fault = server.fault(line);
    if (fault?.kind === "answer" && Number(header("content-length") ?? 0) > 1 << 20) {
      // As servers do that will not have the body: they say so and close.
      incoming.resume();
      send(outgoing, fault.answer, undefined);
      return;
    }
    const end = fault?.kind === "answer" ? undefined : fault;
    const { body, isCut } = await read(incoming, end?.kind === "cut" ? end.afterBytes : undefined);
    moved.taken += body.length;
    if (fault?.kind === "answer") {
      send(outgoing, fault.answer, undefined);
      return;
    }
    const answer = answerTo({ ...line, body, isCut }, url);
    if (isCut) socket.destroy();
    else send(outgoing, answer, end);
  }

  function send(
    outgoing: ServerResponse,
    { status, headers = {}, body = "" }: ServerAnswer,
    end: Exclude<Fault, { kind: "answer" }> | undefined,
  ): void {
    const bytes = Buffer.from(body);
    const isHead = outgoing.req.method === "HEAD";
    const length = status === 204 ? {} : { "content-length": String(bytes.length) };
    outgoing.writeHead(status, { ...length, ...headers });
    const part = end === undefined ? bytes : bytes.subarray(0, end.afterBytes);
    if (isHead) {
      outgoing.end();
      return;
    }
    moved.sent += part.length;
    if (part.length === bytes.length) outgoing.end(bytes);
    // The client gets what was written, and then an end where there should be more.
    else outgoing.write(part, () => end?.kind === "cut" && outgoing.req.socket.destroySoon());
  }

  return server;
}

async function read(
  incoming: IncomingMessage,
  cutAfter: number | undefined,
): Promise<{ readonly body: Buffer; readonly isCut: boolean }> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    const left = (cutAfter ?? Number.POSITIVE_INFINITY) - bytes;
    pieces.push(piece.subarray(0, left));
    bytes += Math.min(piece.length, left);
    if (piece.length >= left) return { body: Buffer.concat(pieces), isCut: true };
  }
  return { body: Buffer.concat(pieces), isCut: false };
}

/** A blob, or the part of it that was asked for. */
export function answerWithRange(bytes: Buffer, range: string | undefined): ServerAnswer {
  const from = /^bytes=(\d+)-$/.exec(range ?? "")?.[1];
  if (from === undefined)
    return { status: 200, headers: { "accept-ranges": "bytes" }, body: bytes };
  const all = String(bytes.length);
  if (Number(from) >= bytes.length)
    return { status: 416, headers: { "content-range": `bytes */${all}` } };
  const last = String(bytes.length - 1);
  return {
    status: 206,
    headers: { "content-range": `bytes ${from}-${last}/${all}` },
    body: bytes.subarray(Number(from)),
  };
}

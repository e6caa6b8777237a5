/**
 * The one HTTP server: `node:http` with limits on everything a client can make large or slow, checks of Host and Origin,
 * no CORS, no compression, request ids, and an orderly end. What is answered is the caller's business.
 * Bodies are handed over whole and never logged.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AllowedHosts } from "./host-check.ts";
import { isAllowedHost, isAllowedOrigin } from "./host-check.ts";
import { discardBody, readBody } from "./read-body.ts";

/** Largest and slowest that a client may be. */
interface ServerLimits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly connections: number;
}

/** A request that passed all checks. */
export interface SafeRequest {
  /** The client's `x-request-id` when it is short and plain, else a fresh one. */
  readonly id: string;
  /** Upper case; HEAD arrives as GET. */
  readonly method: string;
  /** Decoded path segments: `/v2/models/a` is ["v2", "models", "a"]. */
  readonly segments: readonly string[];
  readonly headers: Readonly<IncomingMessage["headers"]>;
  readonly body: Uint8Array;
  /** Aborted when the client goes away before it is answered. */
  readonly signal: AbortSignal;
}

/** An answer. */
export interface SafeResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request refused before any route was asked. */
interface ServerRefusal {
  readonly status: number;
  readonly code:
    | "request-malformed"
    | "request-too-large"
    | "request-unsupported"
    | "request-host-refused"
    | "request-origin-refused"
    | "gateway-error";
  readonly message: string;
}

export interface SafeServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly limits: ServerLimits;
  readonly allowedHosts: AllowedHosts;
  readonly handle: (request: SafeRequest) => SafeResponse | Promise<SafeResponse>;
  /** Renders what this server itself refuses; `path` chooses the protocol's form of error. */
  readonly renderRefusal: (refusal: ServerRefusal, path: string, id: string) => SafeResponse;
  /** Told of failures that are bugs; the client only sees that there was one. */
  readonly onError: (error: unknown, id: string) => void;
}

/** A listening server. */
export interface SafeServer {
  readonly host: string;
  readonly port: number;
  /** Stops accepting, lets requests in flight finish for at most `drainMs`, then cuts what is left. Safe to call twice. */
  readonly close: (drainMs: number) => Promise<void>;
}

/** Listens. Rejects with the system's error (`EADDRINUSE`, `EACCES`) when it cannot. */
export async function startSafeServer(options: SafeServerOptions): Promise<SafeServer> {
  const { limits } = options;
  const state = { isDraining: false };
  const onRequest = (message: IncomingMessage, response: ServerResponse): void => {
    if (state.isDraining) response.setHeader("connection", "close");
    void answer(options, message, response);
  };
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      // How often Node looks for requests that are too slow; its default of 30 s would make the limits above coarse.
      connectionsCheckingInterval: Math.max(50, Math.min(1000, limits.headersTimeoutMs / 4)),
    },
    onRequest,
  );
  server.maxConnections = limits.connections;
  server.maxHeadersCount = 100;
  // Asked before a large body is sent: the same checks apply, and only a good request is told to go on.
  server.on("checkContinue", onRequest);
  await listen(server, options.host, options.port);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  let closing: Promise<void> | undefined;
  return {
    host: options.host,
    port,
    close: (drainMs) => {
      state.isDraining = true;
      closing ??= drain(server, drainMs);
      return closing;
    },
  };
}

async function answer(
  options: SafeServerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = requestId(message.headers["x-request-id"]);
  const [path = ""] = (message.url ?? "").split("?", 1);
  const refuse = (refusal: ServerRefusal): void => {
    // A client still sending would lose the answer to a connection reset; one that waits for "100" sends nothing more.
    if (message.headers.expect === undefined) discardBody(message, options.limits.bodyBytes * 4);
    else response.setHeader("connection", "close");
    send(message, response, { id, answer: options.renderRefusal(refusal, path, id) });
  };
  try {
    const refusal = checkHead(options, message);
    if (refusal !== undefined) {
      refuse(refusal);
      return;
    }
    const segments = decodeSegments(path);
    if (segments === undefined) {
      refuse({ status: 400, code: "request-malformed", message: "the path is not valid" });
      return;
    }
    if (message.headers.expect?.toLowerCase() === "100-continue") response.writeContinue();
    const body = await readBody(message, options.limits.bodyBytes);
    if (body === "aborted") return;
    if (body === "too-large") {
      refuse(tooLarge(options.limits));
      return;
    }
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const method = message.method === "HEAD" ? "GET" : (message.method ?? "GET");
    const request = { id, method, segments, headers: message.headers, body, signal: gone.signal };
    send(message, response, { id, answer: await options.handle(request) });
  } catch (error) {
    options.onError(error, id);
    if (response.headersSent) response.destroy();
    else
      refuse({
        status: 500,
        code: "gateway-error",
        message: "the gateway failed; its log names this request id",
      });
  }
}

/** What the headers alone decide. */
function checkHead(
  options: SafeServerOptions,
  message: IncomingMessage,
): ServerRefusal | undefined {
  const { headers } = message;
  const hosts = message.rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.toLowerCase() === "host",
  );
  if (hosts.length > 1 || !isAllowedHost(headers.host, options.allowedHosts)) {
    return {
      status: 421,
      code: "request-host-refused",
      message:
        "this server does not answer under the name in the Host header; allow it with --allow-host",
    };
  }
  if (!isAllowedOrigin(headers.origin, headers.host)) {
    return {
      status: 403,
      code: "request-origin-refused",
      message: "requests from web pages of other origins are refused",
    };
  }
  if ((headers["content-encoding"] ?? "identity").toLowerCase() !== "identity") {
    return {
      status: 415,
      code: "request-unsupported",
      message: "compressed bodies are not accepted",
    };
  }
  // Node has already refused a length that is no number, and a length beside chunks.
  return Number(headers["content-length"] ?? 0) > options.limits.bodyBytes
    ? tooLarge(options.limits)
    : undefined;
}

function tooLarge(limits: ServerLimits): ServerRefusal {
  return {
    status: 413,
    code: "request-too-large",
    message: `the body is larger than ${String(limits.bodyBytes)} bytes`,
  };
}

function send(
  message: IncomingMessage,
  response: ServerResponse,
  {
    id,
    answer: { status, contentType, body, headers },
  }: { readonly id: string; readonly answer: SafeResponse },
): void {
  if (response.destroyed) return;
  const bytes = Buffer.from(body, "utf8");
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": bytes.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": id,
    ...headers,
  });
  response.end(message.method === "HEAD" ? undefined : bytes);
}

/** A client's id is echoed and logged, so that only short plain ones are taken. */
function requestId(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && /^[\w.:-]{1,128}$/.test(header) ? header : randomUUID();
}

function decodeSegments(path: string): readonly string[] | undefined {
  if (!path.startsWith("/")) return undefined;
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, drainMs);
  await closed;
  clearTimeout(timer);
}

/**
 * Requests to a shared store over HTTP, by Node's own `fetch`, which takes the proxy that the environment names where
 * Node is told so (NODE_USE_ENV_PROXY).
 *
 * A connection over which nothing moves for a minute is given up: a server that has gone would else be waited for.
 */
import type { BlobDownload } from "../ports/blob-store.ts";
import { failureOfAnswer, failureOfConnection, type StoreRequest } from "./store-failures.ts";

const IDLE_MS = 60_000;

export interface HttpRequest extends StoreRequest {
  readonly url: string;
  readonly method: "GET" | "HEAD" | "PUT" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** What is no failure besides 2xx. */
  readonly accepted?: readonly number[];
  readonly signal: AbortSignal;
}

/** An answer, and its body as long as somebody reads it. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Where it came from, after redirects. */
  readonly url: string;
  /** Throws as requests do. */
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly text: () => Promise<string>;
  /** Of a body that nobody wants. */
  readonly discard: () => Promise<void>;
}

/** @throws MlopsError for what is neither 2xx nor accepted, and for a connection that fails. */
export async function askStore(request: HttpRequest): Promise<HttpAnswer> {
  const idle = idleSignal();
  const signal = AbortSignal.any([request.signal, idle.signal]);
  const { url, method, headers, body } = request;
  const failed = (error: unknown): unknown => {
    idle.end();
    return failureOfConnection(
      request,
      idle.signal.aborted ? idle.signal.reason : error,
      request.signal,
    );
  };
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      signal,
      // A body is sent once: it cannot follow to another place.
      redirect: body === undefined ? "follow" : "manual",
      ...(body === undefined ? {} : { body: asBody(body, idle.moved), duplex: "half" }),
    });
  } catch (error) {
    throw failed(error);
  }
  async function* pieces(): AsyncIterable<Uint8Array> {
    try {
      const stream: AsyncIterable<Uint8Array> | null = response.body;
      if (stream === null) return;
      for await (const piece of stream) {
        idle.moved();
        yield piece;
      }
    } catch (error) {
      throw failed(error);
    } finally {
      idle.end();
    }
  }
  const answer: HttpAnswer = {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    url: response.url,
    pieces: pieces(),
    text: async () => {
      const read: Uint8Array[] = [];
      for await (const piece of answer.pieces) read.push(piece);
      return Buffer.concat(read).toString();
    },
    discard: async () => {
      idle.end();
      await response.body?.cancel().catch(() => undefined);
    },
  };
  if (response.ok || request.accepted?.includes(response.status) === true) return answer;
  throw await failureOf(request, answer);
}

/** What a server sends of a blob after it was asked for the bytes from `from` on; `undefined` when it has to be asked for all of them. */
export async function downloadOf(
  answer: HttpAnswer,
  from: number,
): Promise<BlobDownload | undefined> {
  const [first, all] = contentRange(answer);
  if (answer.status === 416) {
    await answer.discard();
    // All of it is here, or more than there is.
    return all === from ? { from, bytes: all, pieces: none() } : undefined;
  }
  if (answer.status === 206 && first === from) return { from, bytes: all, pieces: answer.pieces };
  if (answer.status === 206) {
    await answer.discard();
    return undefined;
  }
  return { from: 0, bytes: lengthOf(answer), pieces: answer.pieces };
}

/** `undefined` where the server does not say how long the body is, or packs it. */
export function lengthOf(answer: HttpAnswer): number | undefined {
  const length = answer.header("content-length");
  const encoding = answer.header("content-encoding") ?? "identity";
  return length === undefined || encoding !== "identity" ? undefined : Number(length);
}

/** The first byte and the length of the whole, as far as they are said. */
function contentRange(answer: HttpAnswer): readonly [number | undefined, number | undefined] {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(answer.header("content-range") ?? "");
  const number = (text: string | undefined): number | undefined =>
    text === undefined || text === "*" ? undefined : Number(text);
  return [number(found?.[1]), number(found?.[2])];
}

/** Nothing. */
export async function* none(): AsyncIterable<Uint8Array> {
  // Nobody waits for it.
}

async function failureOf(request: HttpRequest, answer: HttpAnswer): Promise<Error> {
  const { status } = answer;
  const moved =
    status >= 300 && status < 400 ? `, to ${answer.header("location") ?? "elsewhere"}` : "";
  await answer.discard();
  const retryAfterMs = retryAfter(answer.header("retry-after"));
  return failureOfAnswer(request, { status, said: `HTTP ${String(status)}${moved}`, retryAfterMs });
}

/** Seconds, or a date. */
function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function asBody(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  moved: () => void,
): Uint8Array<ArrayBuffer> | ReadableStream {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return ReadableStream.from(telling(body, moved));
}

async function* telling(
  body: AsyncIterable<Uint8Array>,
  moved: () => void,
): AsyncIterable<Uint8Array> {
  for await (const piece of body) {
    moved();
    yield piece;
  }
}

/** Aborted when nobody has said for a while that something moved. */
function idleSignal(): {
  readonly signal: AbortSignal;
  readonly moved: () => void;
  readonly end: () => void;
} {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort(new Error(`nothing came for ${String(IDLE_MS / 1000)} seconds`));
  };
  const timer = setTimeout(stop, IDLE_MS);
  // It must not keep the program alive.
  timer.unref();
  return {
    signal: controller.signal,
    moved: () => {
      timer.refresh();
    },
    end: () => {
      clearTimeout(timer);
    },
  };
}

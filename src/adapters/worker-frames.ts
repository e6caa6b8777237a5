/**
 * Frames of the worker protocol: `u32le header length · JSON header · payloads`, header `{ id, op, payloads: [bytes…] }`.
 * Only bytes here; what the operations mean is in `python-worker.ts` and `templates/python/worker.py`.
 */

/** One frame. */
export interface Frame {
  readonly header: FrameHeader;
  readonly payloads: readonly Uint8Array[];
}

/** What every header has; the rest depends on the operation. */
export interface FrameHeader {
  readonly id: number;
  readonly op: string;
  readonly [field: string]: unknown;
}

/** Sizes above which a frame is taken for garbage. */
export interface FrameLimits {
  readonly headerBytes: number;
  /** Of all payloads of one frame together. */
  readonly payloadBytes: number;
}

const DEFAULT_FRAME_LIMITS: FrameLimits = {
  headerBytes: 256 * 1024 * 1024,
  payloadBytes: 2 * 1024 * 1024 * 1024,
};

/** The other side sent something that is no frame. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** Parts to write one after the other; payloads are not copied. */
export function encodeFrame(
  header: FrameHeader,
  payloads: readonly Uint8Array[],
): readonly Uint8Array[] {
  const text = Buffer.from(
    JSON.stringify({ ...header, payloads: payloads.map((payload) => payload.byteLength) }),
    "utf8",
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.byteLength);
  return [Buffer.concat([length, text]), ...payloads];
}

/** Takes a stream apart into frames. State with a life: one per stream. Linear in the bytes, however they are cut. */
export class FrameReader {
  private readonly limits: FrameLimits;
  private readonly chunks: Uint8Array[] = [];
  private available = 0;
  private state: ReaderState = { kind: "length" };

  constructor(limits: FrameLimits = DEFAULT_FRAME_LIMITS) {
    this.limits = limits;
  }

  /**
   * Frames that are complete once `chunk` is there, in order.
   * @throws FrameError after which the stream is of no use.
   */
  push(chunk: Uint8Array): readonly Frame[] {
    this.chunks.push(chunk);
    this.available += chunk.byteLength;
    const frames: Frame[] = [];
    for (;;) {
      const frame = this.advance();
      if (frame === "wait") return frames;
      if (frame !== "more") frames.push(frame);
    }
  }

  private advance(): Frame | "wait" | "more" {
    const state = this.state;
    switch (state.kind) {
      case "length": {
        if (this.available < 4) return "wait";
        const length = this.take(4).readUInt32LE();
        if (length > this.limits.headerBytes)
          throw new FrameError(`a header of ${String(length)} bytes`);
        this.state = { kind: "header", length };
        return "more";
      }
      case "header": {
        if (this.available < state.length) return "wait";
        const { header, sizes } = parseHeader(this.take(state.length), this.limits);
        this.state = {
          kind: "payloads",
          header,
          sizes,
          total: sizes.reduce((sum, size) => sum + size, 0),
        };
        return "more";
      }
      case "payloads": {
        if (this.available < state.total) return "wait";
        const payloads = state.sizes.map((size) => this.take(size));
        this.state = { kind: "length" };
        return { header: state.header, payloads };
      }
    }
  }

  private take(size: number): Buffer {
    const parts: Uint8Array[] = [];
    let missing = size;
    let used = 0;
    for (const chunk of this.chunks) {
      if (missing === 0) break;
      if (chunk.byteLength <= missing) {
        parts.push(chunk);
        missing -= chunk.byteLength;
        used += 1;
      } else {
        parts.push(chunk.subarray(0, missing));
        this.chunks[used] = chunk.subarray(missing);
        missing = 0;
      }
    }
    this.chunks.splice(0, used);
    this.available -= size;
    const [only] = parts;
    return parts.length === 1 && only !== undefined
      ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
      : Buffer.concat(parts, size);
  }
}

type ReaderState =
  | { readonly kind: "length" }
  | { readonly kind: "header"; readonly length: number }
  | {
      readonly kind: "payloads";
      readonly header: FrameHeader;
      readonly sizes: readonly number[];
      readonly total: number;
    };

function parseHeader(
  bytes: Buffer,
  limits: FrameLimits,
): { readonly header: FrameHeader; readonly sizes: readonly number[] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new FrameError("a header that is not JSON", { cause });
  }
  if (typeof parsed !== "object" || parsed === null || !("id" in parsed) || !("op" in parsed)) {
    throw new FrameError("a header without id and op");
  }
  const { payloads: sizes = [], ...rest } = parsed as {
    readonly payloads?: unknown;
    readonly id: unknown;
    readonly op: unknown;
  };
  if (!isSizes(sizes)) throw new FrameError("a header whose payload lengths are no numbers");
  let total = 0;
  for (const size of sizes) total += size;
  if (total > limits.payloadBytes) throw new FrameError(`payloads of ${String(total)} bytes`);
  const { id, op } = rest;
  if (typeof id !== "number" || typeof op !== "string")
    throw new FrameError("a header whose id or op has the wrong type");
  return { header: { ...rest, id, op }, sizes };
}

function isSizes(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every(
      (size: unknown) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0,
    )
  );
}

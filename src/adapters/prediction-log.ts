/**
 * The prediction log on disk (contract 9): append-only NDJSON segments of one gateway process.
 *
 *   <start ms>-<pid>-<n>.open.ndjson   being written; its last line may be incomplete while the process lives or after a crash
 *   <start ms>-<pid>-<n>.ndjson        closed; never written again
 *
 * Files are 0600 in a folder that is 0700. A segment is closed when it is large or old enough; the oldest closed segments
 * go when the folder exceeds its limit. What cannot be written in time is dropped and counted, so that answers never wait.
 */

import type { FileHandle } from "node:fs/promises";
import { chmod, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { PredictionLog } from "../ports/prediction-log.ts";
import type { PredictionRecord } from "../serving/prediction-log-schema.ts";

/** Where the log is kept. */
export interface PredictionLogFolder {
  /** Absolute folder; made when it is not there. */
  readonly folder: string;
  readonly onError: (error: unknown) => void;
}

/** How large the log may become, and who writes it. */
export interface PredictionLogOptions {
  readonly pid: number;
  readonly nowMs: () => number;
  /** A segment is closed after this many bytes … */
  readonly segmentBytes: number;
  /** … or this long after its first record, when another record comes. */
  readonly segmentAgeMs: number;
  /** Closed segments together stay below it; the oldest are removed. */
  readonly folderBytes: number;
  /** Text waiting for the disk; more is dropped. */
  readonly waitingBytes: number;
}

/** Limits that suit a laptop and a small server. */
const DEFAULTS: PredictionLogOptions = {
  pid: process.pid,
  nowMs: Date.now,
  segmentBytes: 16 * 1024 * 1024,
  segmentAgeMs: 3_600_000,
  folderBytes: 1024 * 1024 * 1024,
  waitingBytes: 8 * 1024 * 1024,
};

/** Opens the log; segments that a dead process left open are closed. */
export async function openPredictionLog(
  folder: PredictionLogFolder,
  overrides: Partial<PredictionLogOptions> = {},
): Promise<PredictionLog> {
  const options = { ...DEFAULTS, ...overrides, ...folder };
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  await chmod(options.folder, 0o700);
  await closeAbandoned(options.folder, options.pid);
  return new SegmentedLog(options);
}

interface Segment {
  readonly file: FileHandle;
  readonly name: string;
  readonly startedAtMs: number;
  bytes: number;
}

class SegmentedLog implements PredictionLog {
  readonly #options: PredictionLogOptions & PredictionLogFolder;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #segment: Segment | undefined;
  #count = 0;
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: PredictionLogOptions & PredictionLogFolder) {
    this.#options = options;
  }

  append(records: readonly PredictionRecord[]): number {
    if (this.#isClosed) return records.length;
    let dropped = 0;
    for (const record of records) {
      const line = `${JSON.stringify(record)}\n`;
      if (this.#waitingBytes + line.length > this.#options.waitingBytes) {
        dropped += 1;
        continue;
      }
      this.#waiting.push(line);
      this.#waitingBytes += line.length;
    }
    this.#writing ??= this.#writeAll();
    return dropped;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    await this.#closeSegment();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#waiting;
        this.#waiting = [];
        await this.#write(lines);
        this.#waitingBytes -= lengthOf(lines);
      }
    } catch (error) {
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#options.onError(error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    for (const batch of batchesOf(lines, this.#options.segmentBytes)) {
      if (this.#isSegmentDone()) {
        await this.#closeSegment();
        await removeOldest(this.#options.folder, this.#options.folderBytes);
      }
      this.#segment ??= await this.#openSegment();
      const bytes = Buffer.from(batch, "utf8");
      await this.#segment.file.appendFile(bytes);
      this.#segment.bytes += bytes.length;
    }
  }

  #isSegmentDone(): boolean {
    const { nowMs, segmentBytes, segmentAgeMs } = this.#options;
    const segment = this.#segment;
    if (segment === undefined) return false;
    return segment.bytes >= segmentBytes || nowMs() - segment.startedAtMs >= segmentAgeMs;
  }

  async #openSegment(): Promise<Segment> {
    const startedAtMs = this.#options.nowMs();
    this.#count += 1;
    const name = `${String(startedAtMs)}-${String(this.#options.pid)}-${String(this.#count)}`;
    const file = await open(join(this.#options.folder, `${name}.open.ndjson`), "ax", 0o600);
    return { file, name, startedAtMs, bytes: 0 };
  }

  async #closeSegment(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#segment = undefined;
    await segment.file.sync();
    await segment.file.close();
    const path = join(this.#options.folder, segment.name);
    await rename(`${path}.open.ndjson`, `${path}.ndjson`);
  }
}

/** Lines joined into texts of about one segment at most, so that a segment exceeds its size by less than a line. */
function batchesOf(lines: readonly string[], segmentBytes: number): readonly string[] {
  const batches: string[] = [];
  let batch = "";
  for (const line of lines) {
    batch += line;
    if (batch.length < segmentBytes) continue;
    batches.push(batch);
    batch = "";
  }
  if (batch !== "") batches.push(batch);
  return batches;
}

function lengthOf(lines: readonly string[]): number {
  let length = 0;
  for (const line of lines) length += line.length;
  return length;
}

async function closeAbandoned(folder: string, ownPid: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = /^(\d+-(\d+)-\d+)\.open\.ndjson$/.exec(name);
    if (match?.[1] === undefined) continue;
    // In containers every process is number 1: a segment under our own number is an earlier one's.
    if (Number(match[2]) !== ownPid && isAlive(Number(match[2]))) continue;
    await rename(join(folder, name), join(folder, `${match[1]}.ndjson`));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

interface ClosedSegment {
  readonly path: string;
  readonly bytes: number;
  readonly startedAtMs: number;
  readonly count: number;
}

async function removeOldest(folder: string, limitBytes: number): Promise<void> {
  const closed: ClosedSegment[] = [];
  for (const name of await readdir(folder)) {
    const match = /^(\d+)-\d+-(\d+)\.ndjson$/.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    const { size } = await stat(path);
    closed.push({ path, bytes: size, startedAtMs: Number(match[1]), count: Number(match[2]) });
  }
  closed.sort((left, right) => right.startedAtMs - left.startedAtMs || right.count - left.count);
  let total = 0;
  for (const segment of closed) {
    total += segment.bytes;
    if (total > limitBytes) await unlink(segment.path);
  }
}

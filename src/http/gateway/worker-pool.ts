/**
 * Warm Python workers behind one gateway. A worker that dies or exceeds its time is replaced, after a growing pause when it
 * keeps dying; its requests are tried once more on another worker, because a prediction changes nothing.
 *
 *   starting ──► ready ──► dead ──(pause)──► starting
 *
 * Invariant: at most `inFlightPerWorker` requests per worker; more are refused at once rather than queued without end.
 */
import type { Table } from "../../contract/typed-columns.ts";
import { encodeColumns } from "../../contract/typed-columns.ts";
import type { Worker } from "../../ports/worker.ts";
import { WorkerError } from "../../ports/worker.ts";
import type { Answer } from "../../serving/answer-schema.ts";
import { PredictReply } from "../../serving/answer-schema.ts";
import type { Refusal } from "../../serving/refusal.ts";
import { chooseWorker, restartDelayMs, STEADY_LIFE_MS } from "../../serving/worker-policy.ts";

/** Something that happened to a worker; for the terminal and the metrics. */
export type PoolEvent =
  | { readonly kind: "worker-died"; readonly pid: number; readonly because: string }
  | { readonly kind: "worker-restarted"; readonly pid: number }
  | { readonly kind: "worker-start-failed"; readonly because: string; readonly retryInMs: number };

export interface WorkerPoolOptions {
  /** Starts a worker and lets it load the model. */
  readonly start: () => Promise<Worker>;
  readonly workers: number;
  readonly inFlightPerWorker: number;
  readonly predictTimeoutMs: number;
  /** How often an idle worker is asked whether it still lives. */
  readonly pingEveryMs: number;
  readonly nowMs: () => number;
  readonly onEvent: (event: PoolEvent) => void;
}

interface Slot {
  worker: Worker | undefined;
  inFlight: number;
  failures: number;
  startedAtMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** A request the pool could not answer. */
export class PredictionRefused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = "PredictionRefused";
    this.refusal = refusal;
  }
}

/** The workers of one model version. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot[];
  #previous = -1;
  #isClosed = false;
  readonly #pinger: NodeJS.Timeout;

  /** Starts all workers; when one cannot start, the others are closed and its error is thrown. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const started = await Promise.allSettled(
      Array.from({ length: options.workers }, () => options.start()),
    );
    const failed = started.find((outcome) => outcome.status === "rejected");
    const workers = started.flatMap((outcome) =>
      outcome.status === "fulfilled" ? [outcome.value] : [],
    );
    if (failed !== undefined) {
      await Promise.allSettled(workers.map((worker) => worker.close()));
      throw failed.reason;
    }
    return new WorkerPool(options, workers);
  }

  private constructor(options: WorkerPoolOptions, workers: readonly Worker[]) {
    this.#options = options;
    this.#slots = workers.map((worker) => ({
      worker,
      inFlight: 0,
      failures: 0,
      startedAtMs: options.nowMs(),
      timer: undefined,
    }));
    this.#pinger = setInterval(() => {
      for (const slot of this.#slots) if (slot.inFlight === 0) void this.#ping(slot);
    }, options.pingEveryMs);
    this.#pinger.unref();
  }

  /** Workers that can answer now. */
  get readyWorkers(): number {
    return this.#slots.filter((slot) => slot.worker !== undefined).length;
  }

  /**
   * One answer per row.
   *
   * @throws PredictionRefused when no worker is there, all are busy, or the model failed as a whole.
   */
  async predict(table: Table): Promise<readonly Answer[]> {
    try {
      return await this.#predictOnce(table);
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      if (error.failure.code !== "worker-died") throw new PredictionRefused(refusalOf(error));
    }
    try {
      return await this.#predictOnce(table);
    } catch (error) {
      throw error instanceof WorkerError ? new PredictionRefused(refusalOf(error)) : error;
    }
  }

  /** Ends all workers; requests must have finished before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#pinger);
    const workers = this.#slots.flatMap((slot) => (slot.worker === undefined ? [] : [slot.worker]));
    for (const slot of this.#slots) {
      clearTimeout(slot.timer);
      slot.worker = undefined;
    }
    await Promise.allSettled(workers.map((worker) => worker.close()));
  }

  async #predictOnce(table: Table): Promise<readonly Answer[]> {
    const { slot, worker } = this.#take();
    slot.inFlight += 1;
    try {
      const { header, payloads } = encodeColumns(table);
      const ids = Array.from({ length: table.rows }, (_, row) => String(row));
      const reply = await worker.call(
        "predict",
        { ...header, ids },
        { payloads, timeoutMs: this.#options.predictTimeoutMs },
      );
      const { answers } = PredictReply.parse(reply.result);
      if (answers.length !== table.rows) {
        throw new Error(
          `the worker gave ${String(answers.length)} answers to ${String(table.rows)} rows`,
        );
      }
      return answers;
    } catch (error) {
      if (isFatal(error)) this.#bury(slot, worker, error.failure.message);
      throw error;
    } finally {
      slot.inFlight -= 1;
    }
  }

  #take(): { readonly slot: Slot; readonly worker: Worker } {
    const ready = this.#slots.filter((slot) => slot.worker !== undefined);
    const index = chooseWorker(
      ready.map((slot) => slot.inFlight),
      this.#previous,
    );
    const slot = index === undefined ? undefined : ready[index];
    if (slot?.worker === undefined || index === undefined) {
      throw new PredictionRefused({
        status: 503,
        code: "model-not-ready",
        message: "no Python worker is running; they are being started again",
        retryAfterSeconds: 1,
      });
    }
    if (slot.inFlight >= this.#options.inFlightPerWorker) {
      throw new PredictionRefused({
        status: 503,
        code: "gateway-overloaded",
        message: "all workers are busy",
        retryAfterSeconds: 1,
      });
    }
    this.#previous = index;
    return { slot, worker: slot.worker };
  }

  async #ping(slot: Slot): Promise<void> {
    const { worker } = slot;
    if (worker === undefined) return;
    try {
      await worker.call("ping", {}, { timeoutMs: this.#options.predictTimeoutMs });
    } catch (error) {
      if (isFatal(error)) this.#bury(slot, worker, error.failure.message);
    }
  }

  /** Takes a dead worker out and plans its successor. Several requests may report the same death; one counts. */
  #bury(slot: Slot, worker: Worker, because: string): void {
    if (slot.worker !== worker || this.#isClosed) return;
    slot.worker = undefined;
    if (this.#options.nowMs() - slot.startedAtMs >= STEADY_LIFE_MS) slot.failures = 0;
    slot.failures += 1;
    this.#options.onEvent({ kind: "worker-died", pid: worker.pid, because });
    void worker.close().catch(() => undefined);
    this.#restartLater(slot);
  }

  #restartLater(slot: Slot): void {
    slot.timer = setTimeout(() => {
      void this.#restart(slot);
    }, restartDelayMs(slot.failures));
  }

  async #restart(slot: Slot): Promise<void> {
    try {
      const worker = await this.#options.start();
      if (this.#isClosed) {
        await worker.close();
        return;
      }
      slot.worker = worker;
      slot.startedAtMs = this.#options.nowMs();
      this.#options.onEvent({ kind: "worker-restarted", pid: worker.pid });
    } catch (error) {
      if (this.#isClosed) return;
      slot.failures += 1;
      const because = error instanceof Error ? error.message : String(error);
      this.#options.onEvent({
        kind: "worker-start-failed",
        because,
        retryInMs: restartDelayMs(slot.failures),
      });
      this.#restartLater(slot);
    }
  }
}

/** Codes after which a worker is gone or cannot be talked to. */
const FATAL = ["worker-died", "worker-timeout", "worker-interrupted", "worker-protocol"];

function isFatal(error: unknown): error is WorkerError {
  return error instanceof WorkerError && FATAL.includes(error.failure.code);
}

function refusalOf({ failure }: WorkerError): Refusal {
  switch (failure.code) {
    case "worker-timeout":
      return {
        status: 504,
        code: "prediction-timeout",
        message: "the model did not answer in time",
      };
    case "worker-died":
    case "worker-interrupted":
    case "worker-protocol":
      return {
        status: 503,
        code: "model-not-ready",
        message: "the Python worker died while answering",
        retryAfterSeconds: 1,
      };
    default: {
      const row = failure.row === undefined ? "" : `rows[${String(failure.row)}]: `;
      return {
        status: 500,
        code: "prediction-failed",
        message: `${row}the model failed: ${failure.message}`,
      };
    }
  }
}

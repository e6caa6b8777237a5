/** Options of a gateway, and what `mlops serve` ends with. */
import { z } from "zod";

export const ServingLimits = z.strictObject({
  /** Largest request body. */
  bodyBytes: z
    .int()
    .min(1)
    .default(8 * 1024 * 1024),
  /** Rows in one request. */
  rows: z.int().min(1).default(10_000),
  headerBytes: z
    .int()
    .min(1024)
    .default(16 * 1024),
  /** Until the headers of a request are complete. */
  headersTimeoutMs: z.int().min(1).default(10_000),
  /** Until a request, body included, has arrived. */
  requestTimeoutMs: z.int().min(1).default(30_000),
  /** Until the model has answered; a worker that takes longer is replaced. */
  predictTimeoutMs: z.int().min(1).default(30_000),
  /** Until an idle connection is closed. */
  idleTimeoutMs: z.int().min(1).default(65_000),
  connections: z.int().min(1).default(1024),
  /** Requests being answered at once, for each worker; more get 503. */
  inFlightPerWorker: z.int().min(1).default(64),
  /** How long requests may take to finish after SIGTERM. */
  drainMs: z.int().min(0).default(25_000),
});
export type ServingLimits = z.infer<typeof ServingLimits>;

export const ServingOptions = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(8080),
  workers: z.int().min(1).max(64).default(1),
  /** Host names accepted in the Host header besides loopback ones. Empty and a host that is not loopback: any. */
  allowedHosts: z.array(z.string().min(1)).default([]),
  limits: ServingLimits.prefault({}),
});
export type ServingOptions = z.infer<typeof ServingOptions>;

/** What `mlops serve` prints with `--json`, once it was told to stop. */
export const ServeResult = z.strictObject({
  model: z.string(),
  url: z.string(),
  /** Prediction requests with status 200. */
  answered: z.int().min(0),
  /** All other prediction requests. */
  failed: z.int().min(0),
});
export type ServeResult = z.infer<typeof ServeResult>;

/** What `mlops predict` prints with `--json`. */
export const ScoreResult = z.strictObject({
  model: z.string(),
  out: z.string(),
  rows: z.int().min(0),
  /** Rows for which the model raised an error. */
  failed: z.int().min(0),
  /** Rows that were left out of the output, and the file they are in; `null` where bad rows end the command. */
  rejected: z.int().min(0),
  rejects: z.string().nullable(),
  /** Newer rows that the answers look at beside those that the model keeps; `null` where none were brought. */
  history: z
    .strictObject({
      file: z.string(),
      rows: z.int().min(0),
      /** Those that were taken in place of one that the model keeps. */
      replaced: z.int().min(0),
    })
    .nullable(),
});
export type ScoreResult = z.infer<typeof ScoreResult>;

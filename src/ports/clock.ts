/** Time. Nothing else may ask for it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: () => number;
}

/** Waiting for time to pass. */
export interface Timer {
  /** Resolves after that time, or as soon as it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

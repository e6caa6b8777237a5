/** Child processes that are run to their end. Workers, which talk, are the Workers port. */

export interface ProcessRequest {
  /** Program and its arguments, each as it is; there is no shell. */
  readonly command: readonly [string, ...string[]];
  /** Absolute working directory. */
  readonly directory: string;
  /** The whole environment of the child: nothing is inherited beyond it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** After it the child is asked to stop, and killed 2 s later. */
  readonly timeoutMs: number;
  /** Aborting stops the child and rejects with an `InterruptedError`. */
  readonly signal?: AbortSignal;
  /** Given on standard input, which is empty otherwise. */
  readonly input?: string;
}

/** How a child ended; text is decoded as UTF-8. */
export type ProcessEnd =
  | {
      readonly kind: "exited";
      readonly exit: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** There is no such program, or it may not be started. */
  | { readonly kind: "not-started"; readonly reason: string }
  | { readonly kind: "timed-out"; readonly stdout: string; readonly stderr: string }
  /** Killed by a signal that was not ours. */
  | {
      readonly kind: "killed";
      readonly signal: string;
      readonly stdout: string;
      readonly stderr: string;
    };

export interface Processes {
  readonly run: (request: ProcessRequest) => Promise<ProcessEnd>;
}

import type { Sha256 } from "../base/brand.ts";

/** What an interpreter said when it was asked which one it is. */
export interface InterpreterAnswer {
  readonly version: string;
  readonly executable: string;
}

/** What a started interpreter said of its packages. */
export interface InterpreterPackages {
  readonly environment: Sha256;
  /** Every place it looks for packages in. */
  readonly searched: readonly string[];
}

/**
 * What interpreters said earlier, so that a command that executes nothing need not start one. Only ever an answer of
 * the same program over the same packages: where that cannot be told from the file system, there is no answer.
 */
export interface Interpreters {
  /** `undefined` when it must be asked. A bare command is looked up as a shell would. */
  readonly answer: (command: string) => Promise<InterpreterAnswer | undefined>;
  readonly keepAnswer: (command: string, answer: InterpreterAnswer) => Promise<void>;
  /** Digest of interpreter and packages; `undefined` when it must be asked. */
  readonly environment: (python: string) => Promise<Sha256 | undefined>;
  /** @param askedAtMs Before the interpreter looked; what changed since then is not remembered. */
  readonly keepEnvironment: (
    python: string,
    packages: InterpreterPackages,
    askedAtMs: number,
  ) => Promise<void>;
}

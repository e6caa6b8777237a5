import type { Diagnostic, Place } from "./diagnostic.ts";

/** What an error carries besides its message. */
export interface ErrorDetails {
  /** Stable kebab-case code that `mlops explain` documents. */
  readonly code: string;
  readonly hint?: string;
  readonly where?: Place;
  /** Further findings of the same failure, for example every broken cell. */
  readonly diagnostics?: readonly Diagnostic[];
  readonly cause?: unknown;
}

/** A failure that somebody outside this program can mend. Its message is in the user's terms. */
export abstract class MlopsError extends Error {
  abstract readonly exitCode: number;
  readonly code: string;
  readonly hint: string | undefined;
  readonly where: Place | undefined;
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.hint = details.hint;
    this.where = details.where;
    this.diagnostics = details.diagnostics ?? [];
  }
}

/** The error itself, which from then on names every place as `locate` does. */
export function errorAt(error: MlopsError, locate: (place: Place) => Place): MlopsError {
  const diagnostics = error.diagnostics.map((found) =>
    found.where === undefined ? found : { ...found, where: locate(found.where) },
  );
  const where = error.where === undefined ? undefined : locate(error.where);
  return Object.defineProperties(error, {
    where: { value: where, enumerable: true },
    diagnostics: { value: diagnostics, enumerable: true },
  });
}

/** A wrong flag, argument or a missing answer to a prompt. */
export class UsageError extends MlopsError {
  readonly exitCode = 2;
}
/** `.mlopsrc.yaml` or another file of ours says something it may not. */
export class ConfigError extends MlopsError {
  readonly exitCode = 2;
}
/** A notebook, data file or hand-edited file that cannot be used as it is. */
export class InputError extends MlopsError {
  readonly exitCode = 2;
}
/** The state on disk or in the registry does not allow what was asked. */
export class ConflictError extends MlopsError {
  readonly exitCode = 2;
}
/** Something the machine lacks: Python, a module, a permission, disk. */
export class EnvironmentError extends MlopsError {
  readonly exitCode = 3;
}
/** A server or child process outside our control failed. */
export class UpstreamError extends MlopsError {
  readonly exitCode = 3;
}
/** A server that may well answer when it is asked again: it was busy, or the connection was lost. */
export class TransientError extends UpstreamError {
  /** What the server asked to wait for; `undefined` when it did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: ErrorDetails & { readonly retryAfterMs?: number }) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}
/** The user or a supervisor stopped the command. */
export class InterruptedError extends MlopsError {
  readonly exitCode = 130;
}

/** What shared stores answer when they do not do what was asked → errors that say who can do what about it. */
import {
  EnvironmentError,
  InterruptedError,
  MlopsError,
  TransientError,
  UpstreamError,
} from "../base/errors.ts";
import { codeOf } from "./disk-errors.ts";

/** A request to a store. */
export interface StoreRequest {
  /** Of the store, without credentials. */
  readonly store: string;
  readonly doing: "look" | "get" | "put";
  /** How this kind of store is told who asks. */
  readonly credentials: string;
}

/** What a store answered. */
export interface StoreAnswer {
  /** Of HTTP; `undefined` when there was none. */
  readonly status: number | undefined;
  /** What the store says of it, in a few words. */
  readonly said: string;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

const AGAIN = "what has arrived is not sent again: run the command again when the store answers";

const VERBS = { look: "asking", get: "reading from", put: "writing to" } as const;

/** An answer that is no success. */
export function failureOfAnswer(request: StoreRequest, answer: StoreAnswer): MlopsError {
  const { status, said, retryAfterMs, cause } = answer;
  const { store, doing, credentials } = request;
  const text = `${VERBS[doing]} ${store}: ${said}`;
  const details = cause === undefined ? {} : { cause };
  if (status === 401 || status === 403)
    return new UpstreamError(`Denied ${text}.`, {
      ...details,
      code: "store-denied",
      hint: credentials,
    });
  if (doing === "put" && (status === 405 || status === 501))
    return new UpstreamError(`${store} takes no blobs: ${said}.`, {
      ...details,
      code: "store-read-only",
      hint: "push to the folder or bucket behind it, or let the server take PUT below blobs/",
    });
  if (status === undefined || mayMendItself(status))
    return new TransientError(`No luck ${text}.`, {
      ...details,
      code: "store-unreachable",
      hint: AGAIN,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  return new UpstreamError(`Refused ${text}.`, {
    ...details,
    code: "store-refused",
    hint: "whoever looks after the store knows what it takes; mlops explain store-refused says more",
  });
}

/** A request that found no answer, or lost it in the middle. What the signal says goes first: nobody failed then. */
export function failureOfConnection(
  request: StoreRequest,
  error: unknown,
  signal: AbortSignal,
): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof MlopsError || error instanceof InterruptedError) return error;
  const reason = reasonOf(error);
  if (WILL_NOT_MEND.test(reason.code))
    return new EnvironmentError(`${request.store} cannot be reached: ${reason.text}.`, {
      code: "store-unreachable",
      hint: "check the address in store: of .mlopsrc.yaml, the network and the certificates that this machine trusts",
      cause: error,
    });
  return failureOfAnswer(request, { status: undefined, said: reason.text, cause: error });
}

/** There is no such host, or it is not who it says it is. */
const WILL_NOT_MEND =
  /^(?:ENOTFOUND$|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_|EPROTO$)/;

/** Of a failure that others wrapped: the innermost says it best. */
function reasonOf(error: unknown): { readonly code: string; readonly text: string } {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  if (at instanceof AggregateError && at.errors.length > 0) return reasonOf(at.errors[0]);
  const text = at instanceof Error ? at.message : String(at);
  return { code: codeOf(at), text: text === "" ? codeOf(at) : text.replace(/\.$/, "") };
}

function mayMendItself(status: number): boolean {
  // 501, 505 and 507 say what the server cannot do, not that it is busy.
  return [408, 425, 429].includes(status) || (status >= 500 && ![501, 505, 507].includes(status));
}

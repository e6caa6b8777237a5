/** ID tokens of CI systems: asking the system for one, and checking one with the keys that its issuer publishes. */
import type { Result } from "../base/result.ts";
import type { CheckedToken } from "../registry/ci-claims.ts";

/** What a token must be to count. */
export interface TokenExpectation {
  /** Exactly one of these must have made it; no other is ever asked for keys. */
  readonly issuers: readonly string[];
  /** It must be made for this reader and for no other. */
  readonly audience: string;
  readonly nowMs: number;
  /** By how much clocks may differ. */
  readonly leewayMs: number;
}

/** Why a token does not count; `because` ends a sentence that begins with "the token". Neither holds any part of it. */
export type TokenProblem =
  | { readonly kind: "issuer"; readonly issuer: string }
  /** The issuer's keys could not be fetched. */
  | { readonly kind: "unreachable"; readonly host: string; readonly because: string }
  | { readonly kind: "invalid"; readonly because: string };

/** Where a CI system gives out tokens: an address, and the secret that opens it. */
export interface TokenSource {
  readonly url: string;
  readonly bearer: string;
  readonly audience: string;
}

export interface IdTokens {
  /** Signature, issuer, audience and times; what the claims mean is the core's business. */
  readonly check: (
    token: string,
    expected: TokenExpectation,
  ) => Promise<Result<CheckedToken, TokenProblem>>;
  /** As GitHub Actions gives them out. */
  readonly request: (source: TokenSource) => Promise<Result<string, TokenProblem>>;
}

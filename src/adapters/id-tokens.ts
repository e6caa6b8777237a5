/**
 * ID tokens over https, checked by jose; the only file that imports it. Keys come from the issuer's discovery document
 * (https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig) and never from the token.
 */
import type { JSONWebKeySet, JWTPayload } from "jose";
import { err, ok, type Result } from "../base/result.ts";
import type { IdTokens, TokenExpectation, TokenProblem, TokenSource } from "../ports/id-tokens.ts";
import type { CheckedToken } from "../registry/ci-claims.ts";

/** Signatures with a public key only: with HS256 whoever knows the published key could sign. */
const ALGORITHMS = ["RS256", "ES256", "EdDSA"];
const TIMEOUT_MS = 15_000;
/** Of a discovery document, a key set or an answer with a token; real ones have a few kilobytes. */
const MOST_BYTES = 256 * 1024;
const MOST_TOKEN_LENGTH = 16 * 1024;

/** The one call this needs; tests lead it to a server of their own. */
export type Fetch = (url: URL, options: RequestInit) => Promise<Response>;

/** A failure on the way to an answer, as words. */
class Unanswered extends Error {}

export function createIdTokens(fetchUrl: Fetch = fetch): IdTokens {
  return {
    check: async (token, expected) => {
      if (token.length > MOST_TOKEN_LENGTH) return invalid("is too long to be one");
      const jose = await import("jose");
      let issuer: string | undefined;
      try {
        issuer = jose.decodeJwt(token).iss;
      } catch {
        return invalid("is no JSON Web Token");
      }
      if (issuer === undefined) return invalid("does not say who made it");
      // Before anybody is asked for anything: an address out of a token is a stranger's.
      if (!expected.issuers.includes(issuer)) return err({ kind: "issuer", issuer });
      try {
        const keys = await keysOf(issuer, fetchUrl);
        return await verified(token, { ...expected, issuers: [issuer] }, keys);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        return err({ kind: "unreachable", host: hostOf(issuer), because: error.message });
      }
    },
    request: async (source) => {
      try {
        return await tokenFrom(source, fetchUrl);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        return err({ kind: "unreachable", host: hostOf(source.url), because: error.message });
      }
    },
  };
}

async function verified(
  token: string,
  { issuers, audience, nowMs, leewayMs }: TokenExpectation,
  keys: JSONWebKeySet,
): Promise<Result<CheckedToken, TokenProblem>> {
  const jose = await import("jose");
  let payload: JWTPayload;
  try {
    const checked = await jose.jwtVerify(token, jose.createLocalJWKSet(keys), {
      algorithms: ALGORITHMS,
      issuer: [...issuers],
      audience,
      currentDate: new Date(nowMs),
      clockTolerance: leewayMs / 1_000,
      requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
    });
    payload = checked.payload;
  } catch (error) {
    // Keys that a caller brings cannot be read either: whatever jose says no to is no token for us.
    if (error instanceof jose.errors.JOSEError || error instanceof TypeError)
      return invalid(reasonOf(error));
    throw error;
  }
  const { iss, sub, aud, iat, exp } = payload;
  if (iss === undefined || sub === undefined || iat === undefined || exp === undefined)
    return invalid("lacks a claim");
  if (iat * 1_000 > nowMs + leewayMs) return invalid("was made in the future");
  // A token for several readers may have been sent on by any of them.
  if (Array.isArray(aud) && aud.length !== 1) return invalid("is made for others, too");
  return ok({
    issuer: iss,
    subject: sub,
    issuedAtMs: iat * 1_000,
    expiresAtMs: exp * 1_000,
    claims: payload,
  });
}

/** jose's messages name claims and algorithms, and never hold a part of the token. */
function reasonOf(error: Error & { readonly code?: string }): string {
  switch (error.code) {
    case "ERR_JWT_EXPIRED":
      return "has expired";
    case "ERR_JWS_SIGNATURE_VERIFICATION_FAILED":
      return "is not signed with a key of its issuer";
    case "ERR_JWKS_NO_MATCHING_KEY":
    case "ERR_JWKS_MULTIPLE_MATCHING_KEYS":
      return "names no key of its issuer";
    case "ERR_JOSE_ALG_NOT_ALLOWED":
      return `is not signed with one of ${ALGORITHMS.join(", ")}`;
    default:
      return `is not valid (${error.message})`;
  }
}

async function keysOf(issuer: string, fetchUrl: Fetch): Promise<JSONWebKeySet> {
  const discovery = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const found = await jsonFrom(discovery, fetchUrl);
  // https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
  if (found["issuer"] !== issuer) throw new Unanswered("its settings are another issuer's");
  const address = found["jwks_uri"];
  if (typeof address !== "string") throw new Unanswered("its settings name no keys");
  const keys = await jsonFrom(address, fetchUrl);
  if (!isKeySet(keys)) throw new Unanswered("its keys cannot be read");
  return keys;
}

async function tokenFrom(
  { url, bearer, audience }: TokenSource,
  fetchUrl: Fetch,
): Promise<Result<string, TokenProblem>> {
  const address = parseUrl(url);
  address.searchParams.set("audience", audience);
  const { value } = await jsonFrom(address.href, fetchUrl, { authorization: `bearer ${bearer}` });
  return typeof value === "string" ? ok(value) : invalid("was not in the answer");
}

async function jsonFrom(
  address: string,
  fetchUrl: Fetch,
  headers: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const url = parseUrl(address);
  let text: string;
  try {
    const response = await fetchUrl(url, {
      headers: { accept: "application/json", ...headers },
      // Whoever a redirect leads to is not who the settings trust, and must not see the secret.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Unanswered(`it answered ${String(response.status)}`);
    text = await textOf(response);
  } catch (error) {
    if (error instanceof Unanswered) throw error;
    if (error instanceof DOMException && error.name === "TimeoutError")
      throw new Unanswered(`it did not answer within ${String(TIMEOUT_MS / 1_000)} s`);
    throw new Unanswered("it cannot be reached");
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isMapping(value)) return value;
  } catch {
    // Said below.
  }
  throw new Unanswered("its answer is no JSON object");
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Unanswered("its answer is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** @throws Unanswered for anything but https: on the way of an open connection keys could be exchanged. */
function parseUrl(address: string): URL {
  const url = URL.parse(address);
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "")
    throw new Unanswered("its address is not https");
  return url;
}

function hostOf(address: string): string {
  return URL.parse(address)?.host ?? "an address that is none";
}

function invalid(because: string): Result<never, TokenProblem> {
  return err({ kind: "invalid", because });
}

function isKeySet(
  value: Readonly<Record<string, unknown>>,
): value is { keys: object[] } & Readonly<Record<string, unknown>> {
  const keys: unknown = value["keys"];
  return Array.isArray(keys) && keys.every(isMapping);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

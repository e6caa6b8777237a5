import { err, ok } from "../../src/base/result.ts";
import type { IdTokens, TokenSource } from "../../src/ports/id-tokens.ts";
import type { TokenClaims } from "./id-tokens-contract.ts";

/** ID tokens of a table: what stands in it was signed by the issuer it names, whatever else does not count. */
export function fakeIdTokens(
  tokens: Readonly<Record<string, TokenClaims>>,
  given: (source: TokenSource) => string | undefined = () => undefined,
): IdTokens {
  return {
    check: async (token, { issuers, audience, nowMs, leewayMs }) => {
      const claims = tokens[token];
      if (claims === undefined) return err({ kind: "invalid", because: "is not signed" });
      const { iss, sub, aud, iat, nbf, exp } = claims;
      if (typeof iss !== "string" || !issuers.includes(iss))
        return err({ kind: "issuer", issuer: String(iss) });
      const [nowS, leewayS] = [nowMs / 1_000, leewayMs / 1_000];
      if (
        typeof sub !== "string" ||
        typeof iat !== "number" ||
        typeof exp !== "number" ||
        [aud].flat().join() !== audience ||
        iat > nowS + leewayS ||
        (typeof nbf === "number" && nbf > nowS + leewayS) ||
        exp <= nowS - leewayS
      )
        return err({ kind: "invalid", because: "does not count" });
      const times = { issuedAtMs: iat * 1_000, expiresAtMs: exp * 1_000 };
      return ok({ issuer: iss, subject: sub, ...times, claims });
    },
    request: async (source) => {
      const token = given(source);
      if (token !== undefined) return ok(token);
      return err({ kind: "unreachable", host: "ci.test", because: "it answered 403" });
    },
  };
}

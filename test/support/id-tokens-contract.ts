/** What any implementation of the IdTokens port says of good and bad tokens; run on the real one, with an issuer of its own, and on the fake. */
import { expect, test } from "vitest";
import type { IdTokens } from "../../src/ports/id-tokens.ts";

/** The moment at which all of it happens. */
export const NOW_MS = 1_767_348_000_000;
export const ISSUER = "https://issuer.test";
const NOW_S = NOW_MS / 1_000;

/** What goes into a token; times in seconds, as in tokens. */
export type TokenClaims = Readonly<Record<string, unknown>>;

export interface IdTokensBench extends AsyncDisposable {
  readonly idTokens: IdTokens;
  /** A token that the issuer signs. */
  readonly mint: (claims: TokenClaims) => Promise<string>;
  /** A token that says the same, signed with a key that is not the issuer's. */
  readonly forge: (claims: TokenClaims) => Promise<string>;
}

/** A good token's. */
export const goodClaims: TokenClaims = {
  iss: ISSUER,
  sub: "repo:acme/churn",
  aud: "mlops",
  iat: NOW_S - 10,
  nbf: NOW_S - 10,
  exp: NOW_S + 300,
  repository: "acme/churn",
};

export const expected = {
  issuers: ["https://another.test", ISSUER],
  audience: "mlops",
  nowMs: NOW_MS,
  leewayMs: 60_000,
};

export function checkIdTokensContract(open: () => Promise<IdTokensBench>): void {
  test("reads the claims of a token that its issuer signed", async () => {
    await using bench = await open();
    const checked = await bench.idTokens.check(await bench.mint(goodClaims), expected);
    expect(checked).toEqual({
      ok: true,
      value: {
        issuer: ISSUER,
        subject: "repo:acme/churn",
        issuedAtMs: NOW_MS - 10_000,
        expiresAtMs: NOW_MS + 300_000,
        claims: goodClaims,
      },
    });
  });

  test.each<{ name: string; claims: TokenClaims; good: boolean }>([
    { name: "made for this reader alone, as a list", claims: { aud: ["mlops"] }, good: true },
    { name: "expired for less than clocks differ", claims: { exp: NOW_S - 59 }, good: true },
    {
      name: "valid from a moment that one clock has not reached",
      claims: { nbf: NOW_S + 59 },
      good: true,
    },
    { name: "made a moment ahead of this clock", claims: { iat: NOW_S + 59 }, good: true },
    { name: "made for another reader", claims: { aud: "sigstore" }, good: false },
    { name: "made for others, too", claims: { aud: ["mlops", "sigstore"] }, good: false },
    { name: "made for nobody", claims: { aud: undefined }, good: false },
    { name: "expired", claims: { exp: NOW_S - 61 }, good: false },
    { name: "that never expires", claims: { exp: undefined }, good: false },
    { name: "not valid yet", claims: { nbf: NOW_S + 61 }, good: false },
    { name: "made in the future", claims: { iat: NOW_S + 61 }, good: false },
    { name: "that does not say when it was made", claims: { iat: undefined }, good: false },
    { name: "of nobody", claims: { sub: undefined }, good: false },
  ])("a token $name counts: $good", async ({ claims, good }) => {
    await using bench = await open();
    const token = await bench.mint({ ...goodClaims, ...claims });
    const checked = await bench.idTokens.check(token, expected);
    expect(checked.ok ? "good" : checked.error.kind).toBe(good ? "good" : "invalid");
    expect(JSON.stringify(checked)).not.toContain(token.split(".")[2]);
  });

  test("takes no token that another key signed", async () => {
    await using bench = await open();
    const checked = await bench.idTokens.check(await bench.forge(goodClaims), expected);
    expect(checked).toMatchObject({ ok: false, error: { kind: "invalid" } });
  });

  test.each([
    ["of an issuer that nobody named", ["https://another.test"]],
    ["where only an address that begins like it is named", [`${ISSUER}.example`, `${ISSUER}/`]],
  ])("takes no token %s, whatever its subject", async (_, issuers) => {
    await using bench = await open();
    const token = await bench.mint(goodClaims);
    const checked = await bench.idTokens.check(token, { ...expected, issuers });
    expect(checked).toEqual({ ok: false, error: { kind: "issuer", issuer: ISSUER } });
  });

  test.each(["", "token", "a.b.c", "e30.e30.", "x".repeat(20_000)])(
    "takes no text that is no token: %s",
    async (text) => {
      await using bench = await open();
      const checked = await bench.idTokens.check(text, expected);
      expect(checked).toMatchObject({ ok: false, error: { kind: "invalid" } });
    },
  );
}

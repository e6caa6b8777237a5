import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { createIdTokens, type Fetch } from "../../src/adapters/id-tokens.ts";
import { fakeIdTokens } from "../support/fake-id-tokens.ts";
import {
  checkIdTokensContract,
  expected,
  goodClaims,
  type IdTokensBench,
  ISSUER,
  type TokenClaims,
} from "../support/id-tokens-contract.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const strangers = generateKeyPairSync("rsa", { modulusLength: 2048 });
const short = generateKeyPairSync("rsa", { modulusLength: 1024 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const discovery = { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` };
const keys = {
  keys: [
    { ...rsa.publicKey.export({ format: "jwk" }), kid: "rsa", use: "sig", alg: "RS256" },
    { ...ec.publicKey.export({ format: "jwk" }), kid: "ec" },
    { ...ed.publicKey.export({ format: "jwk" }), kid: "ed" },
    { ...short.publicKey.export({ format: "jwk" }), kid: "short" },
  ],
};

function json(value: unknown): Answer {
  return (_request, response) => response.end(JSON.stringify(value));
}

interface Issuer extends AsyncDisposable {
  readonly fetch: Fetch;
  readonly asked: readonly string[];
}

/** An issuer on this machine. It is reached where its https address is asked for, by the fetch that is given out: the product knows of no other way. */
async function startIssuer(answers: Readonly<Record<string, Answer>> = {}): Promise<Issuer> {
  const routes: Readonly<Record<string, Answer>> = {
    "/.well-known/openid-configuration": json(discovery),
    "/keys": json(keys),
    ...answers,
  };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    asked.push(request.url ?? "");
    const answer = routes[path];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    fetch: (url, options) =>
      fetch(`http://127.0.0.1:${String(port)}${url.pathname}${url.search}`, options),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function minted(
  claims: TokenClaims,
  key: KeyObject,
  header: { alg: string; kid?: string },
): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
}

function mint(claims: TokenClaims): Promise<string> {
  return minted(claims, rsa.privateKey, { alg: "RS256", kid: "rsa" });
}

describe("the adapter", () => {
  checkIdTokensContract(async (): Promise<IdTokensBench> => {
    const issuer = await startIssuer();
    return {
      idTokens: createIdTokens(issuer.fetch),
      mint,
      forge: (claims) => minted(claims, strangers.privateKey, { alg: "RS256", kid: "rsa" }),
      [Symbol.asyncDispose]: async () => issuer[Symbol.asyncDispose](),
    };
  });
});

describe("the fake", () => {
  checkIdTokensContract(async (): Promise<IdTokensBench> => {
    const tokens: Record<string, TokenClaims> = {};
    const idTokens = fakeIdTokens(tokens);
    return {
      idTokens,
      mint: async (claims) => {
        const token = `fake.token.${String(Object.keys(tokens).length)}-signature`;
        tokens[token] = claims;
        return token;
      },
      forge: async () => "fake.token.forged",
      [Symbol.asyncDispose]: async () => {},
    };
  });
});

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

const publicPem = rsa.publicKey.export({ format: "pem", type: "spki" });

/** What a token begins with, and its signature: as an attacker writes them. */
function assembled(
  header: Readonly<Record<string, unknown>>,
  sign: (text: string) => string,
): string {
  const text = `${encoded({ typ: "JWT", ...header })}.${encoded(goodClaims)}`;
  return `${text}.${sign(text)}`;
}

function rs256(key: KeyObject): (text: string) => string {
  return (text) => createSign("RSA-SHA256").update(text).sign(key, "base64url");
}

test.each<{ name: string; token: () => Promise<string> | string }>([
  { name: "says that it needs no signature", token: () => assembled({ alg: "none" }, () => "") },
  {
    name: "says so in other letters",
    token: () => assembled({ alg: "nOnE", kid: "rsa" }, () => ""),
  },
  {
    name: "is signed with the public key as if that were a secret",
    token: () =>
      assembled({ alg: "HS256", kid: "rsa" }, (text) =>
        createHmac("sha256", publicPem).update(text).digest("base64url"),
      ),
  },
  {
    name: "is signed with the published form of the key as if that were a secret",
    token: () =>
      assembled({ alg: "HS256", kid: "rsa" }, (text) =>
        createHmac("sha256", JSON.stringify(keys.keys[0])).update(text).digest("base64url"),
      ),
  },
  {
    name: "brings its own key",
    token: () =>
      assembled(
        { alg: "RS256", jwk: strangers.publicKey.export({ format: "jwk" }) },
        rs256(strangers.privateKey),
      ),
  },
  {
    name: "says where its key is",
    token: () =>
      assembled(
        { alg: "RS256", kid: "rsa", jku: "https://evil.test/keys" },
        rs256(strangers.privateKey),
      ),
  },
  {
    name: "names a key of another kind",
    token: () => assembled({ alg: "RS256", kid: "ec" }, rs256(rsa.privateKey)),
  },
  {
    name: "names a key that there is not",
    token: () => assembled({ alg: "RS256", kid: "gone" }, rs256(rsa.privateKey)),
  },
  {
    name: "is signed with an algorithm that is not among the three",
    token: () => minted(goodClaims, rsa.privateKey, { alg: "PS256", kid: "rsa" }),
  },
  {
    name: "is signed with a key that is too short",
    token: () => assembled({ alg: "RS256", kid: "short" }, rs256(short.privateKey)),
  },
  {
    name: "needs an extension that nobody here knows",
    token: () => assembled({ alg: "RS256", kid: "rsa", crit: ["x"], x: 1 }, rs256(rsa.privateKey)),
  },
  {
    name: "was changed after it was signed",
    token: async () => {
      const [header, , signature] = (await mint(goodClaims)).split(".");
      return `${header ?? ""}.${encoded({ ...goodClaims, repository: "eve/churn" })}.${signature ?? ""}`;
    },
  },
])("takes no token that $name", async ({ token }) => {
  await using issuer = await startIssuer();
  const checked = await createIdTokens(issuer.fetch).check(await token(), expected);
  expect(checked).toMatchObject({ ok: false, error: { kind: "invalid" } });
  expect(
    issuer.asked.every((path) => ["/.well-known/openid-configuration", "/keys"].includes(path)),
  ).toBe(true);
});

test.each([
  { alg: "RS256", kid: "rsa", key: rsa.privateKey },
  { alg: "ES256", kid: "ec", key: ec.privateKey },
  { alg: "EdDSA", kid: "ed", key: ed.privateKey },
])("takes a token signed with $alg", async ({ alg, kid, key }) => {
  await using issuer = await startIssuer();
  const checked = await createIdTokens(issuer.fetch).check(
    await minted(goodClaims, key, { alg, kid }),
    expected,
  );
  expect(checked.ok).toBe(true);
});

test("asks nobody for the keys of an issuer that the settings do not name", async () => {
  await using issuer = await startIssuer();
  await createIdTokens(issuer.fetch).check(
    await mint({ ...goodClaims, iss: "https://evil.test" }),
    expected,
  );
  expect(issuer.asked).toEqual([]);
});

test.each<{ name: string; answers: Readonly<Record<string, Answer>>; because: string }>([
  {
    name: "is led elsewhere",
    answers: {
      "/keys": (_request, response) =>
        response.writeHead(302, { location: "https://evil.test/keys" }).end(),
    },
    because: "it answered 302",
  },
  {
    name: "finds an error",
    answers: { "/keys": (_request, response) => response.writeHead(500).end("secret") },
    because: "it answered 500",
  },
  {
    name: "finds another issuer's settings",
    answers: {
      "/.well-known/openid-configuration": json({ ...discovery, issuer: "https://evil.test" }),
    },
    because: "its settings are another issuer's",
  },
  {
    name: "is sent to keys on an open connection",
    answers: {
      "/.well-known/openid-configuration": json({
        ...discovery,
        jwks_uri: "http://issuer.test/keys",
      }),
    },
    because: "its address is not https",
  },
  {
    name: "finds no address of keys",
    answers: { "/.well-known/openid-configuration": json({ issuer: ISSUER }) },
    because: "its settings name no keys",
  },
  {
    name: "finds something else than keys",
    answers: { "/keys": json({ keys: "all" }) },
    because: "its keys cannot be read",
  },
  {
    name: "finds no JSON",
    answers: { "/keys": (_request, response) => response.end("<html>") },
    because: "its answer is no JSON object",
  },
  {
    name: "finds no end",
    answers: { "/keys": (_request, response) => response.end(" ".repeat(300_000)) },
    because: "its answer is too long",
  },
  {
    name: "finds nobody",
    answers: { "/keys": (_request, response) => response.destroy() },
    because: "it cannot be reached",
  },
])("takes no token when it $name", async ({ answers, because }) => {
  await using issuer = await startIssuer(answers);
  const checked = await createIdTokens(issuer.fetch).check(await mint(goodClaims), expected);
  expect(checked).toEqual({
    ok: false,
    error: { kind: "unreachable", host: "issuer.test", because },
  });
});

test("reaches nothing over an open connection, on this machine neither", async () => {
  const open = { ...expected, issuers: ["http://127.0.0.1:1"] };
  const checked = await createIdTokens().check(
    await mint({ ...goodClaims, iss: "http://127.0.0.1:1" }),
    open,
  );
  expect(checked).toMatchObject({ ok: false, error: { because: "its address is not https" } });
});

test("gives up on an issuer that never answers", async () => {
  const silent: Fetch = async (_url, { signal }) => {
    expect(signal).toBeInstanceOf(AbortSignal);
    throw new DOMException("too late", "TimeoutError");
  };
  const checked = await createIdTokens(silent).check(await mint(goodClaims), expected);
  expect(checked).toMatchObject({ error: { because: "it did not answer within 15 s" } });
});

test("asks GitHub Actions for a token with the secret of the job, and for its own audience", async () => {
  const given: string[] = [];
  await using issuer = await startIssuer({
    "/token": (request, response) => {
      given.push(request.headers.authorization ?? "", request.url ?? "");
      response.end(JSON.stringify({ count: 1, value: "a.b.c" }));
    },
  });
  const source = {
    url: `${ISSUER}/token?api-version=2.0`,
    bearer: "job-secret",
    audience: "mlops",
  };
  expect(await createIdTokens(issuer.fetch).request(source)).toEqual({ ok: true, value: "a.b.c" });
  expect(given).toEqual(["bearer job-secret", "/token?api-version=2.0&audience=mlops"]);
});

test.each<{ name: string; url: string; answer: Answer; error: unknown }>([
  {
    name: "leads elsewhere",
    url: `${ISSUER}/token`,
    answer: (_request, response) => response.writeHead(307, { location: "/elsewhere" }).end(),
    error: { kind: "unreachable", host: "issuer.test", because: "it answered 307" },
  },
  {
    name: "is not https",
    url: "http://issuer.test/token",
    answer: json({}),
    error: { kind: "unreachable", host: "issuer.test", because: "its address is not https" },
  },
  {
    name: "is no address",
    url: "token",
    answer: json({}),
    error: {
      kind: "unreachable",
      host: "an address that is none",
      because: "its address is not https",
    },
  },
  {
    name: "has none",
    url: `${ISSUER}/token`,
    answer: json({ message: "no" }),
    error: { kind: "invalid", because: "was not in the answer" },
  },
])(
  "sends the job's secret nowhere else when the place of tokens $name",
  async ({ url, answer, error }) => {
    await using issuer = await startIssuer({ "/token": answer });
    const source = { url, bearer: "job-secret", audience: "mlops" };
    expect(await createIdTokens(issuer.fetch).request(source)).toEqual({ ok: false, error });
    expect(issuer.asked).not.toContain("/elsewhere");
  },
);

import { expect, test } from "vitest";
import type { Proof } from "../../src/registry/proof-schema.ts";
import { misfitOf, renderStatement, type Statement } from "../../src/registry/statement.ts";

const statement: Statement = {
  decision: "approve",
  model: "churn",
  version: 3,
  content: `sha256:${"ab".repeat(32)}`,
  environment: "production",
  request: 7,
  requestedBy: "ada@example.org",
  reason: "recall rose",
  at: "2026-01-02T10:00:00.000Z",
};

test("says everything that is decided, in one text whatever the order", () => {
  const text = renderStatement(statement);
  expect(text).toBe(
    `{"at":"2026-01-02T10:00:00.000Z","content":"sha256:${"ab".repeat(32)}","decision":"approve","environment":"production","model":"churn","reason":"recall rose","request":7,"requestedBy":"ada@example.org","schema":"mlops.statement/1","version":3}`,
  );
  const turned = Object.fromEntries(Object.entries(statement).reverse()) as unknown as Statement;
  expect(renderStatement(turned)).toBe(text);
});

test.each<Partial<Statement>>([
  { decision: "reject" },
  { decision: "request", request: undefined },
  { model: "price" },
  { version: 4 },
  { content: `sha256:${"cd".repeat(32)}` },
  { environment: "staging" },
  { request: 8 },
  { requestedBy: "eve@example.org" },
  { reason: 'recall rose","version":4' },
  { at: "2026-01-02T10:00:00.001Z" },
])("has another text when anything is another: %j", (change) => {
  expect(renderStatement({ ...statement, ...change })).not.toBe(renderStatement(statement));
});

const token: Proof = {
  kind: "oidc",
  issuer: "https://gitlab.com",
  subject: "s",
  audience: "mlops",
  claims: {},
  issued: "2026-01-02T09:58:00.000Z",
  expires: "2026-01-02T10:03:00.000Z",
};

test.each<{ at: string; audience?: string; misfit: string | undefined }>([
  { at: "2026-01-02T10:00:00.000Z", misfit: undefined },
  { at: "2026-01-02T09:57:00.000Z", misfit: undefined },
  { at: "2026-01-02T09:56:59.999Z", misfit: "the token was not valid at the time of the decision" },
  { at: "2026-01-02T10:04:00.000Z", misfit: undefined },
  { at: "2026-01-02T10:04:00.001Z", misfit: "the token was not valid at the time of the decision" },
  { at: "never", misfit: "the token was not valid at the time of the decision" },
  {
    at: "2026-01-02T10:00:00.000Z",
    audience: "sigstore",
    misfit: "the token was made for sigstore, not for mlops",
  },
])(
  "tells whether a token can have been the one of a decision at $at",
  ({ at, audience, misfit }) => {
    const proof = { ...token, ...(audience === undefined ? {} : { audience }) };
    expect(misfitOf(proof, { ...statement, at })).toBe(misfit);
  },
);

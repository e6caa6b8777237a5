import { expect, test } from "vitest";
import { type ActingInput, whoActs } from "../../src/app/who-acts.ts";
import { MlopsError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/hash.ts";
import { Config } from "../../src/config/schema.ts";
import type { Git } from "../../src/ports/git.ts";
import { fakeGit } from "../support/fake-git.ts";
import { fakeIdTokens } from "../support/fake-id-tokens.ts";
import { NOW_MS, type TokenClaims } from "../support/id-tokens-contract.ts";

const GITHUB = "https://token.actions.githubusercontent.com";
const SERVICE_TOKEN = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b";
const times = { iat: NOW_MS / 1_000 - 10, exp: NOW_MS / 1_000 + 300 };

const job: TokenClaims = {
  iss: GITHUB,
  sub: "repo:acme/churn:ref:refs/heads/main",
  aud: "mlops",
  ...times,
  repository: "acme/churn",
  actor: "ada-l",
  event_name: "workflow_dispatch",
  run_attempt: "1",
};
const tokens: Readonly<Record<string, TokenClaims>> = {
  "job-token": job,
  "gitlab-token": {
    iss: "https://gitlab.com",
    sub: "project_path:acme/churn",
    aud: "mlops",
    ...times,
    project_path: "acme/churn",
    user_login: "ada",
    pipeline_source: "web",
  },
  "others-token": { ...job, repository: "eve/churn" },
  "strange-token": { ...job, iss: "https://evil.test" },
  "old-token": { ...job, exp: NOW_MS / 1_000 - 3_600 },
  "nobodys-token": { ...job, actor: undefined },
};

interface Case {
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly approval?: Readonly<Record<string, unknown>>;
  readonly git?: Partial<Git>;
  /** Name and grade, or the code of the error. */
  readonly expected: readonly [string, string] | string;
}

async function acts({
  environment = {},
  approval = {},
  git = {},
}: Omit<Case, "name" | "expected">) {
  const input: ActingInput = {
    directory: "/project",
    environment,
    approval: Config.parse({ approval }).approval,
  };
  const origin = async (): Promise<string> => "git@github.com:acme/churn.git";
  const author = async (): Promise<string> => "Grace <grace@example.org>";
  const given = fakeIdTokens(tokens, ({ bearer }) =>
    bearer === "bearer" ? "job-token" : undefined,
  );
  return whoActs(input, {
    git: fakeGit({ origin, author, ...git }),
    clock: { nowMs: () => NOW_MS },
    idTokens: async () => given,
  });
}

const machines = { "retrain-bot": sha256(SERVICE_TOKEN) };
const actions = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.test/token",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer",
};

test.each<Case>([
  {
    name: "the author that git names, when nobody can check more",
    expected: ["Grace <grace@example.org>", "asserted"],
  },
  {
    name: "the account, where git names nobody",
    environment: { USER: "grace" },
    git: { author: async () => undefined },
    expected: ["grace", "asserted"],
  },
  {
    name: "nobody, where there is neither",
    git: { author: async () => undefined },
    expected: ["unknown", "asserted"],
  },
  {
    name: "whom GitHub's token names, not whom git does",
    environment: actions,
    expected: ["github.com/ada-l", "authenticated"],
  },
  {
    name: "whom GitLab's token names",
    environment: { MLOPS_ID_TOKEN: "gitlab-token" },
    approval: { repositories: ["gitlab.com/acme/churn"] },
    expected: ["gitlab.com/ada", "authenticated"],
  },
  {
    name: "the machine, before any job",
    environment: { ...actions, MLOPS_SERVICE_TOKEN: SERVICE_TOKEN },
    approval: { machines },
    expected: ["retrain-bot", "machine"],
  },
  {
    name: "the job, where the machine's secret is set to nothing",
    environment: { ...actions, MLOPS_SERVICE_TOKEN: "" },
    expected: ["github.com/ada-l", "authenticated"],
  },
  {
    name: "the author, where all tokens are set to nothing",
    environment: { MLOPS_ID_TOKEN: "", ACTIONS_ID_TOKEN_REQUEST_URL: "", MLOPS_SERVICE_TOKEN: "" },
    expected: ["Grace <grace@example.org>", "asserted"],
  },
])("takes $name", async ({ expected, ...given }) => {
  const { name, grade } = await acts(given);
  expect([name, grade]).toEqual(expected);
});

test.each<Case>([
  {
    name: "a job that GitHub gives no token",
    environment: { ...actions, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "another" },
    expected: "id-token-issuer-unreachable",
  },
  {
    name: "a token that nobody signed",
    environment: { MLOPS_ID_TOKEN: "forged-token" },
    expected: "id-token-invalid",
  },
  {
    name: "a token that has expired",
    environment: { MLOPS_ID_TOKEN: "old-token" },
    expected: "id-token-invalid",
  },
  {
    name: "a token without an actor",
    environment: { MLOPS_ID_TOKEN: "nobodys-token" },
    expected: "id-token-invalid",
  },
  {
    name: "a token of an issuer that nobody named",
    environment: { MLOPS_ID_TOKEN: "strange-token" },
    expected: "id-token-issuer-unknown",
  },
  {
    name: "a token of an issuer that the settings took away",
    environment: { MLOPS_ID_TOKEN: "job-token" },
    approval: { issuers: ["https://gitlab.com"] },
    expected: "id-token-issuer-unknown",
  },
  {
    name: "a token of a job of another repository",
    environment: { MLOPS_ID_TOKEN: "others-token" },
    expected: "id-token-repository-unknown",
  },
  {
    name: "a token of a job where git does not say whose checkout this is",
    environment: actions,
    git: { origin: async () => undefined },
    expected: "id-token-repository-unknown",
  },
  {
    name: "a token of a job of a repository that the settings do not name",
    environment: actions,
    approval: { repositories: ["github.com/acme/price"] },
    expected: "id-token-repository-unknown",
  },
  {
    name: "a machine that nobody named",
    environment: { MLOPS_SERVICE_TOKEN: SERVICE_TOKEN },
    expected: "service-token-unknown",
  },
  {
    name: "a machine's token that was exchanged",
    environment: { MLOPS_SERVICE_TOKEN: SERVICE_TOKEN },
    approval: { machines: { "retrain-bot": sha256("an older token of the same machine") } },
    expected: "service-token-unknown",
  },
  {
    name: "a token of two machines",
    environment: { MLOPS_SERVICE_TOKEN: SERVICE_TOKEN },
    approval: { machines: { ...machines, "other-bot": sha256(SERVICE_TOKEN) } },
    expected: "service-token-unknown",
  },
  {
    name: "a machine's token that is too short, although its digest is named",
    environment: { MLOPS_SERVICE_TOKEN: "hunter2" },
    approval: { machines: { "retrain-bot": sha256("hunter2") } },
    expected: "service-token-weak",
  },
  {
    name: "a machine's token that is one letter many times",
    environment: { MLOPS_SERVICE_TOKEN: "ab".repeat(20) },
    approval: { machines: { "retrain-bot": sha256("ab".repeat(20)) } },
    expected: "service-token-weak",
  },
  {
    name: "the digest itself in the place of the token",
    environment: { MLOPS_SERVICE_TOKEN: sha256(SERVICE_TOKEN) },
    approval: { machines },
    expected: "service-token-unknown",
  },
])("does not fall back on git for $name", async ({ expected, ...given }) => {
  const failure: unknown = await acts(given).catch((error: unknown) => error);
  if (!(failure instanceof MlopsError)) throw new Error(`no error: ${JSON.stringify(failure)}`);
  expect(failure.code).toBe(expected);
  const told = JSON.stringify([failure.message, failure.hint, failure.stack, failure.cause]);
  const secrets = Object.values(given.environment ?? {}).filter(
    (text) => !text.startsWith("https:"),
  );
  expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
});

test.each([
  { environment: { ...actions } },
  { environment: { MLOPS_SERVICE_TOKEN: SERVICE_TOKEN }, approval: { machines } },
])("keeps no secret of who acts", async (given) => {
  const told = JSON.stringify(await acts(given));
  for (const secret of ["job-token", "bearer", SERVICE_TOKEN])
    expect(told).not.toContain(`"${secret}"`);
});

import { expect, test } from "vitest";
import {
  isFromRepository,
  proofOfToken,
  repositoryOfRemote,
} from "../../src/registry/ci-claims.ts";

const GITHUB = "https://token.actions.githubusercontent.com";

function proofOf(claims: Readonly<Record<string, unknown>>, issuer = GITHUB, subject = "someone") {
  const times = { issuedAtMs: 1_767_348_000_000, expiresAtMs: 1_767_348_300_000 };
  return proofOfToken({ issuer, subject, claims, ...times });
}

// Claims as the two systems document them; what nobody needs is there to see it go.
const github = {
  repository: "acme/churn",
  repository_id: "74",
  actor: "ada-l",
  actor_id: "12",
  ref: "refs/heads/main",
  workflow_ref: "acme/churn/.github/workflows/train.yml@refs/heads/main",
  run_id: "99",
  run_attempt: "1",
  event_name: "push",
  jti: "a-secret-looking-id",
};
const gitlab = {
  project_path: "acme/churn",
  user_login: "ada",
  user_email: "ada@example.org",
  ref: "main",
  pipeline_id: 1212,
  pipeline_source: "web",
  ci_config_ref_uri: "gitlab.com/acme/churn//.gitlab-ci.yml@refs/heads/main",
};

test("keeps of GitHub's token who, where and when, and nothing else", () => {
  expect(proofOf(github)).toEqual({
    ok: true,
    value: {
      kind: "oidc",
      issuer: GITHUB,
      subject: "someone",
      audience: "mlops",
      claims: {
        repository: "github.com/acme/churn",
        actor: "ada-l",
        ref: "refs/heads/main",
        workflow: "github.com/acme/churn/.github/workflows/train.yml",
        run: "99",
        attempt: "1",
        event: "push",
      },
      issued: "2026-01-02T10:00:00.000Z",
      expires: "2026-01-02T10:05:00.000Z",
    },
  });
});

test.each<{
  what: string;
  claims: Readonly<Record<string, unknown>>;
  issuer?: string;
  expected: unknown;
}>([
  {
    what: "GitLab's",
    claims: gitlab,
    issuer: "https://gitlab.com",
    expected: {
      repository: "gitlab.com/acme/churn",
      actor: "ada",
      email: "ada@example.org",
      ref: "main",
      workflow: "gitlab.com/acme/churn//.gitlab-ci.yml",
      run: "1212",
      event: "web",
    },
  },
  {
    what: "any other's, with a confirmed email",
    claims: { email: "ada@example.org", email_verified: true },
    issuer: "https://id.example.org",
    expected: { email: "ada@example.org" },
  },
  {
    what: "any other's, with an email that nobody confirmed",
    claims: { email: "ada@example.org" },
    issuer: "https://id.example.org",
    expected: {},
  },
  {
    what: "any other's, with a confirmation that is only a word",
    claims: { email: "ada@example.org", email_verified: "true" },
    issuer: "https://id.example.org",
    expected: {},
  },
])("reads $what claims", ({ claims, issuer, expected }) => {
  const proof = proofOf(claims, issuer);
  expect(proof.ok && proof.value.claims).toEqual(expected);
});

test.each([
  ["a job that nobody started", { ...github, actor: undefined }, "someone"],
  ["no subject", {}, ""],
])("takes no token of %s", (_, claims, subject) => {
  expect(proofOf(claims, GITHUB, subject).ok).toBe(false);
});

test.each([
  ["https://github.com/Acme/churn.git", "github.com/acme/churn"],
  ["https://x-access-token:secret@github.com/acme/churn", "github.com/acme/churn"],
  ["git@github.com:acme/churn.git", "github.com/acme/churn"],
  ["ssh://git@gitlab.example.org:2222/team/sub/churn.git/", "gitlab.example.org/team/sub/churn"],
  ["/srv/git/churn.git", undefined],
  ["../churn", undefined],
  ["", undefined],
])("reads the repository in %s", (url, expected) => {
  expect(repositoryOfRemote(url)).toBe(expected);
});

test.each([
  [["github.com/acme/churn"], true],
  [["github.com/Acme/Churn"], true],
  [["github.com/acme/churn-2", "github.com/eve/churn"], false],
  [["gitlab.com/acme/churn"], false],
  [[], false],
])("lets a job of acme/churn act for %s: %s", (repositories, expected) => {
  const proof = proofOf(github);
  if (!proof.ok) throw new Error(proof.error);
  expect(isFromRepository(proof.value, repositories)).toBe(expected);
});

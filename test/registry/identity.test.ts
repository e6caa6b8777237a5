import { expect, test } from "vitest";
import { sha256 } from "../../src/base/hash.ts";
import { identityOf } from "../../src/registry/identity.ts";
import { type CiClaims, Proof } from "../../src/registry/proof-schema.ts";

const GITHUB = "https://token.actions.githubusercontent.com";
const key = `SHA256:${"a".repeat(43)}`;
const signature = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n";

function oidc(claims: CiClaims, issuer = GITHUB, subject = "repo:acme/churn"): Proof {
  const [issued, expires] = ["2026-01-02T10:00:00.000Z", "2026-01-02T10:05:00.000Z"];
  return { kind: "oidc", issuer, subject, audience: "mlops", claims, issued, expires };
}

const job: CiClaims = {
  repository: "github.com/acme/churn",
  workflow: "github.com/acme/churn/.github/workflows/train.yml",
  actor: "ada-l",
  event: "workflow_dispatch",
  attempt: "1",
};

test.each<{ what: string; proof: Proof; name: string; grade: string }>([
  {
    what: "a signature",
    proof: { kind: "signature", principal: "ada@example.org", key, signature },
    name: "ada@example.org",
    grade: "authenticated",
  },
  {
    what: "a signed commit",
    proof: {
      kind: "commit-signature",
      commit: "4f2a".repeat(10),
      principal: "ada@example.org",
      key,
    },
    name: "ada@example.org",
    grade: "authenticated",
  },
  {
    what: "a service token",
    proof: { kind: "service-token", machine: "retrain-bot", digest: sha256("x") },
    name: "retrain-bot",
    grade: "machine",
  },
  {
    what: "a job that a person started",
    proof: oidc(job),
    name: "github.com/ada-l",
    grade: "authenticated",
  },
  {
    what: "a job of GitLab",
    proof: oidc({ ...job, event: "web" }, "https://gitlab.example.org"),
    name: "gitlab.example.org/ada-l",
    grade: "authenticated",
  },
  {
    what: "a job that was run again",
    proof: oidc({ ...job, attempt: "2" }),
    name: "github.com/ada-l",
    grade: "asserted",
  },
  {
    what: "a scheduled job",
    proof: oidc({ ...job, event: "schedule" }),
    name: "github.com/acme/churn/.github/workflows/train.yml",
    grade: "machine",
  },
  {
    what: "a job that another workflow started",
    proof: oidc({ ...job, event: "workflow_run" }),
    name: "github.com/acme/churn/.github/workflows/train.yml",
    grade: "machine",
  },
  {
    what: "a scheduled job without the file of its workflow",
    proof: oidc({ repository: "github.com/acme/churn", actor: "ada-l", event: "schedule" }),
    name: "github.com/acme/churn",
    grade: "machine",
  },
  {
    what: "a job that an app started",
    proof: oidc({ ...job, event: "push", actor: "dependabot[bot]" }),
    name: "github.com/dependabot[bot]",
    grade: "machine",
  },
  {
    what: "a job of GitLab with a project's token",
    proof: oidc({ ...job, event: "web", actor: "project_12_bot_ab" }, "https://gitlab.com"),
    name: "gitlab.com/project_12_bot_ab",
    grade: "machine",
  },
  {
    what: "another issuer's token with an email",
    proof: oidc({ email: "ada@example.org" }, "https://accounts.example.org", "123"),
    name: "ada@example.org",
    grade: "authenticated",
  },
  {
    what: "another issuer's token without one",
    proof: oidc({}, "https://accounts.example.org", "123"),
    name: "accounts.example.org/123",
    grade: "authenticated",
  },
  {
    what: "a service account",
    proof: oidc(
      { email: "bot@acme.iam.gserviceaccount.com" },
      "https://accounts.google.com",
      "123",
    ),
    name: "bot@acme.iam.gserviceaccount.com",
    grade: "machine",
  },
])("grades $what: $name is $grade", ({ proof, name, grade }) => {
  expect(Proof.parse(proof)).toEqual(proof);
  expect(identityOf(proof)).toEqual({ name, grade, proof });
});

test.each<{ what: string; broken: unknown }>([
  { what: "a token beside what it said", broken: { ...oidc(job), token: "eyJhbGciOiJSUzI1NiJ9" } },
  { what: "a claim that nobody needs", broken: { ...oidc(job), claims: { ...job, secret: "x" } } },
  {
    what: "a key that is no fingerprint",
    broken: { kind: "signature", principal: "a@b.c", key: "ada", signature },
  },
  {
    what: "a machine's token in the place of its digest",
    broken: { kind: "service-token", machine: "bot", digest: "t0ken" },
  },
])("stores no $what", ({ broken }) => {
  expect(Proof.safeParse(broken).success).toBe(false);
});

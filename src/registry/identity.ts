/**
 * Who somebody is and what that rests on (contract 11). The rules of grades, nothing that looks at the outside: whether a
 * signature or token is good is found by `app/`, and only then is a proof worth what is said here.
 */
import type { OidcProof, Proof } from "./proof-schema.ts";

/** How sure we are who somebody is. */
export type Grade = "asserted" | "authenticated" | "machine";

/** Somebody, and how sure that is. */
export interface Identity {
  readonly name: string;
  readonly grade: Grade;
  /** Absent where nothing was checked, and where it is not kept: of events and versions name and grade are. */
  readonly proof?: Proof;
}

/** Name and grade alone, as reports and events have them. */
export function plainIdentity({ name, grade }: Identity): { name: string; grade: Grade } {
  return { name, grade };
}

/** What a checked proof says of who acted. The name is the proof's, whatever the settings of git call that person. */
export function identityOf(proof: Proof): Identity {
  return { name: nameOf(proof), grade: gradeOf(proof), proof };
}

/** The grade a proof gives once it has been checked. */
export function gradeOf(proof: Proof): Grade {
  switch (proof.kind) {
    case "signature":
    case "commit-signature":
      return "authenticated";
    case "service-token":
      return "machine";
    case "oidc":
      if (isUnattended(proof)) return "machine";
      // GitHub's token names who started the first attempt, and says nothing of who started this one.
      return (proof.claims.attempt ?? "1") === "1" ? "authenticated" : "asserted";
  }
}

/** `github.com/ada`, the signer's principal, the name of a machine. */
export function nameOf(proof: Proof): string {
  switch (proof.kind) {
    case "signature":
    case "commit-signature":
      return proof.principal;
    case "service-token":
      return proof.machine;
    case "oidc":
      return nameOfToken(proof);
  }
}

/** Where logins of an issuer's users are unique: GitHub's tokens come from another host than its users live on. */
export function accountHostOf(issuer: string): string {
  const host = /^https?:\/\/([^/]+)/.exec(issuer)?.[1]?.toLowerCase() ?? issuer;
  return host === "token.actions.githubusercontent.com" ? "github.com" : host;
}

/** Events that a person brings about while the job starts; of all others nobody can be said to have acted. */
const ATTENDED: ReadonlySet<string> = new Set([
  // GitHub's event_name: https://docs.github.com/actions/reference/events-that-trigger-workflows
  "workflow_dispatch",
  "push",
  "pull_request",
  "pull_request_review",
  "issue_comment",
  "release",
  // GitLab's pipeline_source: https://docs.gitlab.com/ci/jobs/job_rules/#ci_pipeline_source-predefined-variable
  "web",
  "webide",
  "chat",
  "merge_request_event",
  "external_pull_request_event",
]);

/** Accounts of programs: GitHub's apps, GitLab's project and group tokens and service accounts, Google's service accounts. */
const BOTS =
  /\[bot\]$|^(?:project|group)_\d+_bot|^service_account_|@[\w-]+\.iam\.gserviceaccount\.com$/i;

function isUnattended({ claims, subject }: OidcProof): boolean {
  if (claims.event !== undefined && !ATTENDED.has(claims.event)) return true;
  return [claims.actor, claims.email, subject].some(
    (name) => name !== undefined && BOTS.test(name),
  );
}

function nameOfToken(proof: OidcProof): string {
  const { issuer, subject, claims } = proof;
  const host = accountHostOf(issuer);
  const isBot = claims.actor !== undefined && BOTS.test(claims.actor);
  // A schedule has the name of whoever wrote it last, who did nothing just now.
  if (isUnattended(proof) && !isBot && claims.repository !== undefined)
    return claims.workflow ?? claims.repository;
  if (claims.actor !== undefined) return `${host}/${claims.actor}`;
  return claims.email ?? `${host}/${subject}`;
}

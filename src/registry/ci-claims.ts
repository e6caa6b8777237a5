/**
 * What the ID token of a CI system says of who acts. The token was checked before: here its claims are only read.
 * GitHub: https://docs.github.com/actions/reference/openid-connect-reference, GitLab: https://docs.gitlab.com/ci/secrets/id_token_authentication/
 */
import { err, ok, type Result } from "../base/result.ts";
import { accountHostOf } from "./identity.ts";
import type { CiClaims, OidcProof } from "./proof-schema.ts";

/** Whom a token must be made for. */
export const TOKEN_AUDIENCE = "mlops";

/** Tokens of these are accepted unless the settings name others. */
export const DEFAULT_ISSUERS: readonly string[] = [
  "https://token.actions.githubusercontent.com",
  "https://gitlab.com",
];

/** Claims of a token whose signature, issuer, audience and times were found right. */
export interface CheckedToken {
  readonly issuer: string;
  readonly subject: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What to keep of a token. The error says, as an end of a sentence, what it lacks. */
export function proofOfToken(token: CheckedToken): Result<OidcProof, string> {
  const { issuer, subject } = token;
  const claims = claimsOf(token);
  if (subject === "") return err("it names no subject");
  // A job's token without its user would be named after a branch, which is nobody.
  if (claims.repository !== undefined && claims.actor === undefined)
    return err("it does not say who started the job");
  return ok({
    kind: "oidc",
    issuer,
    subject,
    audience: TOKEN_AUDIENCE,
    claims,
    issued: new Date(token.issuedAtMs).toISOString(),
    expires: new Date(token.expiresAtMs).toISOString(),
  });
}

/**
 * `github.com/acme/churn`, from the address that git fetches from; `undefined` where it is no address of a server.
 * CI systems run anybody's jobs: a token speaks for this project only when it comes from a job of it.
 */
export function repositoryOfRemote(url: string): string | undefined {
  const match =
    /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url) ??
    /^(?:[^@/]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  const [, host, path] = match ?? [];
  if (host === undefined || path === undefined) return undefined;
  return `${host}/${path.replace(/\/+$/, "").replace(/\.git$/, "")}`.toLowerCase();
}

/** Whether a token's job belongs to one of these repositories; tokens of no repository do not speak of one. */
export function isFromRepository(proof: OidcProof, repositories: readonly string[]): boolean {
  const { repository } = proof.claims;
  if (repository === undefined) return true;
  return repositories.some((allowed) => allowed.toLowerCase() === repository.toLowerCase());
}

function claimsOf({ issuer, claims }: CheckedToken): CiClaims {
  const host = accountHostOf(issuer);
  const read = (name: string): string | undefined => {
    const value = claims[name];
    if (typeof value === "number") return String(value);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const below = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : `${host}/${path}`;
  if (read("repository") !== undefined)
    return defined({
      repository: below(read("repository")),
      actor: read("actor"),
      ref: read("ref"),
      workflow: below(withoutRevision(read("workflow_ref"))),
      run: read("run_id"),
      attempt: read("run_attempt"),
      event: read("event_name"),
    });
  if (read("project_path") !== undefined)
    return defined({
      repository: below(read("project_path")),
      actor: read("user_login"),
      email: read("user_email"),
      ref: read("ref"),
      workflow: withoutRevision(read("ci_config_ref_uri")),
      run: read("pipeline_id"),
      event: read("pipeline_source"),
    });
  // An address that nobody has confirmed is whatever its owner typed.
  return defined({ email: claims["email_verified"] === true ? read("email") : undefined });
}

/** `acme/churn/.github/workflows/train.yml@refs/heads/main` without what follows the `@`. */
function withoutRevision(path: string | undefined): string | undefined {
  return path?.replace(/@[^@]*$/, "");
}

function defined(claims: { readonly [Name in keyof CiClaims]: string | undefined }): CiClaims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

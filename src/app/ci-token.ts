/** The ID token of the CI system this runs in: where there is one it must be good, whatever else could say who acts. */
import { InputError, type MlopsError, UpstreamError } from "../base/errors.ts";
import type { Result } from "../base/result.ts";
import type { Config } from "../config/schema.ts";
import type { Clock } from "../ports/clock.ts";
import type { Git } from "../ports/git.ts";
import type { IdTokens, TokenProblem } from "../ports/id-tokens.ts";
import {
  isFromRepository,
  proofOfToken,
  repositoryOfRemote,
  TOKEN_AUDIENCE,
} from "../registry/ci-claims.ts";
import type { OidcProof } from "../registry/proof-schema.ts";
import { CLOCK_LEEWAY_MS } from "../registry/statement.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a token comes from. */
export type TokenPlace =
  | { readonly kind: "variable"; readonly token: string }
  | { readonly kind: "github-actions"; readonly url: string; readonly bearer: string };

/** `MLOPS_ID_TOKEN`, else what GitHub Actions offers; `undefined` where there is none. Asks nobody. */
export function tokenPlace(environment: Environment): TokenPlace | undefined {
  const token = environment["MLOPS_ID_TOKEN"];
  if (token !== undefined && token !== "") return { kind: "variable", token };
  const url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const bearer = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (url === undefined || url === "" || bearer === undefined || bearer === "") return undefined;
  return { kind: "github-actions", url, bearer };
}

/**
 * Asks for the token, checks it, and keeps what it says.
 *
 * @throws InputError `id-token-invalid`, `id-token-issuer-unknown`, `id-token-repository-unknown`.
 * @throws UpstreamError `id-token-issuer-unreachable`.
 */
export async function checkCiToken(
  place: TokenPlace,
  { directory, approval }: { readonly directory: string; readonly approval: Config["approval"] },
  ports: { readonly git: Git; readonly idTokens: IdTokens; readonly clock: Clock },
): Promise<OidcProof> {
  const { idTokens, git, clock } = ports;
  const token =
    place.kind === "variable"
      ? place.token
      : valueOf(await idTokens.request({ ...place, audience: TOKEN_AUDIENCE }));
  const checked = valueOf(
    await idTokens.check(token, {
      issuers: approval.issuers,
      audience: TOKEN_AUDIENCE,
      nowMs: clock.nowMs(),
      leewayMs: CLOCK_LEEWAY_MS,
    }),
  );
  const proof = proofOfToken(checked);
  if (!proof.ok) throw invalid(proof.error);
  const repositories =
    approval.repositories.length > 0
      ? approval.repositories
      : [repositoryOfRemote((await git.origin(directory)) ?? "") ?? []].flat();
  if (!isFromRepository(proof.value, repositories)) throw fromElsewhere(proof.value, repositories);
  return proof.value;
}

function valueOf<T>(result: Result<T, TokenProblem>): T {
  if (result.ok) return result.value;
  throw errorOf(result.error);
}

function errorOf(problem: TokenProblem): MlopsError {
  switch (problem.kind) {
    case "invalid":
      return invalid(problem.because);
    case "issuer":
      return new InputError(
        `The ID token is from ${printable(problem.issuer)}, which approval.issuers does not name.`,
        {
          code: "id-token-issuer-unknown",
          hint: "add the issuer to approval.issuers in .mlopsrc.yaml, if its users may act here",
        },
      );
    case "unreachable":
      return new UpstreamError(
        `The ID token could not be checked: ${problem.host} was asked, and ${problem.because}.`,
        { code: "id-token-issuer-unreachable", hint: "run the job again" },
      );
  }
}

function invalid(because: string): InputError {
  return new InputError(`The ID token ${because}.`, {
    code: "id-token-invalid",
    hint: `have the CI system make it for the audience ${TOKEN_AUDIENCE} in the job that uses it`,
  });
}

function fromElsewhere({ claims }: OidcProof, repositories: readonly string[]): InputError {
  const allowed = repositories.join(", ");
  return new InputError(
    `The ID token is from a job of ${printable(claims.repository ?? "")}${allowed === "" ? ", and git does not say whose checkout this is" : `, not of ${allowed}`}.`,
    {
      code: "id-token-repository-unknown",
      hint: "name the repositories whose jobs may act here in approval.repositories",
    },
  );
}

/** A token is a stranger's text until it was checked; what it names is quoted short and on one line. */
function printable(text: string): string {
  return JSON.stringify(text.slice(0, 200)).slice(1, -1);
}

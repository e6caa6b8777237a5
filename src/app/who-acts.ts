/**
 * Who is doing this and what that rests on: the token of a machine, else that of a CI job, else what git or the system says,
 * which nobody has checked. A token that is there and not good is an error: falling back would hide it.
 */
import type { Config } from "../config/schema.ts";
import type { Clock } from "../ports/clock.ts";
import type { Git } from "../ports/git.ts";
import type { IdTokens } from "../ports/id-tokens.ts";
import { type Identity, identityOf, nameOf } from "../registry/identity.ts";
import { checkCiToken, tokenPlace } from "./ci-token.ts";
import { checkServiceToken } from "./service-token.ts";

export interface ActingInput {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly approval: Config["approval"];
}

/** What `whoActs` needs from outside; ID tokens are loaded only where there is one to check. */
export interface ActingPorts {
  readonly git: Git;
  readonly clock: Clock;
  readonly idTokens: () => Promise<IdTokens>;
}

/** @throws what `checkServiceToken` and `checkCiToken` throw. */
export async function whoActs(input: ActingInput, ports: ActingPorts): Promise<Identity> {
  const { environment, approval } = input;
  const serviceToken = environment["MLOPS_SERVICE_TOKEN"];
  // CI systems set a variable whose secret they do not have to nothing.
  if (serviceToken !== undefined && serviceToken !== "") {
    return identityOf(checkServiceToken(serviceToken, approval.machines));
  }
  const place = tokenPlace(environment);
  if (place !== undefined) {
    return identityOf(
      await checkCiToken(place, input, { ...ports, idTokens: await ports.idTokens() }),
    );
  }
  return { name: await assertedName(input, ports.git), grade: "asserted" };
}

/**
 * What `whoActs` would say, as a line for a person; asks nobody, so a token of a job is not looked into.
 *
 * @throws what `checkServiceToken` throws.
 */
export async function foreseeActing(input: ActingInput, git: Git): Promise<string> {
  const { environment, approval, directory } = input;
  const serviceToken = environment["MLOPS_SERVICE_TOKEN"];
  if (serviceToken !== undefined && serviceToken !== "")
    return `the machine ${nameOf(checkServiceToken(serviceToken, approval.machines))}, by its token`;
  const place = tokenPlace(environment);
  if (place?.kind === "variable") return "whoever MLOPS_ID_TOKEN names, once it has been checked";
  if (place !== undefined)
    return "whoever the ID token of this job names, once it has been checked";
  const key = approval.signers === undefined ? undefined : await git.signingKey(directory);
  const name = await assertedName(input, git);
  return key === undefined
    ? `${name}, which nobody has checked`
    : `${name}, which nobody has checked; approvals are signed with an SSH key`;
}

/** Git's configured author, else the name of the account, else `unknown`. */
async function assertedName(
  { directory, environment }: Pick<ActingInput, "directory" | "environment">,
  git: Git,
): Promise<string> {
  const author = await git.author(directory);
  return author ?? environment["USER"] ?? environment["USERNAME"] ?? "unknown";
}

/** Signatures of persons at a laptop, for the commands that ask and decide. */
import type { Prove } from "../../../app/sign-statement.ts";
import type { ApprovalRequest } from "../../../registry/approval.ts";
import { requestStatement } from "../../../registry/statement.ts";
import type { CommandContext } from "../../context.ts";
import type { OpenApprovals } from "./open-approvals.ts";

/**
 * What signs a statement for an environment. `undefined` where nothing is signed: who acts has shown a token; nobody
 * guards the environment; or nobody asks for more than names, and there is no key.
 */
export async function proverFor(
  { actor, config, files }: OpenApprovals,
  given: {
    readonly context: CommandContext;
    readonly environment: string;
    /** `--sign-with` */
    readonly key: string | undefined;
  },
): Promise<Prove | undefined> {
  const { approval } = config;
  const { context, key } = given;
  const git = await context.wiring.git();
  if (key === undefined) {
    if (actor.proof !== undefined || approval.signers === undefined) return undefined;
    if (!approval.environments.includes(given.environment)) return undefined;
    const isNameEnough = approval.identities === "asserted";
    if (isNameEnough && (await git.signingKey(files.absolute("."))) === undefined) return undefined;
  }
  const { signStatement } = await import("../../../app/sign-statement.ts");
  const { environment, signal, prompts, wiring } = context;
  const { isInteractive } = prompts;
  // A path that somebody typed is meant from where they are.
  const here = await wiring.files(context.workingDirectory);
  const named = key === undefined ? undefined : here.absolute(key);
  const common = { key: named, signersFile: approval.signers, environment, signal, isInteractive };
  const ports = { files, git, processes: await wiring.processes() };
  return (statement) => signStatement({ statement, ...common }, ports);
}

/** The request with what the identity of who asked is worth now: the registry's word for it is not enough. */
export async function withWeighedRequester(
  request: ApprovalRequest,
  { registry, config, files }: OpenApprovals,
  { environment, signal, wiring }: CommandContext,
): Promise<ApprovalRequest> {
  const version = registry.models.get(request.model, request.version);
  if (version === undefined || request.requestedBy.grade === "asserted") return request;
  const { weighProof } = await import("../../../app/weigh-proof.ts");
  const { identity } = await weighProof(
    {
      identity: request.requestedBy,
      statement: requestStatement(request, version.contentDigest),
      signersFile: config.approval.signers,
      vouching: "own-registry",
      environment,
      signal,
    },
    { files, processes: await wiring.processes() },
  );
  return { ...request, requestedBy: identity };
}

/**
 * Who put an approval into `mlops.lock.yaml`, by the signature of the commit that wrote it. Not the last commit of the file: it may have
 * changed another line, and whoever signs that has not read this one. Nothing that the checkout configures is asked:
 * git hands over the commit, and the signature is verified as one over a statement is.
 */
import { canonicalJson } from "../base/hash.ts";
import { err, ok, type Result } from "../base/result.ts";
import { parseYaml } from "../base/yaml.ts";
import type { CommittedFile, Git } from "../ports/git.ts";
import type { Proof } from "../registry/proof-schema.ts";
import { Lock, type LockApproval } from "../registry/schema.ts";
import { COMMIT_NAMESPACE, parseCommit } from "../registry/signed-commit.ts";
import { MODELS_LOCK } from "./models-lock.ts";
import { type SshPorts, type SshSurroundings, verifySignature } from "./ssh-signatures.ts";

/** An approval at its place in the lock. */
export interface PlacedApproval {
  readonly environment: string;
  readonly model: string;
  readonly version: number;
  readonly content: string;
  readonly approval: LockApproval;
}

export interface LockCommitRequest extends SshSurroundings {
  readonly placed: PlacedApproval;
  /** Below the project root; `undefined` where the settings name none. */
  readonly signersFile: string | undefined;
}

/** The proof that a commit gives. The error ends a sentence: "the approval is only asserted, because …". */
export async function proofOfLockCommit(
  { placed, signersFile, environment, signal }: LockCommitRequest,
  ports: SshPorts & { readonly git: Git },
): Promise<Result<Proof, string>> {
  const { files, git } = ports;
  if (signersFile === undefined) return err("approval.signers names no file with keys");
  const root = files.absolute(".");
  const committed = textOf(await git.fileAt(root, "HEAD", MODELS_LOCK));
  const present = await files.readText(MODELS_LOCK);
  if (committed === undefined) return err(`${MODELS_LOCK} is not committed`);
  if (present === undefined || plain(present) !== plain(committed))
    return err(`${MODELS_LOCK} has changes that are not committed`);
  const origin = await writtenBy(placed, root, git);
  if (!origin.ok) return origin;
  const { commit, text } = origin.value;
  const { signature } = parseCommit(text);
  const name = `the commit that wrote it (${commit.slice(0, 12)})`;
  if (signature.kind === "none") return err(`${name} is not signed`);
  if (signature.kind === "other") return err(`${name} is not signed with an SSH key`);
  const signer = await verifySignature(
    {
      text: signature.payload,
      signature: signature.armored,
      namespace: COMMIT_NAMESPACE,
      signersFile,
      environment,
      signal,
    },
    ports,
  );
  if (!signer.ok) return err(`the signature of ${name} ${signer.error}`);
  return ok({ kind: "commit-signature", commit, ...signer.value });
}

/** The newest commit that has the approval while none of its parents has. */
async function writtenBy(
  placed: PlacedApproval,
  root: string,
  git: Git,
): Promise<Result<{ readonly commit: string; readonly text: string }, string>> {
  const has = async (commit: string): Promise<boolean> =>
    holds(textOf(await git.fileAt(root, commit, MODELS_LOCK)), placed);
  for (const { commit, parents } of await git.changes(root, MODELS_LOCK)) {
    if (!(await has(commit))) continue;
    const text = await git.commitText(root, commit);
    if (text === undefined) return err(`commit ${commit.slice(0, 12)} cannot be read`);
    // Where a shallow clone ends, a commit seems to have written all that is in it.
    if (parseCommit(text).parents.join() !== parents.join())
      return err("the history of this checkout is cut off (in CI: fetch-depth: 0, GIT_DEPTH: 0)");
    const inherited = await Promise.all(parents.map(has));
    if (!inherited.includes(true)) return ok({ commit, text });
  }
  return err(`no commit in this history has written it into ${MODELS_LOCK}`);
}

/** Whether a lock has exactly this approval for exactly this content at that place. */
function holds(text: string | undefined, placed: PlacedApproval): boolean {
  if (text === undefined) return false;
  const read = parseYaml(text, MODELS_LOCK);
  const lock = read.diagnostics.length > 0 ? undefined : Lock.safeParse(read.value);
  const entry = lock?.data?.environments[placed.environment]?.[placed.model];
  if (entry?.version !== placed.version || entry.content !== placed.content) return false;
  const wanted = canonicalJson(placed.approval);
  return entry.approvals.some((approval) => canonicalJson(approval) === wanted);
}

function textOf(file: CommittedFile): string | undefined {
  return file.kind === "text" ? file.text : undefined;
}

/** As git compares them: with the line ends of any system, and without what git's output is trimmed by. */
function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").trim();
}

/**
 * What a recorded identity is worth now. What registry and lock say of themselves counts for nothing: a signature is
 * verified again, and what could be checked only once (a token that has expired, a machine's secret) counts where
 * somebody whose key the repository lists has signed the commit that recorded it.
 */
import type { Result } from "../base/result.ts";
import { gradeOf, type Identity, nameOf } from "../registry/identity.ts";
import type { Proof } from "../registry/proof-schema.ts";
import { emailIn } from "../registry/same-person.ts";
import {
  misfitOf,
  renderStatement,
  STATEMENT_NAMESPACE,
  type Statement,
} from "../registry/statement.ts";
import { type SshPorts, type SshSurroundings, verifySignature } from "./ssh-signatures.ts";

/** An identity with the grade that it has now, and why it has no better one. */
export interface Weighed {
  readonly identity: Identity;
  /** Ends a sentence: "nobody has checked who approved, because …". `undefined` for a grade that holds. */
  readonly because: string | undefined;
}

export interface WeighRequest extends SshSurroundings {
  /** As it was recorded; its own grade is not looked at. */
  readonly identity: Identity;
  readonly statement: Statement;
  /** `undefined` where the settings name none. */
  readonly signersFile: string | undefined;
  /**
   * Who vouches for the record: this machine, for what it wrote into its own registry when it had checked a token; else the
   * signed commit that wrote it into the lock file, or why there is none (asked only where that decides).
   */
  readonly vouching: "own-registry" | (() => Promise<Result<Proof, string>>);
}

/** @throws EnvironmentError `ssh-keygen-missing`. */
export async function weighProof(request: WeighRequest, ports: SshPorts): Promise<Weighed> {
  const { identity, statement, signersFile, vouching } = request;
  const { name, proof } = identity;
  const asserted = (because: string): Weighed => ({
    identity: { name, grade: "asserted" },
    because,
  });
  if (proof === undefined || proof.kind === "commit-signature") {
    if (vouching === "own-registry") return asserted("nothing that was checked is on record");
    const commit = await vouching();
    if (!commit.ok) return asserted(commit.error);
    const signer = nameOf(commit.value);
    // Only their own word is made good by a person's signature.
    if (emailIn(signer) === undefined || emailIn(signer) !== emailIn(name))
      return asserted(`the commit that wrote it is signed by ${signer}`);
    return { identity: { name, grade: "authenticated", proof: commit.value }, because: undefined };
  }
  if (nameOf(proof) !== name) return asserted(`what it rests on is of ${nameOf(proof)}`);
  const misfit = misfitOf(proof, statement);
  if (misfit !== undefined) return asserted(misfit);
  if (proof.kind === "signature") {
    if (signersFile === undefined) return asserted("approval.signers names no file with keys");
    const { signature } = proof;
    const text = renderStatement(statement);
    const signed = { ...request, text, signature, namespace: STATEMENT_NAMESPACE, signersFile };
    const signer = await verifySignature(signed, ports);
    if (!signer.ok) return asserted(`the signature ${signer.error}`);
    if (signer.value.principal !== name)
      return asserted(`the signature is of ${signer.value.principal}`);
    return { identity: { name, grade: "authenticated", proof }, because: undefined };
  }
  const vouched = vouching === "own-registry" ? undefined : await vouching();
  if (vouched?.ok === false)
    return asserted(`a token cannot be checked again afterwards, and ${vouched.error}`);
  const grade = gradeOf(proof);
  if (grade === "asserted")
    return asserted("the job was run again, and its token does not say by whom");
  return { identity: { name, grade, proof }, because: undefined };
}

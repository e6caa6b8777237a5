/** A person's signature under a statement, verified at once: what cannot be verified here will count nowhere else. */
import { InputError } from "../base/errors.ts";
import type { Git } from "../ports/git.ts";
import { type Identity, identityOf } from "../registry/identity.ts";
import { renderStatement, STATEMENT_NAMESPACE, type Statement } from "../registry/statement.ts";
import {
  type SshPorts,
  type SshSurroundings,
  signText,
  verifySignature,
} from "./ssh-signatures.ts";

export interface SigningRequest extends SshSurroundings {
  readonly statement: Statement;
  /** `--sign-with`; `undefined` takes the key that git signs with. */
  readonly key: string | undefined;
  /** `approval.signers`. */
  readonly signersFile: string | undefined;
  readonly isInteractive: boolean;
}

/** Puts somebody's name to a statement, and says who that is. */
export type Prove = (statement: Statement) => Promise<Identity>;

/**
 * Who signed, as the signers file knows them.
 *
 * @throws InputError `signers-missing`, `signing-key-missing`, `signing-failed`, `signature-not-accepted`.
 * @throws EnvironmentError `ssh-keygen-missing`.
 */
export async function signStatement(
  request: SigningRequest,
  ports: SshPorts & { readonly git: Git },
): Promise<Identity> {
  const { statement, signersFile } = request;
  if (signersFile === undefined || (await ports.files.kind(signersFile)) !== "file")
    throw new InputError(
      signersFile === undefined
        ? "Nothing was signed: approval.signers names no file with the keys of those who may sign."
        : `Nothing was signed: there is no ${signersFile}, which approval.signers names.`,
      {
        code: "signers-missing",
        hint: `echo "you@example.org $(cat ~/.ssh/id_ed25519.pub)" >> ${signersFile ?? ".mlops-signers"}, name that file in approval.signers, and have it reviewed`,
      },
    );
  const key = request.key ?? (await ports.git.signingKey(ports.files.absolute(".")));
  if (key === undefined)
    throw new InputError("Nothing was signed: git has no SSH key to sign with.", {
      code: "signing-key-missing",
      hint: "name one: --sign-with ~/.ssh/id_ed25519 (or git config --global gpg.format ssh, and user.signingkey ~/.ssh/id_ed25519.pub)",
    });
  const text = renderStatement(statement);
  const signing = { ...request, text, key, namespace: STATEMENT_NAMESPACE };
  const signature = await signText(signing, ports);
  const signer = await verifySignature({ ...signing, signature, signersFile }, ports);
  if (signer.ok) return identityOf({ kind: "signature", ...signer.value, signature });
  throw new InputError(`The signature ${signer.error}, so it would not count.`, {
    code: "signature-not-accepted",
    hint: `put your email and public key into ${signersFile} on a line of their own, and have it reviewed`,
  });
}

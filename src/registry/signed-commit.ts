/** A commit object apart: what was signed, and the signature (https://git-scm.com/docs/signature-format). */

/** Namespace of git's own SSH signatures. */
export const COMMIT_NAMESPACE = "git";

/** What a commit object says. */
export interface SignedCommit {
  readonly parents: readonly string[];
  readonly signature:
    | { readonly kind: "none" }
    /** OpenPGP or X.509: keys that the signers file cannot list. */
    | { readonly kind: "other" }
    | {
        readonly kind: "ssh";
        readonly armored: string;
        /** The commit object without its signature. */
        readonly payload: string;
      };
}

/** @param text The commit object as `git cat-file commit` gives it, no byte more or less. */
export function parseCommit(text: string): SignedCommit {
  const end = text.indexOf("\n\n");
  const header = end < 0 ? text : text.slice(0, end + 1);
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id = ""]) => id);
  // A value of several lines goes on with a space at the start of each.
  const field = /^gpgsig(?:-sha256)? .*\n(?: .*\n)*/gm;
  const found = [...header.matchAll(field)].map(([match]) => match);
  const [only] = found;
  if (only === undefined) return { parents, signature: { kind: "none" } };
  const armored = `${only
    .replace(/^gpgsig(?:-sha256)? /, "")
    .replaceAll("\n ", "\n")
    .trimEnd()}\n`;
  if (found.length > 1 || !armored.startsWith("-----BEGIN SSH SIGNATURE-----"))
    return { parents, signature: { kind: "other" } };
  const payload = header.replace(only, "") + text.slice(header.length);
  return { parents, signature: { kind: "ssh", armored, payload } };
}

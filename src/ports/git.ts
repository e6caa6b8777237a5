/** A file as some commit has it. */
export type CommittedFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  /** The commit names it, and its bytes are not there or git failed. */
  | { readonly kind: "unreadable" }
  /** There is no such commit, or no git. */
  | { readonly kind: "revision-unknown" };

/** A commit that changed a file. */
export interface FileChange {
  readonly commit: string;
  /** As this checkout's history has them: a shallow clone ends in commits without. */
  readonly parents: readonly string[];
}

/** What `app/` asks git; nothing is ever written except when a person asks for a commit. */
export interface Git {
  /** `undefined` outside a work tree or before the first commit. `dirty` counts untracked files too. */
  readonly state: (
    directory: string,
  ) => Promise<{ readonly commit: string; readonly dirty: boolean } | undefined>;
  /** When a file was last committed, as ISO 8601; `undefined` where it never was. The path is relative to the directory. */
  readonly committedAt: (directory: string, path: string) => Promise<string | undefined>;
  /** The text of a file in a commit, branch or tag; the path is relative to the directory. */
  readonly fileAt: (directory: string, revision: string, path: string) => Promise<CommittedFile>;
  /** `Name <email>` of the configured author; identity grade "asserted". */
  readonly author: (directory: string) => Promise<string | undefined>;
  /** `user.signingkey`, a path with `~` resolved or the public key itself; `undefined` without one, or where git signs with something else than SSH. */
  readonly signingKey: (directory: string) => Promise<string | undefined>;
  /** Address of `origin`; `undefined` without one. */
  readonly origin: (directory: string) => Promise<string | undefined>;
  /** Commits that changed a file, newest first, as far as the history of this checkout goes; at most a few hundred. The path is relative to the directory. */
  readonly changes: (directory: string, path: string) => Promise<readonly FileChange[]>;
  /** A commit object, every byte of it; `undefined` when it is not there or not UTF-8. */
  readonly commitText: (directory: string, commit: string) => Promise<string | undefined>;
}

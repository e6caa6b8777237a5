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

/** A file as it was committed. */
export interface FileVersion {
  readonly commit: string;
  /** When it was committed, ISO 8601. */
  readonly at: string;
  readonly text: string;
}

/** A tag with a message of its own. */
export interface AnnotatedTag {
  readonly name: string;
  /** When it was made, ISO 8601; `undefined` where it does not say. */
  readonly at: string | undefined;
  readonly message: string;
}

/** What came of making a tag. */
export type MadeTag =
  | { readonly kind: "made" }
  /** Git's own words: no repository, no commit, the name is taken, the key cannot sign. */
  | { readonly kind: "failed"; readonly because: string };

/** What `app/` asks git; nothing is ever written except when a person asks for a commit or a tag. */
export interface Git {
  /** `undefined` outside a work tree or before the first commit. `dirty` counts untracked files too. */
  readonly state: (
    directory: string,
  ) => Promise<{ readonly commit: string; readonly dirty: boolean } | undefined>;
  /** When a file was last committed, as ISO 8601; `undefined` where it never was. The path is relative to the directory. */
  readonly committedAt: (directory: string, path: string) => Promise<string | undefined>;
  /** The text of a file in a commit, branch or tag; the path is relative to the directory. */
  readonly fileAt: (directory: string, revision: string, path: string) => Promise<CommittedFile>;
  /**
   * What a file was in each commit that changed it, newest first, at most the last 500; empty outside a work tree.
   * `undefined` when git cannot read them all.
   */
  readonly fileHistory: (
    directory: string,
    path: string,
  ) => Promise<readonly FileVersion[] | undefined>;
  /** Annotated tags whose name begins so, by name; empty outside a work tree. `undefined` when git cannot read them. */
  readonly tags: (
    directory: string,
    prefix: string,
  ) => Promise<readonly AnnotatedTag[] | undefined>;
  /** Tags the current commit; signed where git is configured to sign tags. Nothing is pushed. */
  readonly tag: (directory: string, name: string, message: string) => Promise<MadeTag>;
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

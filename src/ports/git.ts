/** A file as some commit has it. */
export type CommittedFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  /** The commit names it, and its bytes are not there or git failed. */
  | { readonly kind: "unreadable" }
  /** There is no such commit, or no git. */
  | { readonly kind: "revision-unknown" };

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
}

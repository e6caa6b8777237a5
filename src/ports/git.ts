/** What `app/` asks git; nothing is ever written except when a person asks for a commit. */
export interface Git {
  /** `undefined` outside a work tree or before the first commit. `dirty` counts untracked files too. */
  readonly state: (
    directory: string,
  ) => Promise<{ readonly commit: string; readonly dirty: boolean } | undefined>;
  /** When a file was last committed, as ISO 8601; `undefined` where it never was. The path is relative to the directory. */
  readonly committedAt: (directory: string, path: string) => Promise<string | undefined>;
  /** `Name <email>` of the configured author; identity grade "asserted". */
  readonly author: (directory: string) => Promise<string | undefined>;
}

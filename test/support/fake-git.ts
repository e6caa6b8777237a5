import type { Git } from "../../src/ports/git.ts";

/** Git outside of every work tree, but for what is given. */
export function fakeGit(known: Partial<Git> = {}): Git {
  const nothing = async (): Promise<undefined> => undefined;
  return {
    state: nothing,
    committedAt: nothing,
    fileAt: async () => ({ kind: "revision-unknown" }),
    fileHistory: async () => [],
    tags: async () => [],
    tag: async () => ({ kind: "made" }),
    author: nothing,
    signingKey: nothing,
    origin: nothing,
    changes: async () => [],
    commitText: nothing,
    ...known,
  };
}

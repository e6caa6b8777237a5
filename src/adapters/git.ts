/** Git through simple-git; the only file that imports it. Reads only. A machine without git counts as being outside a work tree. */
import { simpleGit } from "simple-git";
import type { Git } from "../ports/git.ts";

/** Asks the `git` on the PATH. Repository configuration that would start programs (file-system monitors, hooks) is switched off. */
export function createGit(): Git {
  return {
    state: async (directory) => {
      const ask = asking(directory);
      const [root, commit, status] = await Promise.all([
        ask("rev-parse", "--show-toplevel"),
        ask("rev-parse", "--verify", "HEAD"),
        ask("status", "--porcelain", "--untracked-files=normal"),
      ]);
      if (root === undefined || commit === undefined || status === undefined) return undefined;
      return { commit, dirty: status !== "", root };
    },
    committedAt: async (directory, path) => {
      const date = await asking(directory)("log", "-1", "--format=%cI", "--", path);
      return date === "" ? undefined : date;
    },
    author: async (directory) => {
      const ask = asking(directory);
      const name = await ask("config", "user.name");
      const email = await ask("config", "user.email");
      if (name === undefined || email === undefined) return undefined;
      return `${name} <${email}>`;
    },
  };
}

/** Trimmed output of one git command; `undefined` when it fails or there is no git. */
function asking(directory: string): (...command: string[]) => Promise<string | undefined> {
  return async (...command) => {
    try {
      const git = simpleGit({
        baseDir: directory,
        timeout: { block: 20_000 },
        // The library forbids to name a monitor at all; here it is only ever switched off.
        unsafe: { allowUnsafeFsMonitor: true },
      });
      const quiet = ["-c", "core.fsmonitor=false", "--no-optional-locks"];
      return (await git.raw([...quiet, ...command])).trim();
    } catch {
      // Not a repository, no commit yet, no such setting, no git: all of them mean "unknown" to the caller.
      return undefined;
    }
  };
}

/**
 * What git says of a project; reads only, but for a tag that a person asks for. A machine without git counts as being outside a work tree.
 *
 * Every run asks for the state, so that is one process, started without simple-git, whose loading takes as long as git
 * itself; all else goes through it, and this is the only file that imports it.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Git } from "../ports/git.ts";
import { makeTag, readFileHistory, readTags } from "./git-records.ts";

/**
 * Repository configuration that would start programs (file-system monitors, hooks) is switched off, and so are
 * replacements: refs that give one commit the content of another.
 */
const QUIET = ["-c", "core.fsmonitor=false", "--no-optional-locks", "--no-replace-objects"];
/** Of the commits of one file; whatever is older than so many changes is not looked for. */
const MOST_CHANGES = 300;
const TIMEOUT_MS = 20_000;

/** Asks the `git` on the PATH. */
export function createGit(): Git {
  return {
    state: async (directory) => {
      if (!mayBeRepository(directory)) return undefined;
      const status = await statusOf(directory);
      const commit = /^# branch\.oid ([0-9a-f]{40,64})$/m.exec(status ?? "")?.[1];
      // Before the first commit git says "(initial)".
      if (status === undefined || commit === undefined) return undefined;
      return { commit, dirty: /^[^#\n]/m.test(status) };
    },
    committedAt: async (directory, path) => {
      const ask = await asking(directory);
      const date = await ask("log", "-1", "--format=%cI", "--", path);
      return date === "" ? undefined : date;
    },
    fileAt: async (directory, revision, path) => {
      // What begins with a dash would be an option.
      if (revision.startsWith("-")) return { kind: "revision-unknown" };
      const ask = await asking(directory);
      const commit = await ask("rev-parse", "--verify", "--quiet", `${revision}^{commit}`);
      if (commit === undefined || commit === "") return { kind: "revision-unknown" };
      const entry = await ask("ls-tree", "--name-only", commit, "--", path);
      if (entry === "") return { kind: "absent" };
      const text = await ask("cat-file", "blob", `${commit}:./${path}`);
      return text === undefined ? { kind: "unreadable" } : { kind: "text", text };
    },
    fileHistory: async (directory, path) =>
      mayBeRepository(directory) ? readFileHistory(directory, path) : [],
    tags: async (directory, prefix) =>
      mayBeRepository(directory) ? readTags(directory, prefix) : [],
    tag: makeTag,
    author: async (directory) => {
      const ask = await asking(directory);
      const name = await ask("config", "user.name");
      const email = await ask("config", "user.email");
      if (name === undefined || email === undefined) return undefined;
      return `${name} <${email}>`;
    },
    signingKey: async (directory) => {
      const ask = await asking(directory);
      if ((await ask("config", "gpg.format")) !== "ssh") return undefined;
      return (await ask("config", "--type=path", "user.signingkey")) || undefined;
    },
    origin: async (directory) => {
      const ask = await asking(directory);
      return (await ask("config", "remote.origin.url")) || undefined;
    },
    changes: async (directory, path) => {
      const ask = await asking(directory);
      const most = `--max-count=${String(MOST_CHANGES)}`;
      const log = await ask("log", most, "--no-show-signature", "--format=%H %P", "--", path);
      return (log ?? "").split("\n").flatMap((line) => {
        const [commit, ...parents] = line.split(" ").filter((id) => id !== "");
        return commit === undefined ? [] : [{ commit, parents }];
      });
    },
    commitText: async (directory, commit) => commitOf(directory, commit),
  };
}

/** Without a `.git` here or above, and none named by a variable, git need not be asked. */
function mayBeRepository(directory: string): boolean {
  if (process.env["GIT_DIR"] !== undefined) return true;
  if (existsSync(join(directory, ".git"))) return true;
  const above = dirname(directory);
  return above !== directory && mayBeRepository(above);
}

/** Lines that start with `#` tell of the branch, all others of something that is not committed. */
async function statusOf(directory: string): Promise<string | undefined> {
  const status = [
    "status",
    "--porcelain=v2",
    "--branch",
    "--no-ahead-behind",
    "--untracked-files=normal",
  ];
  const options = { cwd: directory, timeout: TIMEOUT_MS, maxBuffer: 1 << 28, windowsHide: true };
  return new Promise((resolve) => {
    execFile("git", [...QUIET, ...status], options, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}

/** Trimmed or decoded loosely it would no longer be what was signed. */
async function commitOf(directory: string, commit: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
  const options = { cwd: directory, timeout: TIMEOUT_MS, windowsHide: true };
  const bytes = await new Promise<Uint8Array | undefined>((resolve) => {
    const command = [...QUIET, "cat-file", "commit", commit];
    execFile("git", command, { ...options, encoding: "buffer" }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Trimmed output of one git command; `undefined` when it fails or there is no git. */
async function asking(
  directory: string,
): Promise<(...command: string[]) => Promise<string | undefined>> {
  const { simpleGit } = await import("simple-git");
  return async (...command) => {
    try {
      const git = simpleGit({
        baseDir: directory,
        timeout: { block: TIMEOUT_MS },
        // The library forbids to name a monitor at all; here it is only ever switched off.
        unsafe: { allowUnsafeFsMonitor: true },
      });
      return (await git.raw([...QUIET, ...command])).trim();
    } catch {
      // Not a repository, no commit yet, no such setting, no git: all of them mean "unknown" to the caller.
      return undefined;
    }
  };
}

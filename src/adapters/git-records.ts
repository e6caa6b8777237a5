/** What git keeps of a file over time, and tags: read and made by one process each, which starts no program of the repository's. */
import { execFile } from "node:child_process";
import type { AnnotatedTag, FileVersion, MadeTag } from "../ports/git.ts";

/** Repository configuration that would start programs (file-system monitors, hooks) is switched off. */
const QUIET = ["-c", "core.fsmonitor=false", "--no-optional-locks"];
const TIMEOUT_MS = 20_000;
/** Whoever signs may have to type a passphrase. */
const SIGNING_TIMEOUT_MS = 180_000;
const MOST_VERSIONS = 500;

/** Each version as one hunk with the whole file around it: one process instead of one for each commit. */
const WHOLE_FILES = [
  "log",
  "-p",
  // Merges against each parent: what a merge itself changed counts, too.
  "-m",
  "-U1000000",
  "--text",
  "--no-color",
  "--no-renames",
  "--no-ext-diff",
  "--no-textconv",
  "--no-show-signature",
  `--max-count=${String(MOST_VERSIONS)}`,
  "--format=%x00%H%x00%cI",
];

/** @returns Newest first; `undefined` when git fails, which it does before the first commit, too. */
export async function readFileHistory(
  directory: string,
  path: string,
): Promise<readonly FileVersion[] | undefined> {
  const head = await run(directory, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  if (!head.ok) return [];
  const log = await run(directory, [...WHOLE_FILES, "--", path]);
  if (!log.ok) return undefined;
  const parts = log.text.split("\0").slice(1);
  const versions = new Map<string, FileVersion>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const commit = parts[at] ?? "";
    const [when = "", ...patch] = (parts[at + 1] ?? "").split("\n");
    // A merge comes once for each parent, with the same file.
    versions.set(commit, { commit, at: when, text: textAfter(patch) });
  }
  return [...versions.values()];
}

/** The file as a patch leaves it, where the patch has all of it. */
function textAfter(patch: readonly string[]): string {
  const start = patch.findIndex((line) => line.startsWith("@@"));
  if (start === -1) return "";
  return patch
    .slice(start + 1)
    .filter((line) => line.startsWith(" ") || line.startsWith("+"))
    .map((line) => `${line.slice(1)}\n`)
    .join("");
}

/** @returns By name; a lightweight tag has no message of its own and is left out. */
export async function readTags(
  directory: string,
  prefix: string,
): Promise<readonly AnnotatedTag[] | undefined> {
  const format =
    "%(refname:strip=2)%00%(objecttype)%00%(taggerdate:iso-strict)%00%(contents)%00%00";
  const found = await run(directory, ["for-each-ref", `--format=${format}`, `refs/tags/${prefix}`]);
  if (!found.ok) {
    // Only a folder that looks like a repository and is none gives neither tags nor a repository.
    return (await run(directory, ["rev-parse", "--git-dir"])).ok ? undefined : [];
  }
  return found.text
    .split("\0\0\n")
    .slice(0, -1)
    .flatMap((record) => {
      const [name = "", type, at = "", message = ""] = record.split("\0");
      return type === "tag" ? [{ name, at: at === "" ? undefined : at, message }] : [];
    });
}

/** Tags the current commit. `tag.gpgSign` and the key are git's own settings. */
export async function makeTag(directory: string, name: string, message: string): Promise<MadeTag> {
  const made = await run(
    directory,
    ["tag", "--annotate", `--message=${message}`, "--", name],
    SIGNING_TIMEOUT_MS,
  );
  return made.ok ? { kind: "made" } : { kind: "failed", because: made.because };
}

type Ran =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly because: string };

async function run(
  directory: string,
  command: readonly string[],
  timeout = TIMEOUT_MS,
): Promise<Ran> {
  const options = { cwd: directory, timeout, maxBuffer: 1 << 28, windowsHide: true };
  return new Promise((resolve) => {
    execFile("git", [...QUIET, ...command], options, (error, stdout, stderr) => {
      if (error === null) resolve({ ok: true, text: stdout });
      else resolve({ ok: false, because: firstLine(stderr) ?? error.message });
    });
  });
}

function firstLine(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.replace(/^(?:fatal|error): /, "").trim())
    .find((line) => line !== "");
}

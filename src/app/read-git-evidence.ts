/**
 * Commits of a repository, read from git's own files. Git itself is not started: a repository's configuration may name programs that git would run.
 * Only what refs and reflogs name is found; a commit that is missing here may still exist in a pack.
 */
import type { GitEvidence } from "../maturity/evidence.ts";
import type { Files } from "../ports/files.ts";

const COMMIT = /\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g;

/** `undefined` where there is no `.git` folder. */
export async function readGitEvidence(files: Files): Promise<GitEvidence | undefined> {
  const folder = await gitFolder(files);
  if (folder === undefined) return undefined;
  const commits = new Set<string>();
  const places = [`${folder}/HEAD`, `${folder}/packed-refs`, `${folder}/ORIG_HEAD`];
  for (const below of [`${folder}/refs`, `${folder}/logs`]) {
    if ((await files.kind(below)) !== "directory") continue;
    places.push(...(await files.list(below)).map((path) => `${below}/${path}`));
  }
  for (const place of places) {
    for (const [commit] of ((await files.readText(place)) ?? "").matchAll(COMMIT))
      if (!/^0+$/.test(commit)) commits.add(commit);
  }
  return { commits };
}

/** `.git`, or the folder that a `.git` file of a linked work tree names together with the one they share. */
async function gitFolder(files: Files): Promise<string | undefined> {
  const kind = await files.kind(".git");
  if (kind === "directory") return ".git";
  if (kind !== "file") return undefined;
  const named = /^gitdir: (.+)$/m.exec((await files.readText(".git")) ?? "")?.[1];
  if (named === undefined) return undefined;
  const shared = named.replace(/\/worktrees\/[^/]+\/?$/, "");
  return (await files.kind(shared)) === "directory" ? shared : undefined;
}

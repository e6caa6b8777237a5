/** Who is doing this, as far as the machine says. Nobody has checked it: the grade is "asserted" (contract 11). */
import type { Git } from "../ports/git.ts";
import type { Identity } from "../registry/audit.ts";

/** Git's configured author, else the name of the account, else `unknown`. */
export async function whoActs(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
  git: Git,
): Promise<Identity> {
  const author = await git.author(directory);
  return {
    name: author ?? environment["USER"] ?? environment["USERNAME"] ?? "unknown",
    grade: "asserted",
  };
}

/** Who is acting, as far as a laptop can tell: git's author, else the user of the machine. Nobody has checked it (contract 11: asserted). */
import type { Identity } from "../registry/audit.ts";
import type { CommandContext } from "./context.ts";

/** The one who acts, for the registry's log; `unknown` where neither git nor the machine has a name. */
export async function identityOf(context: CommandContext): Promise<Identity> {
  const { root } = await context.project();
  const author = await (await context.wiring.git()).author(root);
  const { environment } = context;
  return {
    name: author ?? environment["USER"] ?? environment["USERNAME"] ?? "unknown",
    grade: "asserted",
  };
}

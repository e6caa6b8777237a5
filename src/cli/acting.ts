/** What `whoActs` needs, out of a command's context. */
import { whoActs } from "../app/who-acts.ts";
import type { Identity } from "../registry/identity.ts";
import type { CommandContext } from "./context.ts";

/** Who acts in a project. @throws what `whoActs` throws. */
export async function actingIdentity(context: CommandContext, root: string): Promise<Identity> {
  const { wiring, environment } = context;
  const { approval } = await context.config();
  return whoActs(
    { directory: root, environment, approval },
    { git: await wiring.git(), clock: await wiring.clock(), idTokens: wiring.idTokens },
  );
}

/** What the commands that ask, decide and move aliases share. */
import type { AliasPorts, Environments } from "../../../app/assign-alias.ts";
import { whoActs } from "../../../app/who-acts.ts";
import { UsageError } from "../../../base/errors.ts";
import type { Config } from "../../../config/schema.ts";
import type { Artifacts } from "../../../ports/artifacts.ts";
import type { Identity } from "../../../registry/audit.ts";
import type { CommandContext } from "../../context.ts";
import { openState } from "../../open-state.ts";

/** The project, who acts in it, and what its settings say of environments. */
export interface OpenApprovals extends AliasPorts {
  readonly artifacts: Artifacts;
  readonly actor: Identity;
  readonly config: Config;
  readonly environments: Environments;
}

/** @throws what `openState` throws. */
export async function openApprovals(context: CommandContext): Promise<OpenApprovals> {
  const { wiring, environment } = context;
  const state = await openState(context);
  const config = await context.config();
  return {
    ...state,
    clock: await wiring.clock(),
    ids: await wiring.ids(),
    actor: await whoActs(state.files.absolute("."), environment, await wiring.git()),
    config,
    environments: {
      known: config.environments,
      guarded: config.approval.environments,
      store: config.store,
    },
  };
}

/** The reason for what is on record for good. @throws UsageError `reason-missing`. */
export function reasonFor(what: string, reason: string | undefined): string {
  const text = reason?.trim() ?? "";
  if (text !== "") return text;
  throw new UsageError(`${what} needs a reason.`, {
    code: "reason-missing",
    hint: 'it goes on the record: --reason "why"',
  });
}

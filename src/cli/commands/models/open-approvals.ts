/** What the commands that ask, decide and move aliases share. */
import type { AliasPorts, Environments } from "../../../app/assign-alias.ts";
import type { Diagnostic } from "../../../base/diagnostic.ts";
import { UsageError } from "../../../base/errors.ts";
import type { Config } from "../../../config/schema.ts";
import type { Artifacts } from "../../../ports/artifacts.ts";
import type { Identity } from "../../../registry/identity.ts";
import type { ModelVersion } from "../../../registry/model.ts";
import { actingIdentity } from "../../acting.ts";
import type { CommandContext } from "../../context.ts";
import { openState } from "../../open-state.ts";

/** The project, who acts in it, and what its settings say of environments. */
export interface OpenApprovals extends AliasPorts {
  readonly artifacts: Artifacts;
  readonly actor: Identity;
  readonly config: Config;
  /** Without a store: whether the bytes are there shows when they are shared. */
  readonly environments: Environments;
}

/** @throws what `openState` throws. */
export async function openApprovals(context: CommandContext): Promise<OpenApprovals> {
  const { wiring } = context;
  const state = await openState(context);
  const config = await context.config();
  return {
    ...state,
    clock: await wiring.clock(),
    ids: await wiring.ids(),
    actor: await actingIdentity(context, state.files.absolute(".")),
    config,
    environments: {
      known: config.environments,
      guarded: config.approval.environments,
      store: undefined,
    },
  };
}

/**
 * Shares a version before an environment is told to run it: CI fetches it from there. Where the settings name no store,
 * or with `--no-push`, the lock file says that the bytes are only here.
 *
 * @throws what the store throws; nothing has changed then.
 */
export async function shareFirst(
  version: ModelVersion,
  { push, context }: { readonly push: boolean; readonly context: CommandContext },
  open: OpenApprovals,
): Promise<Environments> {
  const { config, environments } = open;
  if (!push || config.store === undefined) return environments;
  const { openModelStore } = await import("./open-store.ts");
  const { pushVersions } = await import("../../../app/push-models.ts");
  await pushVersions([version], context.signal, await openModelStore(config.store, context, open));
  return { ...environments, store: config.store };
}

/** What is to be told of an environment whose bytes nobody else can fetch. */
export function onlyHere(
  environments: Environments,
  alias: string,
  { store }: Pick<Config, "store">,
): readonly Diagnostic[] {
  if (environments.store !== undefined || !environments.known.includes(alias)) return [];
  return [
    {
      code: "store-not-set",
      severity: "note",
      message: `the bytes are in this project's store only; a clone or CI cannot fetch what ${alias} runs`,
      hint:
        store === undefined
          ? "name a store that the team can reach (store: in .mlopsrc.yaml), then: mlops models push"
          : "mlops models push",
    },
  ];
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

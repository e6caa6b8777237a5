/** Words, flags and settings → `app/assign-alias.ts`. */
import { assignAlias, removeAlias } from "../../../app/assign-alias.ts";
import type { ModelAliasReport } from "../../../app/models-schema.ts";
import type { Diagnostic } from "../../../base/diagnostic.ts";
import type { ModelVersion } from "../../../registry/model.ts";
import { parseModelReference } from "../../../registry/names.ts";
import type { CommandContext } from "../../context.ts";
import { onlyHere, openApprovals, reasonFor, shareFirst } from "./open-approvals.ts";

/** What the command line said. */
export interface AliasFlags {
  readonly model: string;
  readonly alias: string;
  readonly remove: boolean;
  readonly push: boolean;
  readonly force: boolean;
  readonly reason: string | undefined;
}

/** @throws what `assignAlias`, `removeAlias` and the store throw; UsageError `reason-missing`. */
export async function runAlias(
  context: CommandContext,
  flags: AliasFlags,
): Promise<{ readonly report: ModelAliasReport; readonly diagnostics: readonly Diagnostic[] }> {
  const open = await openApprovals(context);
  const { actor, config } = open;
  const { alias, model: reference, push } = flags;
  const force = flags.force ? reasonFor("--force", flags.reason) : undefined;
  let { environments } = open;
  if (flags.remove) {
    const { model } = parseModelReference(reference);
    const report = await removeAlias({ model, alias, actor, environments, force }, open);
    return { report, diagnostics: [] };
  }
  const share = async (version: ModelVersion): Promise<typeof environments> => {
    if (environments.known.includes(alias))
      environments = await shareFirst(version, { push, context }, open);
    return environments;
  };
  const input = { reference, alias, actor, environments, force, share };
  const report = await assignAlias(input, open);
  const hasMoved = report.before !== report.version;
  return { report, diagnostics: hasMoved ? onlyHere(environments, alias, config) : [] };
}

/** Flags → `app/list-events.ts`, `app/check-log.ts`, `app/anchor-log.ts`. */
import { type AnchorPlace, anchorLog } from "../../../app/anchor-log.ts";
import type { ModelsAuditReport } from "../../../app/audit-schema.ts";
import { checkLog } from "../../../app/check-log.ts";
import { findModel } from "../../../app/find-model.ts";
import { listEvents, sinceMoment } from "../../../app/list-events.ts";
import { UsageError } from "../../../base/errors.ts";
import type { Registry } from "../../../ports/registry.ts";
import { parseModelReference } from "../../../registry/names.ts";
import type { Whose } from "../../../registry/version-history.ts";
import type { OptionalTexts } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { openState } from "../../open-state.ts";

export interface AuditFlags {
  readonly model: string | undefined;
  readonly subject: string | undefined;
  readonly since: string | undefined;
  readonly limit: number | undefined;
  readonly verify: boolean;
  readonly anchor: OptionalTexts;
}

const USUAL_LIMIT = 50;

/** @throws what `listEvents`, `anchorLog` and `parseModelReference` throw; UsageError `usage-wrong-value`, `since-not-a-time`. */
export async function runAudit(
  context: CommandContext,
  flags: AuditFlags,
): Promise<ModelsAuditReport> {
  const place = placeOf(flags.anchor);
  const state = await openState(context);
  const { wiring } = context;
  const clock = await wiring.clock();
  if (place === undefined && !flags.verify) {
    const { subject, since, limit } = flags;
    const wanted = {
      whose: whoseOf(flags.model, state.registry),
      subject,
      sinceMs: since === undefined ? undefined : sinceMoment(since, clock.nowMs()),
      limit: limit ?? USUAL_LIMIT,
    };
    return listEvents(wanted, state.registry.audit);
  }
  const ports = { ...state, clock, git: await wiring.git(), ids: await wiring.ids() };
  const anchored = place === undefined ? null : await anchorLog(place, ports);
  // After the anchor was written, so that it is among those that are looked at.
  const check = flags.verify ? (await checkLog(ports)).report : null;
  return { events: [], matching: 0, unreadable: [], check, anchored };
}

/** `--anchor` alone is the lock file: it needs no git. */
function placeOf(anchor: OptionalTexts): AnchorPlace | undefined {
  if (anchor === "bare") return "lock";
  const [place, ...rest] = anchor;
  if (place === undefined) return undefined;
  if ((place === "lock" || place === "tag") && rest.length === 0) return place;
  throw new UsageError(`--anchor=${anchor.join(" --anchor=")}: it is lock or tag.`, {
    code: "usage-wrong-value",
    hint: "for example --anchor=tag",
  });
}

/** A version need not be there any more: its events are. */
function whoseOf(text: string | undefined, { models }: Registry): Whose | undefined {
  if (text === undefined) return undefined;
  const { model, choice } = parseModelReference(text);
  switch (choice.kind) {
    case "newest":
      return { model, version: undefined };
    case "version":
      return { model, version: choice.version };
    case "alias":
      return findModel(text, models);
  }
}

/** Flags → `app/gather-card.ts`, and the text where it was asked for. */
import { findModel } from "../../../app/find-model.ts";
import { gatherCard } from "../../../app/gather-card.ts";
import type { ModelCard } from "../../../app/model-card-schema.ts";
import { ConflictError } from "../../../base/errors.ts";
import type { CommandContext } from "../../context.ts";
import { openState } from "../../open-state.ts";
import { CARD_MARK } from "../../render/card/document.ts";
import { renderCardHtml } from "../../render/card/html.ts";
import { renderCardMarkdown } from "../../render/card/markdown.ts";

export interface CardFlags {
  readonly model: string;
  readonly format: string | undefined;
  readonly out: string | undefined;
  readonly force: boolean;
}

/** @throws what `findModel` throws; ConflictError `card-file-taken`. */
export async function runCard(context: CommandContext, flags: CardFlags): Promise<ModelCard> {
  const state = await openState(context);
  const card = await gatherCard(findModel(flags.model, state.registry.models), state);
  const { out } = flags;
  if (out === undefined) return card;
  const files = await context.wiring.files(context.workingDirectory);
  const before = await files.readText(out);
  if (before !== undefined && !before.includes(CARD_MARK) && !flags.force)
    throw new ConflictError(`${out} is there already, and is no card that was written here.`, {
      code: "card-file-taken",
      where: { path: out },
      hint: "name another file, or write over it with --force",
    });
  await files.writeAtomic(out, renderCard(card, flags.format));
  return card;
}

/** Ends in a newline. */
export function renderCard(card: ModelCard, format: string | undefined): string {
  return format === "html" ? renderCardHtml(card) : renderCardMarkdown(card);
}

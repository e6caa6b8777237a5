/** Variables that a library looks up in an expression given as text: `df.query("size > @least")`. */
import type { TextEffect } from "../effects/effect.ts";
import { scopeOwning } from "../scopes.ts";
import { readName } from "./frames.ts";
import type { Argument, Frame } from "./model.ts";
import { recordDynamic } from "./record-outside.ts";

const NAMES = { marked: /@([\p{L}_][\p{L}\p{N}_]*)/gu, all: /([\p{L}_][\p{L}\p{N}_]*)/gu } as const;

/** Reads every variable that the text may name. Where the text is made elsewhere, it may name any that the program names in this way. */
export function readText(argument: Argument, names: TextEffect["names"], frame: Frame): void {
  const { program, scope, unit } = frame;
  const literal = argument.value.literal?.value;
  const isWritten = argument.node.kind === "string" || argument.node.kind === "concatenated_string";
  const texts =
    typeof literal === "string"
      ? [literal]
      : isWritten
        ? [unit.text.slice(argument.node.start, argument.node.end)]
        : undefined;
  const ofModule = new Set<string>();
  for (const text of texts ?? program.texts) {
    for (const [, name = ""] of text.matchAll(NAMES[names])) {
      const isOfModule = scopeOwning(scope, name).kind === "module";
      if (isOfModule && !program.boundNames.has(name)) continue;
      readName(frame, name);
      if (isOfModule) ofModule.add(name);
    }
  }
  if (frame.kind !== "module" && ofModule.size > 0 && texts !== undefined)
    recordDynamic(frame, "text-in-function", argument.node, [...ofModule]);
}

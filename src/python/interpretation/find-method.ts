/** Methods of the program's own classes. */
import { fieldOf, textOf } from "../syntax.ts";
import type { Code, Frame } from "./model.ts";

/** Looks in the class, then in those of its bases that the program defines. */
export function findMethod(code: Code, method: string, frame: Frame): Code | undefined {
  const seen = new Set([code]);
  for (const candidate of seen) {
    const found = candidate.methods.get(method);
    if (found !== undefined) return found;
    for (const base of fieldOf(candidate.node, "superclasses")?.children ?? []) {
      if (base.kind !== "identifier") continue;
      for (const next of frame.program.definitions.get(textOf(candidate.unit.text, base)) ?? [])
        if (next.kind === "class") seen.add(next);
    }
  }
  return undefined;
}

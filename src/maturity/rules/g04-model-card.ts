/** G4: a model card made from the registry. A text that somebody wrote once is declared, no more. */
import { fail, partial, type Rule } from "../rule.ts";

export const g04: Rule = {
  id: "G4",
  section: "G",
  level: 1,
  gate: undefined,
  question: "Are model card and feature documentation generated from the registry?",
  how: ["S", "X"],
  weight: 2,
  earn: { command: "write MODEL_CARD.md; generating it is not part of this version", effort: 4 },
  check: ({ project }) => {
    const [card] = project.modelCards;
    if (card === undefined) return fail("there is no model card");
    return partial(1, "there is a model card, but nothing generates it", [
      { text: "model card", path: card, line: 1 },
    ]);
  },
};

/** Explanations of what `mlops assess` says. */
import type { Explanation } from "./explanation.ts";

export const assessExplanations: Readonly<Record<string, Explanation>> = {
  "assess-below-level": {
    what: "The repository has not reached the level that --fail-under asks for.",
    why: "The proven level counts what happened and was executed, not what is declared; use --gate-on claimed to go by static evidence.",
    example: "mlops assess --fail-under 1",
    fix: "Do the next steps that the report lists. Each names the command that earns the gate.",
  },
};

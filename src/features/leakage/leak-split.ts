/** `train_test_split`: the rows on either side, with all that went into them before. */
import type { SyntaxNode } from "../../python/syntax.ts";
import type { LeakScope } from "./leak-scope.ts";
import { newSet } from "./leak-scope.ts";
import type { LeakArgument } from "./leak-text.ts";
import { keywordText } from "./leak-text.ts";
import type { Flow, SplitSite } from "./leak-value.ts";

/** The results of a split, training part and test part of each argument in turn. */
export function divide(node: SyntaxNode, list: readonly LeakArgument[], scope: LeakScope): Flow {
  const parts = list.filter(({ keyword }) => keyword === undefined);
  const whole = parts.find(({ flow }) => flow.kind === "rows")?.flow;
  const rows = whole?.kind === "rows" ? whole.extent.set : newSet(scope, undefined);
  const by = list.find(({ keyword }) => keyword === "stratify")?.flow;
  const site: SplitSite = {
    statement: scope.statement,
    node,
    rows,
    isRandom: keywordText(list, "shuffle", scope) !== "False",
    data: parts.map((part) => ({
      node: part.node,
      shape: part.flow.kind === "rows" ? part.flow.shape : "unknown",
    })),
    stratify: by?.kind === "rows" ? by.name : undefined,
  };
  scope.trail.divided.push({
    site,
    parts: parts.map((part) => ({ node: part.node, flow: part.flow })),
  });
  const sets = { train: newSet(scope, rows), test: newSet(scope, rows) };
  const items = parts.flatMap(({ flow }): readonly Flow[] =>
    (["train", "test"] as const).map((side): Flow => {
      if (flow.kind !== "rows") return flow;
      const { extent } = flow;
      // Rows held back of the training rows are no test rows of the first split.
      const isAgain = extent.side !== "all";
      return {
        ...flow,
        extent: {
          ...extent,
          set: sets[side],
          side: isAgain ? extent.side : side,
          split: isAgain ? extent.split : site,
        },
      };
    }),
  );
  return { kind: "tuple", items };
}

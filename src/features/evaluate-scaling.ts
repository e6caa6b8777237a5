/** Functions that scale a table by its own statistics, as `preprocessing.scale(X)` and `zscore(column)` do. */
import type { SyntaxNode } from "../python/syntax.ts";
import type { Part } from "./parts.ts";
import { requireLearnable } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { Evaluated, RowsValue } from "./value.ts";
import { once } from "./value.ts";

/**
 * Function → class of scikit-learn with the same formula. Sources: the scikit-learn reference names the class beside each function;
 * `scipy.stats.zscore` divides by the population's standard deviation (`ddof=0`), as `StandardScaler` does.
 */
export const SCALING: Readonly<Record<string, string>> = {
  "sklearn.preprocessing.scale": "StandardScaler",
  "sklearn.preprocessing.minmax_scale": "MinMaxScaler",
  "sklearn.preprocessing.maxabs_scale": "MaxAbsScaler",
  "sklearn.preprocessing.robust_scale": "RobustScaler",
  "scipy.stats.zscore": "StandardScaler",
};

/** Evaluates a scaling function with its defaults: the class is fitted once, and applied while serving. */
export function applyScaling(
  node: SyntaxNode,
  data: Part & { readonly value: RowsValue },
  scope: Scope,
  path: string,
): Evaluated {
  const { lifter } = scope;
  const className = SCALING[path];
  if (lifter === undefined || className === undefined || data.edits.length > 0)
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${excerpt(scope, node)}\` learns from the whole table in a way that is not understood.`,
    );
  requireLearnable(data.value, node, scope);
  const text = sourceOf(scope, data.node);
  const field = once(() => {
    lifter.support("scaler_of");
    return lifter.capture({
      base: className,
      type: "Any",
      source: sourceOf(scope, node),
      code: `scaler_of("${className}", ${text})`,
    });
  });
  const serve = (): string =>
    `${lifter.support("scaled_values")}(${text}, ${lifter.read(field())})`;
  const shape = path === "scipy.stats.zscore" ? data.value.shape : "matrix";
  return {
    value: { ...data.value, shape },
    edits: [{ span: node, fit: undefined, serve }],
  };
}

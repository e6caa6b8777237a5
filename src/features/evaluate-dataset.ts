/**
 * Data sets that come with scikit-learn: `iris = load_iris()`, then `iris.data`, `iris.target`, `iris.feature_names`. A request brings the
 * columns by their names; the object the notebook loads is made again around its rows.
 */
import type { SyntaxNode } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { keywordOf } from "./call-arguments.ts";
import type { Part } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { classify, excerpt, isLabelColumn, refuseAt, sourceOf } from "./scope.ts";
import type { Evaluated } from "./value.ts";
import { LABEL, rows, STATE } from "./value.ts";

/** What the column of the answers is called in the table of a data set. Source: the frames that `as_frame=True` gives. */
export const DATASET_TARGET = "target";

const LOADERS =
  /^sklearn\.datasets\.(?:load_(?:iris|wine|breast_cancer|diabetes|digits|boston)|fetch_california_housing)$/u;

/** Whether a function loads a data set of scikit-learn. */
export function isDatasetLoader(path: string): boolean {
  return LOADERS.test(path);
}

/** Evaluates the call of a loader; the raw table of the notebook. */
export function evaluateLoader(
  node: SyntaxNode,
  list: readonly Argument[],
  scope: Scope,
): Evaluated {
  const { lifter } = scope;
  const pair = keywordOf(list, "return_X_y");
  if (
    lifter === undefined ||
    (pair !== undefined && sourceOf(scope, pair.node) !== "False") ||
    list.some(({ keyword }) => keyword === undefined || keyword === "n_class")
  )
    return refuseAt(
      scope,
      node,
      "feature-raw-table-unknown",
      `\`${excerpt(scope, node)}\` gives a table without names for its columns; load the data set as one object.`,
    );
  classify(scope, "schema");
  scope.seen.datasetTarget = true;
  const source = sourceOf(scope, node);
  const frame = keywordOf(list, "as_frame");
  const asFrame = frame !== undefined && sourceOf(scope, frame.node) === "True";
  return {
    value: { kind: "dataset", asFrame },
    edits: [
      {
        span: node,
        fit: () => `${lifter.support("dataset_of")}(${source}, ${lifter.frameName})`,
        serve: () =>
          `${lifter.support("served_dataset")}(${lifter.support("raw_rows")}(${lifter.frameName}, ${lifter.read("raw_types")}, UNSERVED), ${asFrame ? "True" : "False"})`,
      },
    ],
  };
}

/** Evaluates `iris.data` and `iris["data"]`. */
export function evaluateDatasetMember(part: Part, name: string, scope: Scope): Evaluated {
  if (part.value.kind !== "dataset") return { value: STATE, edits: [] };
  if (name === "data")
    return {
      value: {
        ...rows(part.value.asFrame ? "frame" : "matrix", "all"),
        without: [DATASET_TARGET],
      },
      edits: part.edits,
    };
  if (name === "target") return { value: LABEL, edits: [] };
  if (name === "frame" && part.value.asFrame)
    return { value: rows("frame", "all"), edits: part.edits };
  return { value: isLabelColumn(scope, name) ? LABEL : STATE, edits: [] };
}

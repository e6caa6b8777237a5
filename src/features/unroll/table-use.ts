/** Whether what a loop goes over is tables: columns, models and numbers are looped over as well, and stay in their loops. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, textOf, walk } from "../../python/syntax.ts";
import type { LoopPlace } from "./listed-tables.ts";

/** Attributes that only tables have, and methods that notebooks call on tables. */
const OF_TABLES: ReadonlySet<string> = new Set([
  "apply",
  "columns",
  "drop",
  "dropna",
  "fillna",
  "iloc",
  "insert",
  "loc",
  "rename",
  "replace",
]);
/** Methods of models, which have no columns. */
const OF_MODELS: ReadonlySet<string> = new Set([
  "fit",
  "fit_predict",
  "fit_transform",
  "predict",
  "predict_proba",
  "score",
  "transform",
]);

/** Whether a variable of a loop stands for tables, by what they are known to be or what the body does with them. */
export function isUsedAsTable(
  { name, elements }: { readonly name: string; readonly elements: readonly string[] },
  body: SyntaxNode,
  { program, statement }: LoopPlace,
): boolean {
  if (elements.some((element) => !/^[A-Za-z_]/u.test(element))) return false;
  const { text } = statement.tree;
  let isTable = elements.every((element) =>
    program.statements
      .findLast(({ position, facts }) => position < statement.position && facts.types.has(element))
      ?.facts.types.get(element)
      ?.startsWith("pandas."),
  );
  let isModel = false;
  walk(body, (node) => {
    const object =
      node.kind === "subscript"
        ? fieldOf(node, "value")
        : node.kind === "attribute"
          ? fieldOf(node, "object")
          : undefined;
    if (object?.kind !== "identifier" || textOf(text, object) !== name) return undefined;
    const attribute = fieldOf(node, "attribute");
    if (attribute === undefined) isTable = true;
    else if (OF_TABLES.has(textOf(text, attribute))) isTable = true;
    else if (OF_MODELS.has(textOf(text, attribute))) isModel = true;
    return undefined;
  });
  return isTable && !isModel;
}

/**
 * What learns a set of categories, the edges of bins or an order of values from a whole column: `astype("category")`, `pd.cut` and
 * `pd.qcut`, `factorize`, `rank`. Training keeps what was learned; while serving the user's call is given it.
 */
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { keywordOf } from "./call-arguments.ts";
import type { FeatureStatement } from "./feature-program.ts";
import type { Part } from "./parts.ts";
import { combine, requireLearnable, servedEdits } from "./parts.ts";
import type { Lifter, Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf, stringLiteral } from "./scope.ts";
import type { Edit, Evaluated, RowsValue } from "./value.ts";
import { once, reshaped, rowsLike, textEdit } from "./value.ts";

/** Rows that a call learns from. */
interface Learning {
  readonly node: SyntaxNode;
  readonly data: Part & { readonly value: RowsValue };
  readonly lifter: Lifter;
}

/** Evaluates `column.astype("category")`. */
export function evaluateCategoryType(
  node: SyntaxNode,
  receiver: Part & { readonly value: RowsValue },
  scope: Scope,
): Evaluated {
  const learned = learning(node, receiver, scope);
  const { data, lifter } = learned;
  const field = learnedBy("category_lists", learned, scope, {
    what: "categories",
    type: "dict[Any, list[Any]]",
  });
  return {
    value: data.value,
    edits: [
      ...data.edits,
      {
        span: { start: node.start, end: node.start },
        fit: undefined,
        serve: () => `${lifter.support("with_categories")}(`,
      },
      {
        span: { start: data.node.end, end: node.end },
        fit: undefined,
        serve: () => `, ${lifter.read(field())}, UNSEEN)`,
      },
    ],
  };
}

/** Evaluates `pd.cut(column, bins)` and `pd.qcut(column, q)`. */
export function evaluateBins(
  node: SyntaxNode,
  list: readonly Argument[],
  scope: Scope,
  path: string,
): Evaluated {
  const [first] = list;
  const bins = keywordOf(list, path === "pandas.cut" ? "bins" : "q") ?? list[1];
  if (
    first?.value.kind !== "rows" ||
    first.value.shape === "frame" ||
    bins === undefined ||
    list.some(
      ({ value, keyword }) =>
        keyword === "retbins" || (value.kind === "rows" && value !== first.value),
    )
  ) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  }
  const given = path === "pandas.qcut" ? "number" : binsAre(bins.node, scope.statement, scope);
  if (given === "edges") return combine(list, scope, node, "column");
  if (given === undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\`: whether \`${excerpt(scope, bins.node)}\` is a number of bins or their edges is not known.`,
    );
  const { data, lifter } = learning(node, { ...first, value: first.value }, scope);
  const source = sourceOf(scope, node);
  const field = once(() =>
    lifter.capture({
      base: `${lastName(data.node, scope)} bin edges`,
      type: "Any",
      source,
      code: `${source.replace(/,?\s*\)$/u, "")}, retbins=True)[1]`,
    }),
  );
  const callee = fieldOf(node, "function");
  const edits: Edit[] = [
    ...data.edits,
    {
      span: { start: data.node.start, end: data.node.start },
      fit: undefined,
      serve: () => `${lifter.support("within_edges")}(`,
    },
    {
      span: { start: data.node.end, end: data.node.end },
      fit: undefined,
      serve: () => `, ${lifter.read(field())}, UNSEEN)`,
    },
    { span: bins.node, fit: undefined, serve: () => lifter.read(field()) },
    ...servedEdits(
      list.filter((argument) => argument !== first && argument !== bins),
      scope,
    ),
  ];
  if (path === "pandas.qcut" && callee !== undefined) {
    edits.push(textEdit(callee, sourceOf(scope, callee).replace(/qcut$/u, "cut")));
    const named = keywordOf(list, "q");
    const name = named === undefined ? undefined : keywordName(node, "q", scope);
    if (name !== undefined) edits.push(textEdit(name, "bins"));
    const last = list.at(-1);
    if (last !== undefined)
      edits.push(textEdit({ start: last.node.end, end: last.node.end }, ", include_lowest=True"));
  }
  return { value: rowsLike(data.value, "column"), edits };
}

/** Functions and methods that give edges, in order. */
const GIVES_EDGES = /\.(?:linspace|arange|array|quantile|percentile|logspace|geomspace)$/u;

/** Whether bins are a number or their edges; `undefined` when that cannot be read. */
function binsAre(
  node: SyntaxNode,
  { tree, position }: FeatureStatement,
  scope: Scope,
): "number" | "edges" | undefined {
  const text = tree.text.slice(node.start, node.end);
  if (node.kind === "integer") return "number";
  if (node.kind === "list" || node.kind === "tuple") return "edges";
  const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
  if (callee !== undefined)
    return GIVES_EDGES.test(tree.text.slice(callee.start, callee.end)) ? "edges" : undefined;
  if (node.kind !== "identifier") return undefined;
  const made = scope.program.statements.findLast(
    (statement) => statement.position < position && statement.facts.mayWrite.includes(text),
  );
  const [assignment] = made?.node.kind === "expression_statement" ? made.node.children : [];
  const left = assignment?.kind === "assignment" ? fieldOf(assignment, "left") : undefined;
  const right = assignment?.kind === "assignment" ? fieldOf(assignment, "right") : undefined;
  return made !== undefined && left?.kind === "identifier" && right !== undefined
    ? binsAre(right, made, scope)
    : undefined;
}

/** Evaluates `pd.factorize(column)` or `column.factorize()`, whose first result is the codes. */
export function evaluateFactorize(
  node: SyntaxNode,
  receiver: Part & { readonly value: RowsValue },
  scope: Scope,
): Evaluated {
  const learned = learning(node, receiver, scope);
  const { data, lifter } = learned;
  const text = sourceOf(scope, data.node);
  const field = learnedBy("appearances_of", learned, scope, { what: "values", type: "list[Any]" });
  const serve = (): string =>
    `(${lifter.support("codes_of_appearance")}(${text}, ${lifter.read(field())}, UNSEEN), ${lifter.read(field())})`;
  if (data.edits.length > 0)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood; give the column a name before it is numbered.`,
    );
  return {
    value: { kind: "factorized", codes: rowsLike(data.value, "column") },
    edits: [{ span: node, fit: undefined, serve }],
  };
}

/** Evaluates `column.rank()`: the rank a value has among those of training. */
export function evaluateRank(
  node: SyntaxNode,
  receiver: Part & { readonly value: RowsValue },
  list: readonly Argument[],
  scope: Scope,
): Evaluated {
  const others = list.filter(
    ({ keyword, node: value }) =>
      keyword !== "pct" && !(keyword === "method" && stringLiteral(scope, value) === "average"),
  );
  const pct = keywordOf(list, "pct");
  if (receiver.value.shape !== "column" || others.length > 0)
    return refuseAt(
      scope,
      node,
      "feature-needs-history",
      `\`${excerpt(scope, node)}\` ranks rows among each other.`,
    );
  const learned = learning(node, receiver, scope);
  const { data, lifter } = learned;
  const field = learnedBy("ranked_values_of", learned, scope, {
    what: "ranked values",
    type: "Any",
  });
  scope.seen.notes.push({
    text: `\`${excerpt(scope, node)}\` gives a new value the rank that it would have among those of training`,
    span: node,
    statement: scope.statement,
  });
  return {
    value: reshaped(data.value, "column"),
    edits: [
      ...data.edits,
      {
        span: { start: node.start, end: node.start },
        fit: undefined,
        serve: () => `${lifter.support("rank_among")}(`,
      },
      {
        span: { start: data.node.end, end: node.end },
        fit: undefined,
        serve: () =>
          `, ${lifter.read(field())}, ${pct === undefined ? "False" : sourceOf(scope, pct.node)})`,
      },
    ],
  };
}

function learning(
  node: SyntaxNode,
  data: Part & { readonly value: RowsValue },
  scope: Scope,
): Learning {
  const { lifter } = scope;
  if (lifter === undefined)
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${excerpt(scope, node)}\` learns from the whole table inside a helper function.`,
    );
  requireLearnable(data.value, node, scope);
  return { node, data, lifter };
}

/** The state's field for what a function of `feature_statistics.py` learns from the column. */
function learnedBy(
  support: string,
  { node, data, lifter }: Learning,
  scope: Scope,
  { what, type }: { readonly what: string; readonly type: string },
): () => string {
  return once(() => {
    lifter.support(support);
    return lifter.capture({
      base: `${lastName(data.node, scope)} ${what}`,
      type,
      source: sourceOf(scope, node),
      code: `${support}(${sourceOf(scope, data.node)})`,
    });
  });
}

/** The last string in an expression, or its last name: what a person would call it. */
function lastName(node: SyntaxNode, scope: Scope): string {
  let found = "";
  const visit = (at: SyntaxNode): void => {
    found = stringLiteral(scope, at) ?? (at.kind === "identifier" ? sourceOf(scope, at) : found);
    for (const child of at.children) visit(child);
  };
  visit(node);
  return found;
}

function keywordName(node: SyntaxNode, keyword: string, scope: Scope): SyntaxNode | undefined {
  const list = fieldOf(node, "arguments")?.children ?? [];
  return list
    .flatMap((child) => (child.kind === "keyword_argument" ? [fieldOf(child, "name")] : []))
    .find((name) => name !== undefined && sourceOf(scope, name) === keyword);
}

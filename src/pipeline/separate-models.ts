/**
 * Tables of models that share nothing: `models = {"lr": LogisticRegression(), "tree": tree}` after `tree = DecisionTreeClassifier()`. What happens to one
 * of them is nothing to the others, so that it does not matter which is fitted first and asked later.
 */
import { importedNames } from "../python/import-statement.ts";
import { literalOf } from "../python/interpretation/literals.ts";
import {
  fieldOf,
  type SyntaxNode,
  type SyntaxTree,
  textOf,
  walk,
  withoutParentheses,
} from "../python/syntax.ts";

/** How one goes through such a table: `models.items()`, a list of models, a list of names with models. */
export type TableShape = "mapping" | "models" | "named";

/** What the names of a notebook mean, as far as its text tells. */
export interface NotebookNames {
  /** By name, what imports bind it to; absent where they differ or something else binds it too. */
  readonly imported: ReadonlyMap<string, string>;
  /** By name, everything that plain assignments give it or add to it; absent where something else binds it. */
  readonly assigned: ReadonlyMap<string, readonly Assigned[]>;
  /** Names that anything binds, wherever. */
  readonly bound: ReadonlySet<string>;
  /** Every place that a name stands in. */
  readonly mentions: ReadonlyMap<string, readonly Mention[]>;
}

/** The value of an assignment, with the text that it stands in. */
export interface Assigned {
  readonly value: SyntaxNode;
  readonly text: string;
}

/** A name with the nodes around it, the innermost first. */
export interface Mention {
  readonly node: SyntaxNode;
  readonly around: readonly SyntaxNode[];
  readonly text: string;
}

/** Reads all cells; linear in their size. */
export function namesOf(trees: readonly SyntaxTree[]): NotebookNames {
  const imports = new Map<string, Set<string>>();
  const assigned = new Map<string, Assigned[]>();
  const mentions = new Map<string, Mention[]>();
  const elsewhere = new Set<string>();
  const add = <V>(map: Map<string, V[]>, key: string, value: V): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, [value]);
    else known.push(value);
  };
  for (const { root, text } of trees)
    visit(root, [], (node, around) => {
      if (/^import(_from)?_statement$/.test(node.kind)) {
        for (const { name, qualified } of importedNames(node, text))
          imports.set(name, new Set([...(imports.get(name) ?? []), qualified ?? ""]));
        return false;
      }
      if (node.kind !== "identifier") return true;
      const name = textOf(text, node);
      const [parent] = around;
      if (parent?.kind === "attribute" && node.field === "attribute") return true;
      if (parent?.kind === "keyword_argument" && node.field === "name") return true;
      const isAssigned = parent !== undefined && /^(augmented_)?assignment$/.test(parent.kind);
      const value = isAssigned ? fieldOf(parent, "right") : undefined;
      if (value !== undefined && node.field === "left") add(assigned, name, { value, text });
      else if (isBinding(node, around)) elsewhere.add(name);
      add(mentions, name, { node, around, text });
      return true;
    });
  const imported = new Map<string, string>();
  for (const [name, meanings] of imports) {
    const [only] = meanings;
    const isOne = meanings.size === 1 && !elsewhere.has(name) && !assigned.has(name);
    if (only !== undefined && only !== "" && isOne) imported.set(name, only);
  }
  const bound = new Set([...imports.keys(), ...assigned.keys(), ...elsewhere]);
  for (const name of assigned.keys())
    if (elsewhere.has(name) || imports.has(name)) assigned.delete(name);
  return { imported, assigned, bound, mentions };
}

const PATTERNS =
  /^(pattern_list|tuple_pattern|list_pattern|list_splat_pattern|expression_list|tuple|as_pattern_target)$/;
const BINDERS: ReadonlySet<string> = new Set([
  "function_definition",
  "class_definition",
  "parameters",
  "lambda_parameters",
  "default_parameter",
  "typed_parameter",
  "typed_default_parameter",
  "named_expression",
  "global_statement",
  "nonlocal_statement",
  "delete_statement",
  "as_pattern",
  "case_pattern",
]);

/** Whether something may be bound or unbound here by other means than `name = value`; where in doubt, it is. */
function isBinding(node: SyntaxNode, around: readonly SyntaxNode[]): boolean {
  let inner = node;
  for (const outer of around) {
    if (PATTERNS.test(outer.kind)) {
      inner = outer;
      continue;
    }
    if (BINDERS.has(outer.kind)) return inner.field !== "value" && inner.field !== "body";
    return inner.field === "left" && outer.kind !== "binary_operator";
  }
  return false;
}

function visit(
  node: SyntaxNode,
  around: readonly SyntaxNode[],
  see: (node: SyntaxNode, around: readonly SyntaxNode[]) => boolean,
): void {
  if (!see(node, around)) return;
  const inner = [node, ...around];
  for (const child of node.children) visit(child, inner, see);
}

/** The shape of the table under a name; `undefined` where its models may share something, or where it may not stay as it is. */
export function separateModels(name: string, names: NotebookNames): TableShape | undefined {
  const [only, ...others] = names.assigned.get(name) ?? [];
  if (only === undefined || others.length > 0) return undefined;
  if (!(names.mentions.get(name) ?? []).every(isOnlyRead)) return undefined;
  return shapeOf(only, names);
}

/** Whether these are names of models only, each its own: going through them again meets the same ones. */
export function areNamedModels(value: SyntaxNode, text: string, names: NotebookNames): boolean {
  const { children } = withoutParentheses(value);
  return (
    children.every(({ kind }) => kind === "identifier") &&
    shapeOf({ value, text }, names) === "models"
  );
}

function shapeOf({ value, text }: Assigned, names: NotebookNames): TableShape | undefined {
  const node = withoutParentheses(value);
  const named = new Set<string>();
  const isModel = (model: SyntaxNode | undefined): boolean => {
    const name = model?.kind === "identifier" ? textOf(text, model) : undefined;
    const written = model === undefined ? [] : [{ value: model, text }];
    const [made, ...others] = name === undefined ? written : (names.assigned.get(name) ?? []);
    if (made === undefined || others.length > 0) return false;
    // The same model twice would be fitted twice before it is asked.
    const isNew = name === undefined || !named.has(name);
    named.add(name ?? "");
    return isNew && isMadeHere(made.value, made.text, names) && isQuiet(made.value, made.text);
  };
  const { children } = node;
  if (children.length === 0) return undefined;
  if (node.kind === "dictionary") {
    const isMapping = children.every(
      (pair) => pair.kind === "pair" && isModel(fieldOf(pair, "value")),
    );
    return isMapping ? "mapping" : undefined;
  }
  if (!/^(list|tuple|expression_list)$/.test(node.kind)) return undefined;
  if (children.every((child) => isModel(child))) return "models";
  const isNamed = children.every((pair) => {
    const [label, model, ...more] = pair.children;
    const isPair = (pair.kind === "tuple" || pair.kind === "list") && more.length === 0;
    return isPair && label !== undefined && isPlain(label, text, names) && isModel(model);
  });
  return isNamed ? "named" : undefined;
}

/** Libraries whose estimators keep to themselves: made anew by a call, and nothing of a class is changed by fitting one. */
const ESTIMATORS =
  /^(sklearn|imblearn|xgboost|lightgbm|catboost)\.(\w+\.)*([A-Z]\w*|make_pipeline)$/;
/** Those that draw when they are asked, too, which would change what others draw while they are fitted. */
const DRAWS_WHEN_ASKED =
  /^sklearn\.(dummy\.\w+|impute\.IterativeImputer|neural_network\.BernoulliRBM)$/;

/** An estimator that is made in this place, of literals and estimators that are made in it too. */
function isMadeHere(node: SyntaxNode, text: string, names: NotebookNames): boolean {
  if (node.kind !== "call") return false;
  const callee = qualifiedName(fieldOf(node, "function"), text, names);
  return (
    callee !== undefined &&
    ESTIMATORS.test(callee) &&
    !DRAWS_WHEN_ASKED.test(callee) &&
    (fieldOf(node, "arguments")?.children ?? []).every((argument) =>
      isPlain(
        argument.kind === "keyword_argument" ? (fieldOf(argument, "value") ?? argument) : argument,
        text,
        names,
      ),
    )
  );
}

/** Whether it is a literal, a name for nothing but such, or made here of those. */
export function isPlain(node: SyntaxNode, text: string, names: NotebookNames): boolean {
  if (literalOf(node, text) !== undefined) return true;
  if (/^(list|tuple|pair|dictionary|set|parenthesized_expression)$/.test(node.kind))
    return node.children.every((child) => isPlain(child, text, names));
  if (node.kind === "identifier") {
    const values = names.assigned.get(textOf(text, node)) ?? [];
    return values.length > 0 && values.every((one) => literalOf(one.value, one.text) !== undefined);
  }
  return isMadeHere(node, text, names);
}

/** Some libraries print while they fit, and what is printed keeps its order. */
function isQuiet(node: SyntaxNode, text: string): boolean {
  let isLoud = false;
  walk(node, (inner) => {
    if (inner.kind !== "call") return undefined;
    const callee = fieldOf(inner, "function");
    const talks = callee !== undefined && /\b(CatBoost|LGBM)\w*$/.test(textOf(text, callee));
    const given = (fieldOf(inner, "arguments")?.children ?? []).flatMap((argument) => {
      const key = fieldOf(argument, "name");
      const value = fieldOf(argument, "value");
      if (argument.kind !== "keyword_argument" || key === undefined || value === undefined)
        return [];
      return [{ key: textOf(text, key), value: literalOf(value, text)?.value }];
    });
    const isOff = (value: unknown): boolean =>
      value === false || (typeof value === "number" && value <= 0);
    const silences = given.some(
      ({ key, value }) =>
        (/^verbos(e|ity)$/.test(key) && isOff(value)) ||
        (key === "silent" && value === true) ||
        (key === "logging_level" && value === "Silent"),
    );
    const asksForText = given.some(({ key, value }) => key === "verbose" && !isOff(value));
    if (asksForText || (talks && !silences)) isLoud = true;
    return undefined;
  });
  return !isLoud;
}

/** The dotted name that an expression of names stands for, looked up in what is imported. */
export function qualifiedName(
  node: SyntaxNode | undefined,
  text: string,
  names: Pick<NotebookNames, "imported">,
): string | undefined {
  if (node?.kind === "identifier") return names.imported.get(textOf(text, node));
  const attribute = node?.kind === "attribute" ? fieldOf(node, "attribute") : undefined;
  const owner = node === undefined ? undefined : fieldOf(node, "object");
  if (attribute === undefined || owner === undefined) return undefined;
  const of = qualifiedName(owner, text, names);
  return of === undefined ? undefined : `${of}.${textOf(text, attribute)}`;
}

const LOOKS: ReadonlySet<string> = new Set(["items", "keys", "values", "get"]);
const ASKERS: ReadonlySet<string> = new Set(["len", "list", "sorted", "enumerate", "zip", "print"]);

/** Whether the table itself stays what it is here: it is made, gone through, or asked for one of its models. */
function isOnlyRead({ node, around, text }: Mention): boolean {
  const [parent, grand, great] = around;
  if (parent === undefined || grand === undefined) return false;
  const isMade = node.field === "left" && parent.kind === "assignment";
  if (isMade) return grand.kind === "expression_statement" && great?.kind === "module";
  // What is put into one of the models may be another of them.
  if (around.some(({ field }) => field === "left")) return false;
  if (node.field === "right" && /^for_(statement|in_clause)$/.test(parent.kind)) return true;
  if (parent.kind === "comparison_operator") return true;
  if (parent.kind === "subscript" && node.field === "value")
    return grand.kind !== "delete_statement";
  if (parent.kind === "attribute" && node.field === "object") {
    const attribute = fieldOf(parent, "attribute");
    return grand.kind === "call" && attribute !== undefined && LOOKS.has(textOf(text, attribute));
  }
  const isArgument = parent.kind === "argument_list" && grand.kind === "call";
  const callee = isArgument ? fieldOf(grand, "function") : undefined;
  return callee?.kind === "identifier" && ASKERS.has(textOf(text, callee));
}

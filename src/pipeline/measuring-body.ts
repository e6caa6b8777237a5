/** Whether statements only ask fitted models and keep what they find: they draw nothing, and leave what they are not to touch. */
import { fieldOf, type SyntaxNode, textOf } from "../python/syntax.ts";
import { isPlain, type NotebookNames, qualifiedName } from "./separate-models.ts";

export interface MeasuringScope {
  readonly text: string;
  readonly names: NotebookNames;
  /** The variable that holds a fitted model, and the table of all of them, of which others are not fitted yet. */
  readonly model: string;
  readonly table: string | undefined;
  /** Names that must stay bound to what they are, and whose values must stay as they are. */
  readonly untouched: ReadonlySet<string>;
}

/** Also whether they measure at all: a metric of scikit-learn, or `model.score(…)`. */
export function isMeasuringOnly(statements: readonly SyntaxNode[], scope: MeasuringScope): boolean {
  return (
    statements.every((statement) => isHarmless(statement, scope)) &&
    statements.some((statement) => measures(statement, scope))
  );
}

function measures(node: SyntaxNode, scope: MeasuringScope): boolean {
  if (node.kind === "call") {
    const callee = fieldOf(node, "function");
    const isMetric =
      qualifiedName(callee, scope.text, scope.names)?.startsWith("sklearn.metrics.") === true;
    if (isMetric || (callee !== undefined && textOf(scope.text, callee) === `${scope.model}.score`))
      return true;
  }
  return node.children.some((child) => measures(child, scope));
}

/** What may stand in such statements besides calls and assignments, which are looked at one by one. */
const PLAIN: ReadonlySet<string> = new Set(
  `expression_statement if_statement elif_clause else_clause block pass_statement
   subscript slice argument_list parenthesized_expression expression_list
   list tuple dictionary pair set list_comprehension dictionary_comprehension set_comprehension generator_expression
   if_clause conditional_expression binary_operator unary_operator not_operator boolean_operator
   comparison_operator string concatenated_string string_start string_content string_end escape_sequence interpolation
   format_specifier format_expression type_conversion integer float true false none pattern_list tuple_pattern`.split(
    /\s+/,
  ),
);

function isHarmless(node: SyntaxNode, scope: MeasuringScope): boolean {
  return isAllowed(node, scope) && node.children.every((child) => isHarmless(child, scope));
}

function isAllowed(node: SyntaxNode, scope: MeasuringScope): boolean {
  const { text, names } = scope;
  const left = fieldOf(node, "left");
  switch (node.kind) {
    case "call":
      return isHarmlessCall(node, scope);
    case "assignment":
      return bindsHarmlessly(left, scope);
    case "augmented_assignment":
      // An array would change in its place, under whatever other name it has.
      return (
        left?.kind === "identifier" && isPlain(left, text, names) && bindsHarmlessly(left, scope)
      );
    case "for_statement":
    case "for_in_clause":
      return bindsHarmlessly(left, scope);
    case "identifier":
      return textOf(text, node) !== scope.table;
    case "attribute":
      return isKnownAttribute(node, scope);
    case "keyword_argument": {
      const name = fieldOf(node, "name");
      return name !== undefined && !CHANGING.has(textOf(text, name));
    }
    default:
      return PLAIN.has(node.kind);
  }
}

/** What of a model that is not this one's turn might not be there yet, or be of an earlier fit; arrays and tables have these. */
const OF_DATA = /^(shape|size|values|columns|index|T|loc|iloc|at|iat|__name__)$/;

function isKnownAttribute(node: SyntaxNode, { text, names, model }: MeasuringScope): boolean {
  const owner = fieldOf(node, "object");
  const attribute = fieldOf(node, "attribute");
  if (owner === undefined || attribute === undefined) return false;
  const isOfModel = owner.kind === "identifier" && textOf(text, owner) === model;
  const name = textOf(text, attribute);
  return (
    isOfModel ||
    OF_DATA.test(name) ||
    PURE.has(name) ||
    FILLING.has(name) ||
    qualifiedName(node, text, names) !== undefined
  );
}

/** Arguments that make a function change something, or call something. */
const CHANGING: ReadonlySet<string> = new Set(["inplace", "out", "key", "sample_size"]);

/** A name of its own, or a place in a table that was made to be filled. */
function bindsHarmlessly(target: SyntaxNode | undefined, scope: MeasuringScope): boolean {
  if (target === undefined) return false;
  if (target.kind === "identifier") return !scope.untouched.has(textOf(scope.text, target));
  if (target.kind === "pattern_list" || target.kind === "tuple_pattern")
    return target.children.every((part) => bindsHarmlessly(part, scope));
  const owner = target.kind === "subscript" ? fieldOf(target, "value") : undefined;
  if (owner?.kind === "attribute") {
    const attribute = fieldOf(owner, "attribute");
    const table = fieldOf(owner, "object");
    const isPlace =
      attribute !== undefined && /^(loc|at|iloc|iat)$/.test(textOf(scope.text, attribute));
    return isPlace && isKeptTable(table, scope);
  }
  return isKeptTable(owner, scope);
}

/** A list, dictionary or table that the notebook makes empty or of literals, under a name that never means anything else. */
function isKeptTable(
  node: SyntaxNode | undefined,
  { text, names, untouched }: MeasuringScope,
): boolean {
  if (node?.kind !== "identifier" || untouched.has(textOf(text, node))) return false;
  const values = names.assigned.get(textOf(text, node)) ?? [];
  return (
    values.length > 0 &&
    values.every(({ value, text: where }) => {
      if (/^(list|dictionary)$/.test(value.kind)) return isPlain(value, where, names);
      const callee = value.kind === "call" ? fieldOf(value, "function") : undefined;
      if (callee === undefined) return false;
      const isMaker =
        qualifiedName(callee, where, names) === "pandas.DataFrame" ||
        (/^(list|dict)$/.test(textOf(where, callee)) && !names.bound.has(textOf(where, callee)));
      return (
        isMaker &&
        (fieldOf(value, "arguments")?.children ?? []).every((argument) =>
          isPlain(fieldOf(argument, "value") ?? argument, where, names),
        )
      );
    })
  );
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Methods of a fitted model that only answer. */
const ASKED = words("predict predict_proba predict_log_proba decision_function score get_params");
/** Methods of strings, arrays, series and tables that give something new. */
const PURE = words(
  `format join lower upper title strip replace capitalize zfill ljust rjust center split mean std var min max sum median round
   abs ravel flatten reshape tolist to_numpy astype items keys values get copy transpose head`,
);
/** Methods that fill a table. */
const FILLING = words("append extend update insert");
const BUILTINS = words(
  "print round len str float int bool max min abs sum hasattr isinstance type repr format zip range sorted list dict tuple set enumerate any all",
);
/** Functions that compute something new from what they are given, or draw a plot. */
const FUNCTIONS =
  /^(sklearn\.metrics\.\w+(\.from_\w+)?|numpy\.(sqrt|mean|std|abs|round|exp|log|log1p|expm1|array|max|min|argmax|argmin|median|sum|unique|square|power|arange|linspace|asarray|var|where)|matplotlib\.pyplot\.\w+|pandas\.(DataFrame|Series))$/;

function isHarmlessCall(node: SyntaxNode, scope: MeasuringScope): boolean {
  const { text, names, model } = scope;
  const callee = fieldOf(node, "function");
  if (callee === undefined) return false;
  const qualified = qualifiedName(callee, text, names);
  if (qualified === "joblib.dump") {
    // Another model might not be fitted yet when it is its own turn.
    const [saved] = fieldOf(node, "arguments")?.children ?? [];
    return saved?.kind === "identifier" && textOf(text, saved) === model;
  }
  if (qualified !== undefined) return FUNCTIONS.test(qualified);
  if (callee.kind === "identifier") {
    const name = textOf(text, callee);
    return BUILTINS.has(name) && !names.bound.has(name);
  }
  const attribute = callee.kind === "attribute" ? fieldOf(callee, "attribute") : undefined;
  const owner = fieldOf(callee, "object");
  if (attribute === undefined || owner === undefined) return false;
  const method = textOf(text, attribute);
  if (owner.kind === "identifier" && textOf(text, owner) === model) return ASKED.has(method);
  return FILLING.has(method) ? isKeptTable(owner, scope) : PURE.has(method);
}

/**
 * Numbers that a notebook makes of predictions by arithmetic of its own: `np.mean(predicted == y_test)`. They are worth what the
 * scores of a library are worth, so the call that makes one is marked, and planning treats it as a scoring call.
 * Only what is surely one is marked: a prediction, or what was made of one, meets something else, and one number comes of it.
 */
import type { CallFact, SourceUnit, StatementFacts } from "../python/facts.ts";
import { isModelFitCall, isPrediction } from "./roles.ts";

/** Functions of several numbers that give one. */
const GIVES_ONE =
  /^(numpy\.(mean|average|median|sum|nanmean|nansum|std|var|max|min|count_nonzero|linalg\.norm)|builtins\.(sum|max|min)|statistics\.(mean|fmean|median))$/;
const ONE_METHODS: ReadonlySet<string> = new Set(["mean", "sum", "median", "std", "max", "min"]);
/** What a number may go through on its way out: it still is that number, or another one made of it. */
const HANDS_ON =
  /^(builtins\.(print|round|float|int|str|abs)|numpy\.(sqrt|round|around|abs|log|log1p|exp)|math\.(sqrt|log))$/;
/** On one line, and none that holds expressions. */
const PLAIN_STRING = /(?<![fF][rR]?)("[^"\n]*"|'[^'\n]*')/g;
/** Of a table they give one number a column. */
const TABLE = "pandas.DataFrame";

/**
 * The same statements; the calls that make such a number have `measures`. Linear.
 *
 * @param statements In execution order.
 * @param units Their texts.
 */
export function markHandMetrics(
  statements: readonly StatementFacts[],
  units: readonly SourceUnit[],
): readonly StatementFacts[] {
  const data = new Set(
    statements
      .filter(({ imports, definition }) => imports.length === 0 && definition === undefined)
      .flatMap(({ mayWrite }) => mayWrite),
  );
  const predicted = new Set<string>();
  const compared = new Set<string>();
  return statements.map((statement) => {
    const text = units[statement.unit]?.text ?? "";
    const made = madeOf(statement, text, { data, predicted, compared });
    const measure = made === "compared" ? measureOf(statement) : undefined;
    for (const name of statement.mayWrite) {
      predicted.delete(name);
      compared.delete(name);
    }
    const bound = statement.kind === "assignment" ? statement.surelyWrites : [];
    for (const name of made === undefined ? [] : bound)
      (made === "predicted" ? predicted : compared).add(name);
    return measure === undefined ? statement : marked(statement, measure);
  });
}

interface Known {
  /** Names that hold data of the notebook, and no import or function. */
  readonly data: ReadonlySet<string>;
  readonly predicted: ReadonlySet<string>;
  /** Names of what was made of predictions and something else. */
  readonly compared: ReadonlySet<string>;
}

function madeOf(
  statement: StatementFacts,
  text: string,
  { data, predicted, compared }: Known,
): "predicted" | "compared" | undefined {
  const { kind, calls, reads } = statement;
  if (kind !== "assignment" && kind !== "expression") return undefined;
  if (calls.some(isModelFitCall)) return undefined;
  if (reads.some((name) => compared.has(name))) return "compared";
  const predictions = calls.filter(isPrediction);
  if (predictions.length === 0 && !reads.some((name) => predicted.has(name))) return undefined;
  const beside = namesBeside(predictions, statement, text);
  const meets = reads.some((name) => data.has(name) && !predicted.has(name) && beside.has(name));
  return meets ? "compared" : "predicted";
}

/** Words of a statement outside of its predictions, which ask a model about data, and outside of short strings. */
function namesBeside(
  predictions: readonly CallFact[],
  { span }: StatementFacts,
  text: string,
): ReadonlySet<string> {
  let rest = text.slice(0, span.end);
  for (const { span: asked } of predictions.toSorted((a, b) => b.span.start - a.span.start))
    rest = `${rest.slice(0, asked.start)} ${rest.slice(asked.end)}`;
  const said = rest.slice(span.start).replace(PLAIN_STRING, " ");
  return new Set(said.match(/[\p{L}_][\p{L}\p{N}_]*/gu));
}

/** The outermost call that gives one number, where nothing around it makes something else of that. */
function measureOf({ calls }: StatementFacts): CallFact | undefined {
  const inward = calls.toSorted(
    (one, other) => one.span.start - other.span.start || other.span.end - one.span.end,
  );
  for (const call of inward) {
    if (call.repeated) return undefined;
    if (givesOne(call)) return call;
    if (!handsOn(call)) return undefined;
  }
  return undefined;
}

function givesOne({ callee, method, receiverType, arguments: given }: CallFact): boolean {
  // `axis` asks for one number a row or column.
  if (given.some(({ keyword }) => keyword === "axis" || keyword === "**")) return false;
  return callee === undefined
    ? method !== undefined && ONE_METHODS.has(method) && receiverType !== TABLE
    : GIVES_ONE.test(callee);
}

function handsOn({ callee, method }: CallFact): boolean {
  return callee === undefined ? method === "format" : HANDS_ON.test(callee);
}

function marked(statement: StatementFacts, measure: CallFact): StatementFacts {
  const [name, ...others] = statement.kind === "assignment" ? statement.surelyWrites : [];
  const known = others.length === 0 ? name : undefined;
  const measures = known ?? measure.callee?.split(".").at(-1) ?? measure.method ?? "measure";
  return {
    ...statement,
    calls: statement.calls.map((call) => (call === measure ? { ...call, measures } : call)),
  };
}

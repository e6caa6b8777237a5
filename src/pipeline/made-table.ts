/**
 * A matrix that the notebook makes itself, with its answers beside it: `X, y = make_moons(noise=0.3, random_state=0)`, then perhaps
 * `X += rng.normal(size=X.shape)`. What is drawn for a row can be asked of no request, so the raw table is the matrix as the last draw
 * leaves it: the values that the model saw, by their places. Only where nothing on the way is read from outside the notebook.
 */
import type { CallFact, StatementFacts } from "../python/facts.ts";
import { mayMutate } from "../python/mutated-names.ts";
import { isModelFitCall } from "./roles.ts";

/** A variable and the statement that makes the version of it that is meant. */
interface Made {
  readonly name: string;
  readonly by: StatementFacts;
}

/** The raw table of a notebook that reads none. */
export interface MadeTable {
  readonly matrix: Made;
  /** The answers as they go into the split or the fit; absent where the model is fitted without. */
  readonly target: Made | undefined;
}

const SPLIT = "sklearn.model_selection.train_test_split";
/** What only computes, from nothing but its arguments and the generators. */
const COMPUTES =
  /^(?:builtins\.(?!open$|eval$|exec$|input$|__import__$|compile$)\w+|math\.\w+|itertools\.\w+|random\.\w+|numpy\.(?!load|genfrom|from|memmap|lib\.|ctypeslib)[\w.]+|sklearn\.datasets\.make_\w+|scipy\.(?:stats|special)\.[\w.]+|\.\w+)$/u;
const DRAWS = /^(?:sklearn\.datasets\.make_\w+|(?:numpy\.)?random\.[\w.]+|scipy\.stats\.[\w.]+)$/u;
/** Methods of what learns from rows, and of files. */
const OTHER_WORK = /^(?:fit|transform|predict|inverse|read|load|rvs|sample)/u;

/**
 * Finds it.
 *
 * @param statements In the notebook's order; `fit` is one of them.
 */
export function findMadeTable(
  statements: readonly StatementFacts[],
  fit: StatementFacts,
): MadeTable | undefined {
  const before = statements.slice(0, statements.indexOf(fit));
  const call = fit.calls.findLast((one) => isModelFitCall(one) && one.method !== undefined);
  const matrix = call?.arguments.find(({ keyword }) => keyword === undefined || keyword === "X");
  if (call === undefined || matrix?.name === undefined) return undefined;
  const rest = call.arguments.filter((one) => one !== matrix);
  const target = rest.find(({ keyword }) => keyword === undefined || keyword === "y");
  const isRebound = [matrix.name, target?.name].some(
    (name) => name !== undefined && fit.mayWrite.includes(name),
  );
  if (isRebound || (target !== undefined && target.name === undefined)) return undefined;
  return madeBefore(before, matrix.name, target?.name);
}

/** Goes back through the split and what encoders and scalers do, to the statements that make the matrix and the answers. */
function madeBefore(
  before: readonly StatementFacts[],
  matrixName: string,
  targetName: string | undefined,
): MadeTable | undefined {
  let name = matrixName;
  let answers = targetName;
  let matrix: Made | undefined;
  let target: Made | undefined;
  for (const statement of before.toReversed()) {
    const isOfAnswers =
      answers !== undefined && target === undefined && changes(statement, answers);
    const isOfMatrix = matrix === undefined && changes(statement, name);
    if (!isOfAnswers && !isOfMatrix) continue;
    const split = statement.calls.find(({ callee }) => callee === SPLIT);
    if (split !== undefined) {
      const data = split.arguments.filter(({ keyword }) => keyword === undefined);
      if (!isOfMatrix || data[0]?.name === undefined) return undefined;
      name = data[0].name;
      if (answers === undefined) continue;
      if (!isOfAnswers || data[1]?.name === undefined) return undefined;
      answers = data[1].name;
      continue;
    }
    if (isOfAnswers && answers !== undefined) target = { name: answers, by: statement };
    if (!isOfMatrix) continue;
    const learned = statement.calls.find(({ method }) =>
      /^(?:fit_)?transform$/u.test(method ?? ""),
    );
    const taken = learned?.arguments[0]?.name;
    if (taken !== undefined) {
      if (!statement.surelyWrites.includes(name)) return undefined;
      name = taken;
    } else matrix = { name, by: statement };
  }
  if (matrix === undefined || (answers !== undefined && target === undefined)) return undefined;
  const making = madeOf(before, target === undefined ? [matrix] : [matrix, target]);
  return making.every(onlyComputes)
    ? { matrix: lastDrawn(matrix, target, making), target }
    : undefined;
}

function changes(statement: StatementFacts, name: string): boolean {
  return statement.mayWrite.includes(name) || mayMutate(statement, name);
}

/** Statements that these values may depend on, with those that make them. */
function madeOf(
  before: readonly StatementFacts[],
  made: readonly Made[],
): readonly StatementFacts[] {
  const chosen = new Set<StatementFacts>();
  for (const { name, by } of made) {
    const needed = new Set([name]);
    for (const statement of before.slice(0, before.indexOf(by) + 1).toReversed()) {
      if (![...needed].some((one) => changes(statement, one))) continue;
      chosen.add(statement);
      for (const written of statement.surelyWrites) needed.delete(written);
      for (const read of [...statement.reads, ...(statement.definition?.freeReads ?? [])])
        needed.add(read);
    }
  }
  return before.filter((statement) => chosen.has(statement));
}

function onlyComputes({ calls, ambient, dynamic }: StatementFacts): boolean {
  const isInside = ambient.every(
    ({ resource }) => resource.startsWith("random:") || resource === "warnings",
  );
  return isInside && dynamic.length === 0 && calls.every(isComputation);
}

function isComputation({ callee, method, receiverType }: CallFact): boolean {
  if (method !== undefined)
    return !OTHER_WORK.test(method) && !/^(?:pandas|sklearn)\b/u.test(receiverType ?? "");
  return callee !== undefined && COMPUTES.test(callee);
}

/**
 * Behind the last draw a line that computes from the matrix alone is feature code: `X = np.c_[X, X ** 2]`. What is made of two drawn
 * values, or of none, makes the matrix; so does what comes before the answers, which may leave the same rows out.
 */
function lastDrawn(made: Made, target: Made | undefined, making: readonly StatementFacts[]): Made {
  const drawn = new Map<StatementFacts, readonly string[]>();
  const names = new Set<string>();
  for (const statement of making) {
    const read = statement.reads.filter((name) => names.has(name));
    drawn.set(statement, read);
    const isDrawn =
      read.length > 0 || statement.calls.some(({ callee }) => DRAWS.test(callee ?? ""));
    for (const name of statement.mayWrite) if (isDrawn) names.add(name);
  }
  let at = made;
  for (;;) {
    const { by, name } = at;
    const [only, ...others] = drawn.get(by) ?? [];
    const isPlain =
      only !== undefined &&
      others.length === 0 &&
      by.kind === "assignment" &&
      by.surelyWrites.length === 1 &&
      by.surelyWrites[0] === name &&
      (target === undefined || making.indexOf(target.by) < making.indexOf(by)) &&
      !by.calls.some(
        ({ callee, method }) =>
          DRAWS.test(callee ?? "") || callee?.startsWith(".") === true || isReshaping(method),
      );
    const earlier = making.slice(0, making.indexOf(by)).findLast((one) => changes(one, only ?? ""));
    if (!isPlain || earlier === undefined) return at;
    at = { name: only, by: earlier };
  }
}

/** Before it there may be no row for each row. */
function isReshaping(method: string | undefined): boolean {
  return method === "reshape" || method === "transpose";
}

/**
 * Orders in which the cells of a notebook may have been run when its outputs were saved, as far as counts and names tell.
 * Each is a guess: whoever has it runs it, and compares what it prints with what was saved (`app/settle-order.ts`).
 */
import { isBuiltin } from "../python/effects/builtin-names.ts";
import { mutatedNames } from "../python/mutated-names.ts";
import type { NotebookProgram } from "./notebook-program.ts";

/** Numbers of code cells as they are to be run; a number that stands there twice is a cell that ran twice. */
export type CellOrder = readonly number[];

/** More runs of a notebook than that nobody waits for. */
const MOST_ORDERS = 6;
/** A cell that would have run more often than that between two others is not guessed at. */
const MOST_REPEATS = 3;

/** What one cell takes and leaves, by the names of the notebook. */
interface CellNames {
  readonly number: number;
  readonly count: number | undefined;
  /** Names that it reads before it has bound them itself. */
  readonly needs: ReadonlySet<string>;
  readonly binds: ReadonlySet<string>;
  /** Whether running it again gives something else: it takes what it leaves. */
  readonly updates: boolean;
}

/** The likeliest first; the order of the notebook itself is never among them. */
export function guessOrders(program: NotebookProgram): readonly CellOrder[] {
  const cells = namesOfCells(program);
  const written = cells.map(({ number }) => number);
  const counted = cells
    .filter(({ count }) => count !== undefined)
    .sort((left, right) => (left.count ?? 0) - (right.count ?? 0));
  const orders: CellOrder[] = [];
  const add = (order: readonly CellNames[]): void => {
    const numbers = order.map(({ number }) => number);
    const key = numbers.join(" ");
    if (key === written.join(" ") || numbers.length === 0) return;
    if (!orders.some((known) => known.join(" ") === key)) orders.push(numbers);
  };
  if (counted.length > 0) {
    const bases = [counted, withUncounted(cells, counted)];
    for (const base of bases) add(base);
    for (const base of bases) add(withReruns(base));
    for (const base of bases) {
      add(withProviders(base, cells, "again"));
      add(withProviders(base, cells, "moved"));
      add(withReruns(withProviders(base, cells, "again")));
    }
  }
  add(withProviders(cells, cells, "moved"));
  return orders.slice(0, MOST_ORDERS);
}

/** A name that no cell of the notebook binds, though cells read it; builtins are not among them. */
export function isBoundNowhere(program: NotebookProgram, name: string): boolean {
  return (
    !isBuiltin(name) &&
    !program.facts.statements.some(
      ({ mayWrite, dynamic }) =>
        mayWrite.includes(name) || dynamic.some(({ kind }) => kind !== "monkeypatch"),
    )
  );
}

function namesOfCells(program: NotebookProgram): readonly CellNames[] {
  return program.cells.flatMap(({ cell }, unit): readonly CellNames[] => {
    const statements = program.facts.statements.filter((statement) => statement.unit === unit);
    if (statements.length === 0) return [];
    const needs = new Set<string>();
    const binds = new Set<string>();
    const changes = new Set<string>();
    for (const statement of statements) {
      for (const name of statement.readsBeforeWrite)
        if (!binds.has(name) && !isBuiltin(name)) needs.add(name);
      for (const name of mutatedNames(statement)) changes.add(name);
      for (const name of statement.mayWrite) changes.add(name);
      for (const name of statement.surelyWrites) binds.add(name);
    }
    for (const { mayWrite } of statements) for (const name of mayWrite) binds.add(name);
    const updates = [...changes].some((name) => needs.has(name));
    return [{ number: cell.number, count: cell.executionCount, needs, binds, updates }];
  });
}

/** What has no count stays behind the cell that it stands behind. */
function withUncounted(
  cells: readonly CellNames[],
  counted: readonly CellNames[],
): readonly CellNames[] {
  const order = [...counted];
  let before: CellNames | undefined;
  for (const cell of cells) {
    if (cell.count === undefined)
      order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, cell);
    before = cell;
  }
  return order;
}

/** A count that is missing right before a cell that takes what it leaves may be an earlier run of that cell. */
function withReruns(order: readonly CellNames[]): readonly CellNames[] {
  let before = 0;
  return order.flatMap((cell) => {
    const count = cell.count ?? before;
    const missing = before === 0 ? 0 : count - before - 1;
    before = Math.max(before, count);
    if (!cell.updates || missing < 1 || missing > MOST_REPEATS) return [cell];
    return Array.from({ length: missing + 1 }, () => cell);
  });
}

/**
 * Where a cell needs a name that only a later one binds, the later one first: once more, since its count is that of its
 * last run, or moved there.
 */
function withProviders(
  order: readonly CellNames[],
  cells: readonly CellNames[],
  how: "again" | "moved",
): readonly CellNames[] {
  const done: CellNames[] = [];
  const bound = new Set<string>();
  const moved = new Set<number>();
  const run = (cell: CellNames, waiting: ReadonlySet<number>): void => {
    for (const name of cell.needs) {
      if (bound.has(name)) continue;
      const provider =
        order.find((one) => one.binds.has(name) && one !== cell) ??
        cells.find((one) => one.binds.has(name) && one !== cell);
      // Two cells that need each other cannot both be first.
      if (provider === undefined || waiting.has(provider.number)) continue;
      moved.add(provider.number);
      run(provider, new Set([...waiting, provider.number]));
    }
    done.push(cell);
    for (const name of cell.binds) bound.add(name);
  };
  for (const cell of order)
    if (how === "again" || !moved.has(cell.number)) run(cell, new Set([cell.number]));
  return done;
}

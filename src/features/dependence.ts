/**
 * What each statement on the way from the raw table to the matrix depends on: the class that decides how it is served. The classes are
 * those of feature staging: what a row alone gives, what is learned from whole columns or per key, what needs other rows, the target, a
 * generator, and what concerns training or the label alone.
 */
import type { FeatureStatement } from "./feature-program.ts";

/** How the value of a statement depends on the table. */
export type Dependence =
  /** Names, order and types of columns. */
  | "schema"
  /** Each row by itself. */
  | "row"
  /** A statistic of whole columns, kept in the state. */
  | "fitted"
  /** A statistic of each group of rows, kept in the state by key. */
  | "fitted-per-key"
  /** Rows before or after: order, neighbours, running totals. */
  | "table"
  /** The column that is predicted. */
  | "target"
  /** A generator. */
  | "random"
  /** Which rows are there, in which order; training alone. */
  | "row-filter"
  /** The predicted column only. */
  | "label";

/** The classes of one statement. */
export interface ClassifiedStatement {
  readonly cell: number;
  /** 1-based line in the cell. */
  readonly line: number;
  /** The statement's first line. */
  readonly text: string;
  /** In order of {@link ORDER}: the one that decides first. */
  readonly classes: readonly Dependence[];
}

/** What weighs most comes first: a statement that learns a statistic of the target is a target statement. */
const ORDER: readonly Dependence[] = [
  "target",
  "random",
  "table",
  "label",
  "fitted-per-key",
  "fitted",
  "row-filter",
  "schema",
  "row",
];

/** Collects classes while the statements are walked. Mutable, and only ever seen inside one call of `stageFeatures`. */
export class Dependences {
  readonly #found = new Map<
    string,
    { readonly statement: FeatureStatement; readonly classes: Set<Dependence> }
  >();

  /** Notes that a statement depends on the table in a way. */
  add(statement: FeatureStatement, dependence: Dependence): void {
    const key = `${String(statement.position)}:${String(statement.facts.span.start)}`;
    const entry = this.#found.get(key) ?? { statement, classes: new Set() };
    entry.classes.add(dependence);
    this.#found.set(key, entry);
  }

  /** Whether anything is known of a statement. */
  has({ position, facts }: FeatureStatement): boolean {
    return this.#found.has(`${String(position)}:${String(facts.span.start)}`);
  }

  /** All statements with their classes, in the notebook's order. */
  list(): readonly ClassifiedStatement[] {
    return [...this.#found.values()]
      .toSorted(
        ({ statement: left }, { statement: right }) =>
          left.position - right.position || left.facts.span.start - right.facts.span.start,
      )
      .map(({ statement, classes }) => {
        const { facts, tree, cell } = statement;
        const text = tree.text.slice(facts.span.start, facts.span.end).split("\n")[0] ?? "";
        return {
          cell,
          line: facts.line,
          text,
          classes: ORDER.filter((dependence) => classes.has(dependence)),
        };
      });
  }
}

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
  /** In order of {@link ORDER}: the one that decides first. None where it makes something that no row is part of, or was not looked at. */
  readonly classes: readonly Dependence[];
  /** Fields of the state that are learned here. */
  readonly fields: readonly string[];
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

interface Noted {
  readonly statement: FeatureStatement;
  readonly classes: Set<Dependence>;
  readonly fields: Set<string>;
}

/** Collects classes while the statements are walked. Mutable, and only ever seen inside one call of `stageFeatures`. */
export class Dependences {
  readonly #found = new Map<string, Noted>();

  /** Notes that a statement depends on the table in a way. */
  add(statement: FeatureStatement, dependence: Dependence): void {
    this.#entry(statement).classes.add(dependence);
  }

  /** Notes that a field of the state is learned in a statement. */
  learns(statement: FeatureStatement, field: string): void {
    this.#entry(statement).fields.add(field);
  }

  /** Whether a class of a statement is known. */
  has(statement: FeatureStatement): boolean {
    return (this.#found.get(keyOf(statement))?.classes.size ?? 0) > 0;
  }

  /**
   * Statements with their classes, in the notebook's order.
   *
   * @param also Those that are told, too, where nothing was noted of them.
   */
  list(also: readonly FeatureStatement[] = []): readonly ClassifiedStatement[] {
    const all = new Map(
      also.map((statement): readonly [string, Noted] => [
        keyOf(statement),
        { statement, classes: new Set(), fields: new Set() },
      ]),
    );
    for (const [key, noted] of this.#found) all.set(key, noted);
    return [...all.values()]
      .toSorted(
        ({ statement: left }, { statement: right }) =>
          left.position - right.position || left.facts.span.start - right.facts.span.start,
      )
      .map(({ statement, classes, fields }) => {
        const { facts, tree, cell } = statement;
        const text = tree.text.slice(facts.span.start, facts.span.end).split("\n")[0] ?? "";
        return {
          cell,
          line: facts.line,
          text,
          classes: ORDER.filter((dependence) => classes.has(dependence)),
          fields: [...fields],
        };
      });
  }

  #entry(statement: FeatureStatement): Noted {
    const key = keyOf(statement);
    const entry = this.#found.get(key) ?? { statement, classes: new Set(), fields: new Set() };
    this.#found.set(key, entry);
    return entry;
  }
}

/** Without imports, which the features only are written with. */
export function ofFeatures(slice: readonly FeatureStatement[]): readonly FeatureStatement[] {
  return slice.filter(({ facts }) => facts.imports.length === 0);
}

function keyOf({ position, facts }: FeatureStatement): string {
  return `${String(position)}:${String(facts.span.start)}`;
}

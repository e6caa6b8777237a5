/** What expressions are evaluated in: the names known so far, and where learned values are kept. */
import type { Place } from "../base/diagnostic.ts";
import type { Span } from "../base/text-span.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import type { Dependence, Dependences } from "./dependence.ts";
import type { EntityRows } from "./entities/entity-rows.ts";
import type { FeatureProgram, FeatureStatement } from "./feature-program.ts";
import { placeOf } from "./feature-program.ts";
import type { Renaming } from "./raw-names.ts";
import { refuse } from "./refuse.ts";
import type { FeatureRefusal, HistoryCandidates } from "./staging.ts";
import type { Edit, Evaluated, Value } from "./value.ts";

/** A column that a statement drops, and the tables that may have it behind that. */
export interface DroppedColumn {
  readonly by: FeatureStatement;
  readonly keptIn: ReadonlySet<string>;
}

/** Keeps learned values as fields of the state. */
export interface Lifter {
  /** Makes a field of an expression that reduces rows; the edit names the field in both functions. */
  readonly hoist: (node: SyntaxNode, type: string) => Edit;
  /** Makes a field of what `capture` computes just before the statement; gives the field's name. */
  readonly capture: (field: {
    readonly base: string;
    readonly type: string;
    readonly source: string;
    readonly code: string;
    /** Whether it is a statistic of each group of rows. */
    readonly perKey?: boolean;
  }) => string;
  /** The field that holds a variable's present value. */
  readonly variable: (name: string, type: string) => string;
  /** The text that reads a field while serving. */
  readonly read: (field: string) => string;
  /** Notes that a function of `feature_support.py` is used and gives its name. */
  readonly support: (name: string) => string;
  readonly stateName: string;
  readonly frameName: string;
}

/** Earlier rows, as far as the walk has met them. Mutable. */
export interface HistoryDraft {
  readonly entity: readonly string[];
  readonly time: string | undefined;
  readonly candidates: HistoryCandidates;
  /** Path of pipeline.yaml, for messages. */
  readonly settings: string;
  /** Position of the last statement that looks at earlier rows; `undefined` before that is known. Up to there history stands above the served rows. */
  readonly until: number | undefined;
  /** Position of the statement being staged; of a helper's line that of its call. */
  now: number;
  /** Statements that look at earlier rows, by position. */
  readonly uses: Set<number>;
  /** Starts of the label's assignments that look at later rows. */
  readonly futures: Set<number>;
  /** Tables whose order of rows the present statement relies on; a name of the notebook, or `*` for every table it reads. */
  readonly relied: Set<string>;
  /** Earlier rows looked at so far, added up; infinite when an operation has no bound. */
  reach: number;
}

/** Training rows put above those of another table, where that was last done. */
export interface Stacking {
  /** Variable of the training rows. */
  readonly table: string;
  readonly statement: FeatureStatement;
}

/** One lexical scope. Mutable: staging walks the statements once, in order. */
export interface Scope {
  readonly program: FeatureProgram;
  /** The statement whose text is being read. */
  readonly statement: FeatureStatement;
  readonly names: Map<string, Value>;
  /** Helper functions of the notebook. */
  readonly functions: ReadonlyMap<string, FeatureStatement>;
  /** The matrix that is the raw table itself, where the notebook writes it out. */
  readonly written: string | undefined;
  /** Which of the tables that are read is the raw one, counted from 0; all others are learned from. */
  readonly root: number;
  /** Column that is predicted. */
  readonly label: string | undefined;
  /** Whether the expression is assigned to a column: rows that it leaves out come back as nulls, by their labels. */
  readonly aligned?: boolean;
  /** Where the notebook takes that column out of its table. */
  readonly target: { readonly statement: FeatureStatement; readonly node: SyntaxNode } | undefined;
  /** Absent inside helper functions, where nothing may be learned. */
  readonly lifter: Lifter | undefined;
  /** Helpers being followed, to stop at recursion. */
  readonly inside: readonly string[];
  /** Evaluates an expression; here so that the files that know one kind of expression need not import each other. */
  readonly evaluate: (node: SyntaxNode, scope: Scope) => Evaluated;
  /** What is declared of entity and time, and which statements looked at earlier rows. */
  readonly history: HistoryDraft;
  /** Inside a function over the rows of one entity: what its parameters stand for where only earlier rows are taken. */
  readonly earlier?: ReadonlyMap<string, Value>;
  /** Where only earlier rows are looked at, the predicted column is one as any other. */
  readonly ofEarlierRows?: true;
  /** Present when one row for each entity is to be served. */
  readonly entities: EntityRows | undefined;
  /** Seen on the way. */
  readonly seen: {
    /** Places where a table is read; more than one cannot be served. */
    readonly tables: Set<string>;
    /** Whether the raw table is a data set whose target is a column of its own. */
    datasetTarget: boolean;
    /** Whether the labels of rows were lost on the way. */
    renumbered: boolean;
    /** Whether rows were left out before. */
    filtered: boolean;
    /** Columns that are dropped by name, with the tables that may still have them behind the statement. */
    readonly droppedColumns: Map<string, DroppedColumn>;
    /** Columns that the notebook computes from the predicted one, with the statement; they are empty while serving. */
    readonly labelColumns: Map<string, FeatureStatement>;
    /** New names that the notebook gives to columns. */
    readonly renamings: Renaming[];
    /** Where training rows were put above others. */
    stacked: Stacking | undefined;
    readonly dependences: Dependences;
    readonly notes: { text: string; span: Span; statement: FeatureStatement }[];
  };
}

/** Notes how the scope's statement depends on the table. */
export function classify(scope: Scope, dependence: Dependence): void {
  scope.seen.dependences.add(scope.statement, dependence);
}

/** Whether a column is the predicted one, or made of it alone. */
export function isLabelColumn(scope: Scope, name: string | undefined): boolean {
  if (scope.ofEarlierRows === true) return false;
  return name !== undefined && (name === scope.label || scope.seen.labelColumns.has(name));
}

/** The text of a node of the scope's statement. */
export function sourceOf(scope: Scope, node: Span): string {
  return scope.statement.tree.text.slice(node.start, node.end);
}

/** Refuses at a node. */
export function refuseAt(
  scope: Scope,
  node: Span,
  code: FeatureRefusal["code"],
  message: string,
): never {
  return refuse(code, message, placeOf(scope.program, scope.statement, node));
}

/** The place of a node. */
export function placeIn(scope: Scope, node: Span): Place {
  return placeOf(scope.program, scope.statement, node);
}

/** One line of a node's text, short enough for a message. */
export function excerpt(scope: Scope, node: Span): string {
  const text = sourceOf(scope, node).replace(/\s+/gu, " ");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The value of a plain string literal (no prefix letters, no escapes); `undefined` for anything else. */
export function stringLiteral(scope: Scope, node: SyntaxNode | undefined): string | undefined {
  if (node === undefined || node.kind !== "string") return undefined;
  const text = sourceOf(scope, node);
  const match = /^(["'])((?:(?!\1)[^\\\n])*)\1$/u.exec(text);
  return match?.[2];
}

/** The strings of a literal list, tuple or single string; `undefined` when anything in it is not a plain string. */
export function stringLiterals(
  scope: Scope,
  node: SyntaxNode | undefined,
): readonly string[] | undefined {
  if (node === undefined) return undefined;
  if (node.kind !== "list" && node.kind !== "tuple") {
    const single = stringLiteral(scope, node);
    return single === undefined ? undefined : [single];
  }
  const strings: string[] = [];
  for (const child of node.children) {
    const value = stringLiteral(scope, child);
    if (value === undefined) return undefined;
    strings.push(value);
  }
  return strings;
}

/** The column a key names: a literal, or a constant that holds one string. */
export function columnName(key: SyntaxNode, scope: Scope): string | undefined {
  const literal = stringLiteral(scope, key);
  if (literal !== undefined || key.kind !== "identifier") return literal;
  const value = scope.names.get(sourceOf(scope, key));
  return value?.kind === "constant" && value.strings?.length === 1 ? value.strings[0] : undefined;
}

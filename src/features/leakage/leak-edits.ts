/** The edits of a fix on the texts of the notebook's cells, and what they make of them. Mutable, and only ever seen inside one call. */
import type { Span } from "../../base/text-span.ts";
import { lineColumnAt, lineStarts } from "../../base/text-span.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { DataNode, Learned, Repair } from "./leak-value.ts";

/** One place that is not as the notebook has it. */
export interface FixedPlace {
  readonly cell: number;
  /** 1-based, in the cell of the notebook. */
  readonly line: number;
  /** What stands there in the notebook; empty for what is put in. */
  readonly was: string;
  readonly now: string;
}

/** The mended cells. */
export interface Fixed {
  readonly kind: "fixed";
  /** Cell number → its text now. */
  readonly cells: ReadonlyMap<number, string>;
  readonly places: readonly FixedPlace[];
}

interface CellEdit extends Span {
  readonly text: string;
  readonly place: FixedPlace;
}

type FitRepair = Extract<Repair, { kind: "fit" }>;

/** Text that picks the rows behind an expression. */
export function rowsOf(text: string, { node, shape }: DataNode, rows: string): string {
  const isPlain = [
    "identifier",
    "attribute",
    "subscript",
    "call",
    "parenthesized_expression",
  ].includes(node.kind);
  const picked = shape === "matrix" ? `[${rows}]` : `.iloc[${rows}]`;
  return `${isPlain ? text : `(${text})`}${picked}`;
}

/** Edits by cell. */
export class LeakEdits {
  readonly #program: FeatureProgram;
  readonly #edits = new Map<FeatureStatement["tree"], CellEdit[]>();
  readonly #done = new Set<SyntaxNode>();

  constructor(program: FeatureProgram) {
    this.#program = program;
  }

  /** Lines of their own in front of a statement. */
  insertBefore(statement: FeatureStatement, lines: readonly string[]): void {
    this.#insertLines(statement, statement.facts.span.start, lines);
  }

  /** Lines of their own behind a statement of the top level. */
  insertBehind(statement: FeatureStatement, lines: readonly string[]): void {
    const { text } = statement.tree;
    const end = text.indexOf("\n", statement.facts.span.end);
    const at = end < 0 ? text.length : end;
    this.#add(statement, { start: at, end: at }, `\n${lines.join("\n")}`, {
      was: "",
      now: lines.join("\n"),
    });
  }

  /** Lets an expression learn from some of its rows; gives the reason where that cannot be written. */
  restrict(learned: Learned, rows: string): string | undefined {
    const { repair, statement } = learned;
    if (this.#done.has(learned.node)) return undefined;
    this.#done.add(learned.node);
    if (repair.kind === "none") return repair.because;
    if (this.#isInReplaced(statement, learned.node))
      return "it is learned inside another expression that learns; give it a name first";
    if (repair.kind === "fit" && repair.isTransforming)
      return this.#fitThenTransform(learned, repair, rows);
    for (const data of repair.data) {
      const text = statement.tree.text.slice(data.node.start, data.node.end);
      const now = rowsOf(text, data, rows);
      const opening = now.startsWith("(") && !text.startsWith("(") ? "(" : "";
      const whole = statement.tree.text.slice(learned.node.start, learned.node.end);
      const said = { was: oneLine(whole), now: oneLine(whole.replace(text, () => now)) };
      if (opening !== "")
        this.#add(statement, { start: data.node.start, end: data.node.start }, opening, said);
      const closing = now.slice(opening.length + text.length);
      this.#add(statement, { start: data.node.end, end: data.node.end }, closing, said);
    }
    return undefined;
  }

  /** `scaler.fit_transform(X_test)` → `scaler.transform(X_test)`; gives the reason where that cannot be written. */
  onlyTransform(learned: Learned): string | undefined {
    const { repair, statement } = learned;
    if (this.#done.has(learned.node)) return undefined;
    this.#done.add(learned.node);
    if (repair.kind !== "fit" || !repair.isTransforming)
      return "what it was fitted with before is lost";
    const now = this.#transformOf(statement, repair, textOf(statement, repair.receiver));
    this.#add(statement, repair.call, now, {
      was: oneLine(textOf(statement, repair.call)),
      now: oneLine(now),
    });
    return undefined;
  }

  /**
   * The texts of the cells with all edits, or the statement whose cell cannot be edited.
   *
   * @param sources Text of each cell as the notebook has it; what is IPython's own in it is other text of the same length here.
   */
  result(sources: ReadonlyMap<number, string>): Fixed | FeatureStatement {
    const cells = new Map<number, string>();
    const places: FixedPlace[] = [];
    for (const statement of this.#program.statements) {
      const { tree, cell } = statement;
      const edits = this.#edits.get(tree);
      if (edits === undefined || cells.has(cell)) continue;
      const source = sources.get(cell) ?? "";
      const own = this.#program.statements.filter((other) => other.tree === tree);
      const isSame = own.every(
        ({ facts: { span } }) =>
          tree.text.slice(span.start, span.end) === source.slice(span.start, span.end),
      );
      if (source.length !== tree.text.length || !isSame) return statement;
      const sorted = edits.toSorted(
        (left, right) => left.start - right.start || left.end - right.end,
      );
      let out = "";
      let at = 0;
      for (const { start, end, text, place } of sorted) {
        out += source.slice(at, start) + text;
        at = end;
        if (
          !places.some(
            (known) =>
              known.cell === place.cell && known.line === place.line && known.now === place.now,
          )
        )
          places.push(place);
      }
      cells.set(cell, out + source.slice(at));
    }
    return { kind: "fixed", cells, places };
  }

  /** `X = scaler.fit_transform(X)` → `scaler.fit(X.iloc[training_rows])`, then `X = scaler.transform(X)`. */
  #fitThenTransform(learned: Learned, repair: FitRepair, rows: string): string | undefined {
    const { statement } = learned;
    const simple = simpleStatementAround(statement, repair.call);
    const before = statement.tree.text.slice(0, simple?.start ?? 0);
    if (simple === undefined || !/(?:^|\n)[ \t]*$/u.test(before))
      return "it does not stand in a statement with a line of its own";
    const isNested = repair.data.some(
      ({ node }) => this.#hasEdits(statement, node) || holdsFit(statement, node),
    );
    if (isNested)
      return "what it is fitted with is itself learned in the same expression; give that a name first";
    const isNamed = repair.receiver.kind === "identifier";
    if (!isNamed && repair.receiver.kind !== "call") return "the encoder or scaler has no name";
    const made = textOf(statement, repair.receiver);
    const name = isNamed ? made : this.#freeName(snake(repair.className));
    const data = repair.data
      .map((part) => rowsOf(textOf(statement, part.node), part, rows))
      .join(", ");
    const line = isNamed ? `${name}.fit(${data})` : `${name} = ${made}.fit(${data})`;
    this.#insertLines(statement, simple.start, [line]);
    const now = this.#transformOf(statement, repair, name);
    this.#add(statement, repair.call, now, {
      was: oneLine(textOf(statement, repair.call)),
      now: oneLine(now),
    });
    return undefined;
  }

  #transformOf(statement: FeatureStatement, { data }: FitRepair, name: string): string {
    const [first] = data;
    return `${name}.transform(${first === undefined ? "" : textOf(statement, first.node)})`;
  }

  #insertLines(statement: FeatureStatement, start: number, lines: readonly string[]): void {
    const { text } = statement.tree;
    const from = text.lastIndexOf("\n", start - 1) + 1;
    const indent = text.slice(from, start);
    const now = lines.map((line) => `${indent}${line}\n`).join("");
    this.#add(statement, { start: from, end: from }, now, { was: "", now: lines.join("\n") });
  }

  #add(
    statement: FeatureStatement,
    span: Span,
    text: string,
    said: Pick<FixedPlace, "was" | "now">,
  ): void {
    const { line } = lineColumnAt(lineStarts(statement.tree.text), span.start);
    const place = { cell: statement.cell, line, ...said };
    const edits = this.#edits.get(statement.tree) ?? [];
    edits.push({ start: span.start, end: span.end, text, place });
    this.#edits.set(statement.tree, edits);
  }

  #isInReplaced(statement: FeatureStatement, { start, end }: Span): boolean {
    const edits = this.#edits.get(statement.tree) ?? [];
    return edits.some((edit) => edit.end > edit.start && edit.start <= start && edit.end >= end);
  }

  #hasEdits(statement: FeatureStatement, { start, end }: Span): boolean {
    return (this.#edits.get(statement.tree) ?? []).some(
      (edit) => edit.start > start && edit.end <= end,
    );
  }

  #freeName(wanted: string): string {
    const texts = this.#program.statements.map(({ tree }) => tree.text).join("\n");
    let name = wanted;
    for (let at = 2; new RegExp(`\\b${name}\\b`, "u").test(texts); at += 1)
      name = `${wanted}_${String(at)}`;
    return name;
  }
}

function holdsFit(statement: FeatureStatement, node: SyntaxNode): boolean {
  return /\.fit(?:_transform)?\s*\(/u.test(textOf(statement, node));
}

/** The innermost assignment or expression around a node. */
function simpleStatementAround(statement: FeatureStatement, node: Span): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  walk(statement.node, (child) => {
    if (child.start > node.start || child.end < node.end) return false;
    if (child.kind === "expression_statement") found = child;
    return undefined;
  });
  return found;
}

function textOf(statement: FeatureStatement, { start, end }: Span): string {
  return statement.tree.text.slice(start, end);
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ");
}

/** `StandardScaler` → `standard_scaler` */
function snake(className: string): string {
  const words = className.replace(/([a-z0-9])([A-Z])/gu, "$1_$2").toLowerCase();
  return words === "" ? "fitted" : words;
}

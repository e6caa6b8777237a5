/**
 * IPython's own syntax in a cell → plain Python with the same number of lines, and what each construct meant.
 * Follows IPython's rules on the level of tokens: a `%` inside an expression or a string is Python, a `%` that starts a
 * statement is a magic. It never decides by what a line looks like alone.
 * Invariants: never throws; the number of lines is kept; a cell without such syntax is returned as it is, except for what
 * IPython itself changes in any cell (common indentation, pasted prompts, lines of blanks inside strings).
 * @see https://ipython.readthedocs.io/en/stable/config/inputtransforms.html
 */
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import { cleanCell } from "./cell-prompts.ts";
import type { Magic, MagicMeaning, NeutralPython } from "./magic.ts";
import { interpretCellMagic, interpretLineMagic, type LineMagicCall } from "./magic-meaning.ts";
import { type Construct, endOfLine, findConstruct } from "./magic-syntax.ts";
import { BARE_DISPLAY_MAGICS, lineMagicRule } from "./magic-table.ts";
import { isBlankLine, type LogicalLine, scanLogicalLine } from "./python-lines.ts";
import { interpretShell } from "./shell-command.ts";

/** Replaces IPython syntax in one cell's stored source. Quadratic only in the number of nested cell magics. */
export function neutralizeMagics(source: string): NeutralPython {
  const cleaned = cleanCell(source);
  const inText =
    (firstLine(cleaned.text) === firstLine(source)
      ? neutralizeCellMagic(cleaned.text)
      : undefined) ?? neutralizeLines(cleaned.text);
  const textStarts = lineStarts(cleaned.text);
  const sourceStarts = lineStarts(source);
  const toSource = (offset: number): number => {
    const { line, column } = lineColumnAt(textStarts, offset);
    return (sourceStarts[line - 1] ?? 0) + (cleaned.removed[line - 1] ?? 0) + column - 1;
  };
  const magics = inText.magics.map((magic): Magic => {
    const span = { start: toSource(magic.span.start), end: toSource(magic.span.end) };
    return { ...magic, span, line: lineColumnAt(sourceStarts, span.start).line };
  });
  return { python: inText.python, magics };
}

/** Index of the first line that is not empty; a prompt without anything behind it counts as one in the stored source only. */
function firstLine(text: string): number {
  return text.slice(0, Math.max(0, text.search(/\S/))).split("\n").length;
}

/** `%%name` on the first line that is not empty; the rest of the cell is its body, whatever it looks like. */
function neutralizeCellMagic(text: string): NeutralPython | undefined {
  const start = text.search(/\S/);
  if (
    start === -1 ||
    !text.startsWith("%%", start) ||
    /^%%[\p{L}\p{N}_]+\?/u.test(text.slice(start, start + 200))
  ) {
    return undefined;
  }
  if (start > 0 && text.charAt(start - 1) !== "\n") return undefined;
  const lineEnd = endOfLine(text, start);
  const written = text.slice(start + 2, lineEnd).trimEnd();
  const { name, argument } = splitName(written);
  const body = text.slice(lineEnd);
  const { meaning, also = [], python, whole } = interpretCellMagic(name, argument, body);
  const breaksBefore = breaksIn(text.slice(0, start));
  if (python === undefined) {
    const span = { start, end: text.trimEnd().length };
    return {
      python: breaksBefore + (whole ?? breaksIn(body)),
      magics: [meaning, ...also].map((one) =>
        newMagic({ span, text: written, form: "cell-magic", meaning: one }),
      ),
    };
  }
  const inner = neutralizeMagics(python);
  const span = { start, end: start + 2 + written.length };
  const own = [meaning, ...also].map((one) =>
    newMagic({ span, text: written, form: "cell-magic", meaning: one }),
  );
  return {
    python: breaksBefore + inner.python,
    magics: [...own, ...inner.magics.map((magic) => shift(magic, lineEnd))],
  };
}

function neutralizeLines(text: string): NeutralPython {
  const magics: Magic[] = [];
  const pieces: string[] = [];
  const definitions: number[] = [];
  for (let at = 0; at < text.length; ) {
    const construct = findConstruct(text, at);
    if (construct === undefined) {
      const line = scanLogicalLine(text, at);
      followDefinitions(definitions, line);
      pieces.push(text.slice(at, line.end));
      at = line.end;
      continue;
    }
    const { span, form } = construct;
    const before = text.slice(at, span.start);
    const indentation = before.length - (before.lastIndexOf("\n") + 1);
    const isNested = definitions.some((definition) => definition < indentation);
    const { meaning, python, inner } = interpret(construct, isNested);
    // The place of what is refused or dropped is filled so that blocks keep a body and assigned names stay assigned.
    const filler = form === "assignment" ? "..." : indentation > 0 ? "pass" : "";
    const end = endOfLine(text, span.end);
    pieces.push(
      before,
      python ?? filler,
      breaksIn(text.slice(span.start, end)),
      text.slice(end, end + 1),
    );
    magics.push(newMagic({ span, text: construct.command, form, meaning }));
    magics.push(...inner.map((magic) => ({ ...magic, span })));
    at = end + 1;
  }
  if (magics.length === 0) return neutralizeBareMagic(text) ?? { python: text, magics };
  return { python: pieces.join(""), magics };
}

interface Interpreted {
  readonly meaning: MagicMeaning;
  /** What takes the construct's place, when it has Python of its own; one line. */
  readonly python?: string;
  /** Constructs inside it, as in `%time %run x.py`. */
  readonly inner: readonly Magic[];
}

function interpret(construct: Construct, isNested: boolean): Interpreted {
  const { form, command, operator } = construct;
  switch (form) {
    case "help":
      return { meaning: { kind: "drop" }, inner: [] };
    case "shell": {
      const { meanings, python } = interpretShell(command);
      const [meaning, ...also] = meanings;
      const inner = alsoMeant(also, construct);
      return { meaning, inner, ...(python === undefined ? {} : { python }) };
    }
    case "auto-call":
      return { meaning: { kind: "python" }, python: renderAutoCall(operator, command), inner: [] };
    case "line-magic":
      return interpretMagic(command, isNested ? "function" : "statement");
    case "assignment":
      if (operator === "%") return interpretMagic(command, "value");
      return {
        meaning: {
          kind: "refuse",
          reason: "the variable would hold what a shell command printed",
          hint: "write it in Python: glob.glob(...), pathlib.Path(...).read_text(), or os.environ",
        },
        inner: [],
      };
  }
}

function interpretMagic(command: string, position: LineMagicCall["position"]): Interpreted {
  const { name, argument } = splitName(command);
  const { meaning, also = [], python } = interpretLineMagic({ name, argument, position });
  const meant = alsoMeant(also, { form: "line-magic", command });
  if (python === undefined) return { meaning, inner: meant };
  const { python: plain, magics } = neutralizeMagics(python);
  if (position !== "value" || magics.length === 0)
    return { meaning, python: plain, inner: [...meant, ...magics] };
  const reason = `%${name} has IPython syntax of its own inside`;
  return { meaning: { kind: "refuse", reason, hint: "write it as plain Python" }, inner: [] };
}

/** What a line means besides; whoever places the line gives it its span. */
function alsoMeant(
  meanings: readonly MagicMeaning[],
  { form, command }: Pick<Construct, "form" | "command">,
): readonly Magic[] {
  const span = { start: 0, end: 0 };
  return meanings.map((meaning) => newMagic({ span, text: command, form, meaning }));
}

/** `/f a b` → `f(a, b)`, `,f a b` → `f("a", "b")`, `;f a b` → `f("a b")`, letter by letter as IPython does it. */
function renderAutoCall(operator: Construct["operator"], command: string): string {
  const at = command.indexOf(" ");
  const name = at === -1 ? command : command.slice(0, at);
  const rest = at === -1 ? "" : command.slice(at + 1);
  const words = rest.split(/\s+/).filter((word) => word !== "");
  if (operator === "/") return `${name}(${words.join(", ")})`;
  return operator === "," ? `${name}("${words.join('", "')}")` : `${name}("${rest}")`;
}

/** A cell of one line such as `pip install pandas`, which IPython runs as a magic although it has no `%`. */
function neutralizeBareMagic(text: string): NeutralPython | undefined {
  const written = text.trim();
  if (written.includes("\n") || !/^[a-z]/.test(written)) return undefined;
  const { name } = splitName(written);
  const rule = lineMagicRule(name);
  if (rule === undefined) return undefined;
  if (!BARE_DISPLAY_MAGICS.has(written) && !cannotBePython(written)) return undefined;
  const { meaning, python, inner } = interpretMagic(written, "statement");
  const start = text.search(/\S/);
  const span = { start, end: start + written.length };
  return {
    python: `${breaksIn(text.slice(0, start))}${python ?? ""}${text.slice(span.end)}`,
    magics: [
      newMagic({ span, text: written, form: "line-magic", meaning }),
      ...inner.map((magic) => ({ ...magic, span })),
    ],
  };
}

/** Whether a name is followed directly by another value, which Python has no syntax for. */
function cannotBePython(text: string): boolean {
  const [first, second] = scanLogicalLine(text, 0).tokens;
  if (
    first === undefined ||
    second === undefined ||
    first.kind !== "name" ||
    first.end === second.start
  )
    return false;
  if (second.kind === "name") return !/^(?:and|as|else|for|if|in|is|not|or)$/.test(second.text);
  return (
    second.kind === "number" || second.kind === "string" || text.startsWith("..", second.start)
  );
}

/** Keeps the indentations of the `def` and `class` bodies that are open after a line. */
function followDefinitions(definitions: number[], line: LogicalLine): void {
  const first = line.tokens[0];
  if (first === undefined || isBlankLine(line)) return;
  const indentation = first.start - line.start;
  while (definitions.length > 0 && (definitions.at(-1) ?? 0) >= indentation) definitions.pop();
  const keyword = first.text === "async" ? line.tokens[1]?.text : first.text;
  if (keyword === "def" || keyword === "class") definitions.push(indentation);
}

function splitName(written: string): { readonly name: string; readonly argument: string } {
  const at = written.indexOf(" ");
  if (at === -1) return { name: written, argument: "" };
  return { name: written.slice(0, at), argument: written.slice(at + 1).trim() };
}

/** A magic whose line is not known yet; `neutralizeMagics` sets it. */
function newMagic(magic: Omit<Magic, "line">): Magic {
  return { ...magic, text: magic.text.trim(), line: 0 };
}

function shift(magic: Magic, by: number): Magic {
  return { ...magic, span: { start: magic.span.start + by, end: magic.span.end + by } };
}

function breaksIn(text: string): string {
  return "\n".repeat(text.split("\n").length - 1);
}

/** Questions about a piece of Python that its tokens alone can answer. Answers "no" whenever that is not certain. */
import { scanLogicalLine, type Token } from "./python-lines.ts";

/** Keywords that start a statement which is no expression. */
const STATEMENT_KEYWORDS: ReadonlySet<string> = new Set([
  "assert", "async", "break", "class", "continue", "def", "del", "for", "from", "global", "if", "import",
  "nonlocal", "pass", "raise", "return", "try", "while", "with", "yield",
]); // biome-ignore format: a list of words reads best in lines.

const ASSIGNMENTS = /^(?:=|[-+*@/%&|^]=|\/\/=|\*\*=|<<=|>>=|;)$/;

/** Whether the text is one whole expression, so that its value is what an evaluator would return. */
export function isOneExpression(text: string): boolean {
  const line = scanLogicalLine(text, 0);
  const tokens = line.tokens.filter((token) => token.kind !== "comment");
  const first = tokens[0];
  if (first === undefined || !line.closed || line.end !== text.length) return false;
  if (first.kind === "name" && STATEMENT_KEYWORDS.has(first.text)) return false;
  return !tokens.some((token) => token.depth === 0 && ASSIGNMENTS.test(token.text));
}

/** Without `<<`, `>>` and `|`, which libraries for pipelines overload to connect things. */
const ARITHMETIC = /^(?:\*\*|\/\/|==|!=|<=|>=|[-+*/%@&^~<>(),])$/;
const VALUE_WORDS: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "is",
  "None",
  "True",
  "False",
]);
const OTHER_KEYWORDS =
  /^(?:as|await|async|elif|else|except|finally|for|in|if|lambda|yield|del|import|from|return|global)$/;

/**
 * Whether running the text, any number of times, surely changes nothing: only numbers, plain strings, names and arithmetic.
 * Calls, attributes, subscripts, loops and assignments may all run somebody's code, so they are not among it.
 */
export function isPureArithmetic(text: string): boolean {
  let before: Token | undefined;
  for (const token of tokensOf(text)) {
    const afterValue = before !== undefined && (endsValue(before) || before.text === ")");
    if (token.kind === "unknown") return false;
    if (token.kind === "string" && /^[^"']*[ftFT]/.test(token.text)) return false;
    if (token.kind === "name" && OTHER_KEYWORDS.test(token.text)) return false;
    if (token.kind === "operator" && !ARITHMETIC.test(token.text)) return false;
    if (token.text === "(" && afterValue) return false;
    if (token.text.startsWith("*") && !afterValue) return false;
    if (token.kind !== "comment") before = token;
  }
  return true;
}

function endsValue(token: Token): boolean {
  return (
    token.kind === "number" ||
    token.kind === "string" ||
    (token.kind === "name" && !isOperatorWord(token.text))
  );
}

function isOperatorWord(text: string): boolean {
  return VALUE_WORDS.has(text) && !/^(?:None|True|False)$/.test(text);
}

function* tokensOf(text: string): Generator<Token> {
  for (let at = 0; at < text.length; ) {
    const line = scanLogicalLine(text, at);
    yield* line.tokens;
    at = line.end;
  }
}

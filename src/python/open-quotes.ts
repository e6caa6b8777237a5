/** Which f-strings are open at a place of a Python text. Before Python 3.12 their quotes may not be used inside them. */

interface Open {
  /** The quotes that end the f-string. */
  readonly delimiter: string;
  /** Braces open in the replacement field at hand; 0 in the literal part. */
  braces: number;
}

/** Quote characters of the f-strings around `offset`, outermost first; empty in ordinary code. Linear in the text. */
export function openQuotes(text: string, offset: number): readonly string[] {
  const open: Open[] = [];
  let at = 0;
  while (at < offset) {
    const inner = open.at(-1);
    const char = text[at] ?? "";
    if (inner !== undefined && inner.braces === 0) {
      if (text.startsWith(inner.delimiter, at)) {
        open.pop();
        at += inner.delimiter.length;
      } else if (char === "\\" || text.startsWith("{{", at) || text.startsWith("}}", at)) at += 2;
      else {
        if (char === "{") inner.braces = 1;
        at += 1;
      }
    } else if (char === "#" && inner === undefined) {
      const end = text.indexOf("\n", at);
      at = end === -1 ? text.length : end;
    } else if (char === '"' || char === "'") {
      const delimiter = text.startsWith(char.repeat(3), at) ? char.repeat(3) : char;
      const isFormatted = /(?:^|\W)(?:[ft]r?|r[ft])$/i.test(text.slice(Math.max(0, at - 3), at));
      at += delimiter.length;
      if (isFormatted) open.push({ delimiter, braces: 0 });
      else at = endOfString(text, at, delimiter);
    } else {
      if (inner !== undefined && char === "{") inner.braces += 1;
      if (inner !== undefined && char === "}") inner.braces -= 1;
      at += 1;
    }
  }
  return open.map(({ delimiter }) => delimiter.slice(0, 1));
}

function endOfString(text: string, start: number, delimiter: string): number {
  let at = start;
  while (at < text.length && !text.startsWith(delimiter, at)) at += text[at] === "\\" ? 2 : 1;
  return at + delimiter.length;
}

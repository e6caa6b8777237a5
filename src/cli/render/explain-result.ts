import type { ExplainResult } from "../commands/run-explain.ts";
import type { Style } from "../style.ts";

/** An explanation in four short parts; codes as a list; a schema as JSON. */
export function renderExplainResult(result: ExplainResult, style: Style): string {
  switch (result.kind) {
    case "schema":
      return JSON.stringify(result.schema, null, 2);
    case "codes": {
      const width = Math.max(0, ...result.codes.map(({ code }) => code.length));
      const lines = result.codes.map(
        ({ code, what }) => `${style.strong(code.padEnd(width))}  ${firstSentence(what)}`,
      );
      return lines.join("\n");
    }
    case "explanation":
      return [
        style.strong(result.code),
        "",
        wrap(result.what),
        "",
        style.accent("Why it matters"),
        wrap(result.why),
        "",
        style.accent("Example"),
        indent(result.example),
        "",
        style.accent("What to do"),
        wrap(result.fix),
      ].join("\n");
  }
}

/** Lines of at most 80 characters; a word longer than that stays whole. */
function wrap(text: string): string {
  const paragraphs = text.split("\n").map((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + word.length >= 78) {
        lines.push(line);
        line = "";
      }
      line = line === "" ? word : `${line} ${word}`;
    }
    return [...lines, line].map((each) => (each === "" ? "" : `  ${each}`)).join("\n");
  });
  return paragraphs.join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}

function firstSentence(text: string): string {
  const [first = ""] = text.split("\n");
  const end = first.search(/\. /);
  return end === -1 ? first : first.slice(0, end + 1);
}

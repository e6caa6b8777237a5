/**
 * `%%writefile PATH` → Python that writes the same text to the same file, line for line below the magic.
 * @see https://ipython.readthedocs.io/en/stable/interactive/magics.html#cellmagic-writefile
 */
import type { Interpretation } from "./magic.ts";
import { isPlainPath } from "./shell-words.ts";

/** @param body From the end of the magic's line on. */
export function interpretWriting(argument: string, body: string): Interpretation {
  const words = argument.split(/\s+/).filter((word) => word !== "");
  const appends = words.some((word) => word === "-a" || word === "--append");
  const paths = words.filter((word) => !/^(?:-a|--append)$/.test(word));
  const path = paths[0]?.replace(/^(["'])(.*)\1$/, "$2");
  if (paths.length !== 1 || path === undefined || !isPlainPath(path)) {
    return refuse(
      "which file it writes is only known when the notebook runs",
      "write the name of the file out",
    );
  }
  const lines = body.slice(1);
  if (lines.trim() === "")
    return refuse("there is nothing below it to write", "delete the cell, or write it in Python");
  // IPython ends the last line of every cell.
  const text = lines.endsWith("\n") ? lines : `${lines}\n`;
  const how = appends ? "appended" : "anew";
  return {
    meaning: { kind: "write-file", path, text, how },
    whole: renderWriting(path, lines, appends ? "a" : "w"),
  };
}

/** The semicolon keeps the number of characters from being shown as the cell's value. */
function renderWriting(path: string, lines: string, mode: "a" | "w"): string {
  const escaped = lines
    .replaceAll("\\", "\\\\")
    .replaceAll('"""', '\\"\\"\\"')
    .replaceAll("\r", "\\r");
  const end = lines.endsWith("\n") ? "" : "\\n";
  const open = `open(${JSON.stringify(path)}, "${mode}", encoding="utf-8")`;
  return `${open}.write("""\\\n${escaped}${end}""");`;
}

function refuse(reason: string, hint: string): Interpretation {
  return { meaning: { kind: "refuse", reason, hint } };
}

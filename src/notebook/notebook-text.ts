/** The bytes of a notebook file → text. Jupyter writes UTF-8; whatever else stands there is named, never guessed at. */
import type { Diagnostic, Parsed } from "../base/diagnostic.ts";
import { shellWord } from "../base/shell-word.ts";
import { decodeUtf8 } from "../base/utf8.ts";

/** `value` is `undefined` when the bytes are no UTF-8. A byte order mark stays in the text. */
export function readNotebookText(bytes: Uint8Array, path: string): Parsed<string | undefined> {
  const wide = wideEncoding(bytes);
  const read = decodeUtf8(bytes);
  if (wide === undefined && read.kind === "text") return { value: read.text, diagnostics: [] };
  const encoding = wide ?? "LATIN1";
  const line = wide === undefined && read.kind === "not-utf8" ? read.line : undefined;
  const byte = read.kind === "not-utf8" ? read.byte.toString(16).toUpperCase() : "";
  const diagnostic: Diagnostic = {
    code: "notebook-not-utf8",
    severity: "error",
    message:
      wide === undefined
        ? `the file is no UTF-8, which every notebook is: byte 0x${byte} is no part of a character`
        : `the file is ${wide}; a notebook is UTF-8`,
    hint: `convert it${wide === undefined ? ", naming the encoding it has" : ""}: iconv -f ${encoding} -t UTF-8 ${shellWord(path)} > ${shellWord(convertedName(path))}`,
    where: { path, ...(line === undefined ? {} : { line }) },
  };
  return { value: undefined, diagnostics: [diagnostic] };
}

/** Told by the byte order mark, or by the zero byte that JSON's first character, which is ASCII, has beside it. */
function wideEncoding([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "UTF-16";
  if (first === 0xfe && second === 0xff) return "UTF-16";
  if (first !== undefined && first !== 0 && second === 0 && third !== 0) return "UTF-16LE";
  return first === 0 && second !== undefined && second !== 0 ? "UTF-16BE" : undefined;
}

function convertedName(path: string): string {
  return path.replace(/(?:\.ipynb)?$/i, "-utf8.ipynb");
}

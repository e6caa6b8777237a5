/** Bytes that are no UTF-8 are named with their line, never replaced in silence. */
import { expect, test } from "vitest";
import { readNotebookText } from "../../src/notebook/notebook-text.ts";

const TEXT = '{\n "source": "café"\n}';

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

test.each<{
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly message: RegExp;
  readonly hint: RegExp;
  readonly line?: number;
}>([
  {
    name: "Latin-1",
    bytes: latin1(TEXT),
    message: /byte 0xE9 /,
    hint: /iconv -f LATIN1 -t UTF-8 'my prices\.ipynb' > 'my prices-utf8\.ipynb'$/,
    line: 2,
  },
  {
    name: "Latin-1 behind a replacement character that stands in the file",
    bytes: Uint8Array.from([0xef, 0xbf, 0xbd, 0x0a, 0xe9, 0x22]),
    message: /byte 0xE9 /,
    hint: /iconv/,
    line: 2,
  },
  {
    name: "a character that is cut off at the end",
    bytes: new TextEncoder().encode("é").subarray(0, 1),
    message: /byte 0xC3 /,
    hint: /iconv/,
    line: 1,
  },
  {
    name: "UTF-16 with a byte order mark",
    bytes: new Uint8Array(Buffer.from(`\uFEFF${TEXT}`, "utf16le")),
    message: /UTF-16/,
    hint: /-f UTF-16 /,
  },
  {
    name: "UTF-16 without one",
    bytes: new Uint8Array(Buffer.from(TEXT, "utf16le")),
    message: /UTF-16LE/,
    hint: /-f UTF-16LE /,
  },
])("refuses $name", ({ bytes, message, hint, line }) => {
  const { value, diagnostics } = readNotebookText(bytes, "my prices.ipynb");
  expect(value).toBeUndefined();
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]).toMatchObject({ code: "notebook-not-utf8", severity: "error" });
  expect(diagnostics[0]?.message).toMatch(message);
  expect(diagnostics[0]?.hint).toMatch(hint);
  expect(diagnostics[0]?.where?.line).toBe(line);
});

test.each(["", TEXT, "\uFEFF{}", "\0\0\0"])("reads UTF-8 as it is: %j", (text) => {
  expect(readNotebookText(new TextEncoder().encode(text), "a.ipynb")).toEqual({
    value: text,
    diagnostics: [],
  });
});

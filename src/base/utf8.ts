/** Bytes that a person's file has → text. Never leniently: a byte that is replaced is a letter that changes in silence. */
import { placeAt } from "./text-span.ts";

/** Text, or where the first byte stands that is no UTF-8. */
export type Utf8 =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "not-utf8"; readonly line: number; readonly byte: number };

/** Decodes UTF-8; a byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): Utf8 {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return { kind: "text", text: decoder.decode(bytes) };
  } catch {
    return { kind: "not-utf8", ...firstWrongByte(bytes) };
  }
}

const REPLACEMENT = "\uFFFD";

/** A decoder does not say where it stopped; a lenient one puts a replacement character there, which may also stand there in truth. */
function firstWrongByte(bytes: Uint8Array): { readonly line: number; readonly byte: number } {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf(REPLACEMENT); at !== -1; at = text.indexOf(REPLACEMENT, from)) {
    offset += encoder.encode(text.slice(from, at)).length;
    const isReal =
      bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isReal) return { line: placeAt(text, at).line, byte: bytes[offset] ?? 0 };
    offset += 3;
    from = at + 1;
  }
  throw new Error("bytes that do not decode have one that is wrong");
}

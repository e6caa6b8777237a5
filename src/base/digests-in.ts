/** Digests that a text names, whatever the text is. */
import type { Sha256 } from "./brand.ts";
import { sha256FromHex } from "./hash.ts";

const HEX_DIGITS = 64;

/**
 * Everything in the text that can be a digest, `sha256:` before it or not. More than is meant rather than less: who
 * asks wants to know what may be referred to.
 */
export function digestsIn(text: string): Set<Sha256> {
  const found = new Set<Sha256>();
  for (const [hex] of text.matchAll(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g))
    found.add(sha256FromHex(hex));
  return found;
}

/** The same over bytes that arrive in pieces; a digest may lie across two of them. */
export async function digestsInPieces(pieces: AsyncIterable<Uint8Array>): Promise<Set<Sha256>> {
  const found = new Set<Sha256>();
  let kept = "";
  for await (const piece of pieces) {
    const text = kept + Buffer.from(piece).toString("latin1");
    // What touches the end may go on in the next piece and is looked at again together with it.
    const whole = text.slice(0, text.length - endingHexDigits(text));
    for (const digest of digestsIn(whole)) found.add(digest);
    kept = text.slice(Math.max(whole.length - 1, 0));
  }
  for (const digest of digestsIn(kept)) found.add(digest);
  return found;
}

function endingHexDigits(text: string): number {
  let digits = 0;
  while (digits <= HEX_DIGITS && /[0-9a-f]/.test(text[text.length - 1 - digits] ?? "")) digits += 1;
  return digits;
}

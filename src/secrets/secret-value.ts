/** Whether a text by itself, or under a name, is the kind of text that secrets are. */
import { namePromise, variableFromName } from "./secret-name.ts";

/** Whether a value kept under this name is a secret. */
export function isSecretValue(name: string, value: string): boolean {
  const promise = namePromise(name);
  if (promise === "none" || isPlaceholder(value)) return false;
  if (variableFromName(name) === variableFromName(value)) return false;
  if (promise === "weak") return looksRandom(value);
  const isPassword = /p(?:ass|w)/i.test(name);
  // A prompt, a path, a template.
  if (/[:?]\s*$|^[~./]|[{}]|^https?:\/\/[^@]*$/.test(value)) return false;
  if (/\s/.test(value)) {
    if (/phrase/i.test(name) || (/connection/i.test(name) && value.includes("="))) return true;
    // No sentence about passwords has words like these.
    return isPassword && value.length >= 8 && /\d/.test(value) && /[^\w\s.,:;!?'"()-]/.test(value);
  }
  return value.length >= (isPassword ? 4 : 8);
}

const PLACEHOLDER =
  /^(?:(.)\1*|<.*>|\[.*\]|\{.*\}|%.*%|%\(.*|(?:your|my|insert|enter|replace|put|add)[-_ ].*|.*[-_ ]here|change[-_ ]?me.*|todo|none|null|true|false|undefined|pass|passw(?:or)?d|pwd|secret|token|key|dummy|test|foo|bar|foobar|redacted|hidden|masked|n\/?a|env|environment|default|string|str|basic|bearer)$/i;

/** Texts that stand where a secret would be. */
export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim();
  // `$PASSWORD` stands for what a variable holds, `$ecret99` for itself.
  return (
    trimmed === "" || PLACEHOLDER.test(trimmed) || /^\$(?:\{.*\}|[A-Z_][A-Z0-9_]*)$/.test(trimmed)
  );
}

/** Letters and digits mixed as no language does: random keys, not words, identifiers or plain numbers. */
export function looksRandom(text: string): boolean {
  if (text.length < 12 || !/^[\w.~+/=:-]+$/.test(text)) return false;
  if (UUID.test(text)) return false;
  const hasDigits = /\d/.test(text);
  const letters = text.replace(/[^A-Za-z]/g, "");
  if (!hasDigits || letters.length < 3) return false;
  // Words with a number behind: `customer_id_2021`, `bert-base-uncased-v2`.
  if (/^(?:[A-Za-z]+[-_./:])*[A-Za-z]*[-_.v]?\d{0,4}$/.test(text)) return false;
  return entropyOf(text) >= (text.length < 20 ? 3 : 3.3);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Bits a character, by how often each occurs. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

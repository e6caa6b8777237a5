/** Takes secrets out of text that is only read by people: comments, markdown, saved outputs, messages. */
import { findSecret, isSecretValue } from "./find-secret.ts";
import { findKnownFormats } from "./known-formats.ts";

const MASK = "***";
// Each name is looked at from its beginning only: looked at from each of its letters, a long line takes quadratic time.
const ASSIGNED = /(?<![\w-])([\w-]+)(["']?\]?\s*[=:]\s*[bruf]?)(["'])([^"'\n]+)\3/g;
const SHELL_ASSIGNED = /(?<![\w-])([\w-]+)=([^\s"';&]+)/g;
/** `%env NAME value`, which sets as `%env NAME=value` does. */
const MAGIC_ASSIGNED = /(%(?:set_)?env[ \t]+)(\w+)([ \t]+)([^\s=][^\n]*)/g;
const ADDRESSES = /(?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/[^\s:@/?#]*:[^\s@/?#]+@/gi;
const HEADERS = /\b(bearer|basic|token)(\s+)([\w.~+/=-]{16,})/gi;

/**
 * The text with every secret replaced by three stars.
 *
 * @param values Secrets known from elsewhere, wherever they stand.
 */
export function maskSecrets(text: string, values: Iterable<string>): string {
  let masked = text;
  for (const value of [...values].sort((a, b) => b.length - a.length))
    masked = masked.replaceAll(value, MASK);
  const none = { name: undefined, environment: new Map<string, string>() };
  masked = masked.replace(ADDRESSES, (address) => {
    const found = findSecret(address, none);
    return found === undefined
      ? address
      : address.slice(0, found.start) + MASK + address.slice(found.end);
  });
  masked = masked.replace(ASSIGNED, (...match: readonly string[]) => {
    const [whole = "", name = "", between = "", quote = "", value = ""] = match;
    return isSecretValue(bare(name), value) ? `${name}${between}${quote}${MASK}${quote}` : whole;
  });
  masked = masked.replace(SHELL_ASSIGNED, (whole, name: string, value: string) =>
    isSecretValue(bare(name), value) ? `${name}=${MASK}` : whole,
  );
  masked = masked.replace(MAGIC_ASSIGNED, (...match: readonly string[]) => {
    const [whole = "", magic = "", name = "", space = "", value = ""] = match;
    return isSecretValue(name, value.trim()) ? `${magic}${name}${space}${MASK}` : whole;
  });
  masked = masked.replace(HEADERS, (whole, word: string, space: string, value: string) =>
    /\d/.test(value) ? word + space + MASK : whole,
  );
  for (const { start, end } of findKnownFormats(masked).toReversed())
    masked = masked.slice(0, start) + MASK + masked.slice(end);
  return masked;
}

/** `--password` and `1password` are called after the word. */
function bare(name: string): string {
  return name.replace(/^[\d-]+/, "");
}

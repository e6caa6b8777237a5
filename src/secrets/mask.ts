/** Takes secrets out of text that is only read by people: comments, markdown, saved outputs, messages. */
import { findKnownFormats } from "./known-formats.ts";
import { findPasswords } from "./passwords-in-text.ts";
import { namePromise } from "./secret-name.ts";
import { isPlaceholder, isSecretValue } from "./secret-value.ts";

const MASK = "***";
// Each name is looked at from its beginning only: looked at from each of its letters, a long line takes quadratic time.
const ASSIGNED = /(?<![\w-])([\w-]+)(["']?\]?\s*[=:]\s*[bruf]?)(["'])([^"'\n]+)\3/g;
const SHELL_ASSIGNED = /(?<![\w-])([\w-]+)=([^\s"';&]+)/g;
/** `%env NAME value` and `%env NAME=value`, with or without the `%`. */
const MAGIC_ASSIGNED = /((?:%|^)(?:set_)?env[ \t]+)(\w+)([ \t]*=[ \t]*|[ \t]+)([^\s=][^\n]*)/gm;
/** `password: hunter2`, in a sentence or a list. */
const SAID =
  /(?<![\w-])(?<name>[A-Za-z][\w-]{0,60})(?=[*_`]*[ \t]*[:=][ \t]*[*_`"']*(?<value>[^\s*`"',;)\]}]{4,256})(?<rest>[^\n]{0,40}))/dg;
const HEADERS = /\b(bearer|basic|token)(\s+)([\w.~+/=-]{16,})/gi;

/**
 * The text with every secret replaced by three stars.
 *
 * @param values Secrets known from elsewhere, wherever they stand.
 */
export function maskSecrets(text: string, values: Iterable<string>): string {
  let masked = text;
  for (const value of [...values].sort((a, b) => b.length - a.length))
    masked = isWord(value)
      ? masked.replace(new RegExp(`(?<!\\w)${value}(?!\\w)`, "g"), MASK)
      : masked.replaceAll(value, MASK);
  masked = maskAt(
    masked,
    findPasswords(masked).filter(({ start, end }) => !isReading(masked.slice(start, end))),
  );
  masked = masked.replace(ASSIGNED, (...match: readonly string[]) => {
    const [whole = "", name = "", between = "", quote = "", value = ""] = match;
    return isSecretValue(bare(name), value) ? `${name}${between}${quote}${MASK}${quote}` : whole;
  });
  masked = masked.replace(SHELL_ASSIGNED, (whole, name: string, value: string) =>
    isSecretValue(bare(name), value) && !isReading(value) ? `${name}=${MASK}` : whole,
  );
  masked = masked.replace(MAGIC_ASSIGNED, (...match: readonly string[]) => {
    const [whole = "", magic = "", name = "", space = "", value = ""] = match;
    // What is set by magic is refused for its name alone, and the refusal quotes it.
    const isSecret = namePromise(name) !== "none" && !isPlaceholder(value) && !/[{}]/.test(value);
    return isSecret ? `${magic}${name}${space}${MASK}` : whole;
  });
  masked = masked.replace(HEADERS, (whole, word: string, space: string, value: string) =>
    /\d/.test(value) ? word + space + MASK : whole,
  );
  masked = maskAt(masked, findSaid(masked));
  return maskAt(masked, findKnownFormats(masked));
}

/** What is read from somewhere: `config.password`, `getpass()`, `$(pass show db)`. */
function isReading(value: string): boolean {
  return /^\$\(|^[A-Za-z_][\w.]*[([]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+[),]*$/.test(value);
}

/** What other words may hold: `tiger` in `tiger_count`. */
function isWord(value: string): boolean {
  return /^[A-Za-z]+$/.test(value);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function findSaid(text: string): readonly Range[] {
  const found: Range[] = [];
  for (const { groups, indices } of text.matchAll(SAID)) {
    const { name = "", value = "", rest = "" } = groups ?? {};
    const [start, end] = indices?.groups?.["value"] ?? [0, 0];
    if (start >= (found.at(-1)?.end ?? 0) && isSaidSecret(name, value, rest))
      found.push({ start, end });
  }
  return found;
}

/** @param places In text order; no two overlap. */
function maskAt(text: string, places: readonly Range[]): string {
  const kept = places.map(({ start }, at) => text.slice(places[at - 1]?.end ?? 0, start));
  return [...kept, text.slice(places.at(-1)?.end ?? 0)].join(MASK);
}

/** Of what is said without quotes, a word of a sentence is none: `password: required to log in`. */
function isSaidSecret(name: string, value: string, rest: string): boolean {
  if (namePromise(name) !== "strong" || value === MASK || isPlaceholder(value)) return false;
  if (isReading(value)) return false;
  return /^[A-Za-z-]+[.:!?]?$/.test(value) ? rest.trim() === "" : isSecretValue(name, value);
}

/** `--password` and `1password` are called after the word. */
function bare(name: string): string {
  return name.replace(/^[\d-]+/, "");
}

/** Whether a text from a notebook is, or holds, a secret. Rather one warning too many than one password in a package. */
import { findKnownFormat } from "./known-formats.ts";
import { namePromise, variableFromName } from "./secret-name.ts";

/** Where in the text the secret stands, and what it may be called. */
export interface FoundSecret {
  readonly start: number;
  readonly end: number;
  /** Name for an environment variable, upper case. */
  readonly variable: string;
  /** true when `variable` is a variable that holds this very value already. */
  readonly isExisting: boolean;
  /** For people: what gives it away. */
  readonly because: string;
}

export interface SecretContext {
  /** What the text is given to: a variable, a keyword, a key. */
  readonly name: string | undefined;
  /** Values that the environment keeps, by value; see `protected-environment.ts`. */
  readonly environment: ReadonlyMap<string, string>;
}

/** `undefined` when nothing gives the text away. */
export function findSecret(text: string, context: SecretContext): FoundSecret | undefined {
  const whole = { start: 0, end: text.length, isExisting: false };
  const existing = context.environment.get(text);
  if (existing !== undefined)
    return {
      ...whole,
      variable: existing,
      isExisting: true,
      because: `it is the value of the environment variable ${existing}`,
    };
  const named = context.name === undefined ? "" : variableFromName(context.name);
  const known = findKnownFormat(text);
  if (known !== undefined) {
    const promised = context.name !== undefined && namePromise(context.name) !== "none";
    const variable = promised && named !== "" ? named : known.variable;
    return {
      ...known,
      variable,
      isExisting: false,
      because: `it has the form of a ${known.variable}`,
    };
  }
  const password = findPassword(text);
  if (password !== undefined)
    return {
      ...password,
      variable: named === "" ? password.variable : named,
      isExisting: false,
      because: "it holds a password",
    };
  if (context.name === undefined || named === "" || !isSecretValue(context.name, text))
    return undefined;
  return { ...whole, variable: named, because: `it is called ${context.name}` };
}

/** Credentials written inside addresses, headers and connection strings; group 1 is the secret. */
const PASSWORDS: readonly { readonly pattern: RegExp; readonly variable: string }[] = [
  { pattern: /(?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/[^\s:@/?#]*:([^\s@/?#]+)@/i, variable: "URL" },
  // The scheme or user may have been put in by an f-string.
  { pattern: /^[^\s:@/?#]*:([^\s@/?#"':]{4,})@$/, variable: "PASSWORD" },
  {
    pattern:
      /[?&](?:api_?key|access_token|auth_token|token|key|secret|client_secret|password|sig)=([^\s&#]{12,})/i,
    variable: "URL",
  },
  {
    pattern:
      /(?:^|[;\s])(?:pwd|password|accountkey|sharedaccesskey|sharedaccesssignature)\s*=\s*([^\s;]{4,})/i,
    variable: "CONNECTION_STRING",
  },
  { pattern: /^(?:bearer|basic|token)\s+([\w.~+/=-]{12,})$/i, variable: "AUTHORIZATION" },
];

function findPassword(
  text: string,
): { readonly start: number; readonly end: number; readonly variable: string } | undefined {
  for (const { pattern, variable } of PASSWORDS) {
    const match = new RegExp(pattern, `${pattern.flags}d`).exec(text);
    const [start, end] = match?.indices?.[1] ?? [];
    const found = match?.[1];
    if (found === undefined || start === undefined || end === undefined) continue;
    if (isPlaceholder(found) || /[{}<>$]/.test(found)) continue;
    if (variable !== "URL" || text.includes("@") || looksRandom(found))
      return { start, end, variable };
  }
  return undefined;
}

/** Whether a value kept under this name is a secret. */
export function isSecretValue(name: string, value: string): boolean {
  const promise = namePromise(name);
  if (promise === "none" || isPlaceholder(value)) return false;
  if (variableFromName(name) === variableFromName(value)) return false;
  if (promise === "weak") return looksRandom(value);
  const isPassword = /p(?:ass|w)/i.test(name);
  // A prompt, a path, a template.
  if (/[:?]\s*$|^[~./]|[{}]|^https?:\/\/[^@]*$/.test(value)) return false;
  if (/\s/.test(value))
    return /phrase/i.test(name) || (/connection/i.test(name) && value.includes("="));
  return value.length >= (isPassword ? 4 : 8);
}

const PLACEHOLDER =
  /^(?:(.)\1*|<.*>|\[.*\]|\{.*\}|\$.*|%.*%|%\(.*|(?:your|my|insert|enter|replace|put|add)[-_ ].*|.*[-_ ]here|change[-_ ]?me.*|todo|none|null|true|false|undefined|passw(?:or)?d|pwd|secret|token|key|dummy|test|foo|bar|foobar|redacted|hidden|masked|n\/?a|env|environment|default|string|str|basic|bearer)$/i;

/** Texts that stand where a secret would be. */
export function isPlaceholder(text: string): boolean {
  return text.trim() === "" || PLACEHOLDER.test(text.trim());
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

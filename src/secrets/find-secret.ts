/** Whether a text from a notebook is, or holds, a secret. Rather one warning too many than one password in a package. */
import { findKnownFormat, findKnownFormats } from "./known-formats.ts";
import { findPasswords } from "./passwords-in-text.ts";
import { namePromise, variableFromName } from "./secret-name.ts";
import { isPlaceholder, isSecretValue } from "./secret-value.ts";

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
  /** true where nothing but a secret may stand, however short it is: the second of `auth=("ada", "…")`. */
  readonly isSure?: boolean;
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
  const [password] = findPasswords(text);
  if (password !== undefined)
    return {
      ...password,
      variable: named === "" ? password.variable : named,
      isExisting: false,
      because: "it holds a password",
    };
  if (context.name === undefined || named === "") return undefined;
  const isSure = context.isSure === true && text.length > 1 && !isPlaceholder(text);
  if (!isSure && !isSecretValue(context.name, text)) return undefined;
  return { ...whole, variable: named, because: `it is called ${context.name}` };
}

/** Every part of the text that nobody may see, each once; also what stands behind the first. */
export function secretParts(text: string): readonly string[] {
  const found = [...findKnownFormats(text), ...findPasswords(text)];
  return [...new Set(found.map(({ start, end }) => text.slice(start, end)))];
}

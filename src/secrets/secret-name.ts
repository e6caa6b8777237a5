/** What a name promises about the text it holds: `db_password` a secret, `password_column` the name of a column. */

/** How sure a name is: `strong` names a secret whatever it looks like, `weak` one only if it looks random. */
export type NamePromise = "strong" | "weak" | "none";

const STRONG = [
  "password",
  "passwd",
  "pwd",
  "pswd",
  "passphrase",
  "passcode",
  "apikey",
  "api key",
  "api secret",
  "api token",
  "secret key",
  "secret access key",
  "secret token",
  "client secret",
  "consumer secret",
  "app secret",
  "private key",
  "signing key",
  "encryption key",
  "account key",
  "storage key",
  "master key",
  "access token",
  "auth token",
  "auth key",
  "refresh token",
  "bearer token",
  "oauth token",
  "session token",
  "bot token",
  "sas token",
  "personal access token",
  "connection string",
  "webhook secret",
];
/** Strong behind another word (`db_pass`), nothing by themselves. */
const TAILS = ["pass", "pw", "creds", "credential", "credentials"];
const WEAK = [
  "secret",
  "token",
  "key",
  "auth",
  "authorization",
  "bearer",
  "credential",
  "credentials",
  "dsn",
  "jwt",
  "pat",
];
/** Words after the promise that leave it standing. */
const SUFFIXES = new Set(
  "prod production dev staging test live stage new old backup value str string text default b64 base64 hex env".split(
    " ",
  ),
);

/** Reads a variable, keyword, key or column name in any spelling. */
export function namePromise(name: string): NamePromise {
  const words = wordsOf(name);
  while (words.length > 1 && isSuffix(words.at(-1) ?? "")) words.pop();
  const spaced = ` ${words.join(" ")}`;
  if (STRONG.some((strong) => spaced.endsWith(` ${strong}`))) return "strong";
  if (words.length > 1 && TAILS.includes(words.at(-1) ?? "")) return "strong";
  return WEAK.includes(words.at(-1) ?? "") ? "weak" : "none";
}

function isSuffix(word: string): boolean {
  return SUFFIXES.has(word) || /^\d+$/.test(word);
}

/** `awsSecretKey2`, `AWS_SECRET_KEY_2` and `aws-secret-key-2` are the same words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Za-z])(\d)/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** `apiKey` → `API_KEY`; empty when nothing of the name can be part of a variable. */
export function variableFromName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

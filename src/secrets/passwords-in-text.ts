/**
 * Credentials that stand inside a longer text: addresses, headers, connection strings, command lines, JSON, YAML and INI.
 * Not here: forms that give themselves away (`known-formats.ts`), and texts that are a secret because of what they are given to.
 * Invariant: the time taken grows with the length of the text alone.
 */
import { isPlaceholder, isSecretValue, looksRandom } from "./secret-value.ts";

/** Where the secret itself stands, and the name that its kind suggests. */
export interface PasswordInText {
  readonly start: number;
  readonly end: number;
  readonly variable: string;
}

interface Pattern {
  /** With the flags `g` and `d`. The group `secret` is the secret, `name` what it is given to. */
  readonly pattern: RegExp;
  readonly variable: string;
  /** Whether what was found is one; placeholders never are. */
  readonly holds?: (secret: string, name: string) => boolean;
}

/** SQLAlchemy and others take a password up to the last `@` of the authority, and let it hold `/`, `#` and `?`; a port is none. */
const ADDRESS =
  /(?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/[^\s:/?#"']*:(?!\d{1,5}(?:[/?#]|$))(?<secret>(?:(?!:\/\/)[^\s@"'<>]){1,256}(?:@[^\s/?#@"'<>]{1,256}(?=@))*)@/dgi;

const NAME = String.raw`(?<name>[A-Za-z][\w-]{0,60})`;

const PATTERNS: readonly Pattern[] = [
  { pattern: ADDRESS, variable: "URL" },
  // The scheme or the user may have been put in by an f-string.
  { pattern: /^[^\s:@/?#]*:(?<secret>[^\s@/?#"':]{4,})@$/dg, variable: "PASSWORD" },
  {
    pattern:
      /[?&](?:(?:x[-_])?api[-_]?key|access[-_]token|auth[-_]token|auth|token|key|secret|client_secret|password|sig|signature|x-amz-signature|x-amz-security-token)=(?<secret>[^\s&#"']{12,})/dgi,
    variable: "URL",
    holds: (secret) => looksRandom(unescaped(secret)),
  },
  {
    pattern:
      /(?:^|[;\s"'])(?:pwd|password|passwd|accountkey|sharedaccesskey|sharedaccesssignature)\s*=\s*(?<secret>[^\s;"']{4,})(?![^\s;"'])(?=\s*(?:[;"']|$|\w[\w ]{0,30}=))/dgi,
    variable: "CONNECTION_STRING",
  },
  {
    pattern: /^(?:bearer|basic|token|apikey)\s+(?<secret>[\w.~+/=-]{12,})$/dgi,
    variable: "AUTHORIZATION",
  },
  {
    pattern:
      /\b(?:authorization|x-api-key|api-key|x-auth-token|private-token)["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token|apikey)\s+)?(?<secret>[\w.~+/=-]{6,})/dgi,
    variable: "AUTHORIZATION",
    holds: (secret) => /\d|[=+/]/.test(secret),
  },
  // curl -u ada:hunter2
  {
    pattern:
      /(?:^|\s)(?:-u|--user|--proxy-user)[\s=]+["']?[^\s:"'@/]{1,64}:(?<secret>[^\s"']{3,})/dg,
    variable: "PASSWORD",
  },
  // psql --password hunter2, mysql --password=hunter2
  {
    pattern: new RegExp(
      String.raw`(?<![\w-])--?${NAME}[\s=]+["']?(?<secret>[^\s"'-][^\s"']*)`,
      "dg",
    ),
    variable: "PASSWORD",
    holds: (secret, name) => isSecretValue(name, secret),
  },
  // {"password": "hunter2"}
  {
    pattern: new RegExp(String.raw`(["'])${NAME}\1\s*:\s*(["'])(?<secret>[^"'\n]{1,4096})\3`, "dg"),
    variable: "PASSWORD",
    holds: (secret, name) => isSecretValue(name, secret),
  },
  // Lines of YAML, of INI and of .env files.
  {
    pattern: new RegExp(
      String.raw`(?<=^|\n)[ \t]*(?:-[ \t]+|export[ \t]+)?${NAME}[ \t]*[:=][ \t]*(["']?)(?<secret>[^\s"'#,{}()\[\]]{4,})\2[ \t]*(?=\r?\n|$)`,
      "dg",
    ),
    variable: "PASSWORD",
    holds: (secret, name) => isSecretValue(name, secret),
  },
];

/** All of them in text order; no two overlap. */
export function findPasswords(text: string): readonly PasswordInText[] {
  // Each pattern needs one of these; most texts have none.
  if (!/[:=]|[bB](?:earer|asic)|--|token|apikey/i.test(text)) return [];
  const found = PATTERNS.flatMap(({ pattern, variable, holds }) =>
    [...text.matchAll(pattern)].flatMap((match): readonly PasswordInText[] => {
      const { secret = "", name = "" } = match.groups ?? {};
      const [start, end] = match.indices?.groups?.["secret"] ?? [];
      if (start === undefined || end === undefined) return [];
      if (isPlaceholder(secret) || isTemplate(secret)) return [];
      if (holds !== undefined && !holds(secret, name)) return [];
      return [{ start, end, variable }];
    }),
  ).sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return found.filter((each) => {
    const isApart = end <= each.start;
    end = Math.max(end, each.end);
    return isApart;
  });
}

/** `{password}`, `<password>`, `$PASSWORD`, `%(password)s`: what will stand there is no part of this text. */
function isTemplate(text: string): boolean {
  return /\{[^}]*\}|<[^>]*>|^\$\{?[A-Z_][A-Z0-9_]*\}?$|%\(\w+\)s|^%s$/.test(text);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Credentials that can be told by their form alone, each with the environment variable its own tools read it from. */

/** A form of credential. The pattern has no anchors; {@link findKnownFormat} sees to the edges. */
interface KnownFormat {
  readonly pattern: string;
  readonly variable: string;
}

/** Prefixes and lengths are those that the issuers publish for scanners; the order matters where one form begins like another. */
const FORMATS: readonly KnownFormat[] = [
  { pattern: "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}", variable: "AWS_ACCESS_KEY_ID" },
  { pattern: "gh[pousr]_[0-9A-Za-z]{36,}", variable: "GITHUB_TOKEN" },
  { pattern: "github_pat_[0-9A-Za-z_]{60,}", variable: "GITHUB_TOKEN" },
  { pattern: "gl(?:pat|dt|rt|ptt|ft)-[0-9A-Za-z_.-]{20,}", variable: "GITLAB_TOKEN" },
  { pattern: "sk-ant-[0-9A-Za-z_-]{20,}", variable: "ANTHROPIC_API_KEY" },
  { pattern: "sk-(?:proj-|svcacct-|admin-)?[0-9A-Za-z_-]{20,}", variable: "OPENAI_API_KEY" },
  { pattern: "(?:hf|api_org)_[0-9A-Za-z]{34,}", variable: "HF_TOKEN" },
  { pattern: "xox[abeoprs]-[0-9A-Za-z-]{10,}", variable: "SLACK_TOKEN" },
  { pattern: "xapp-\\d-[0-9A-Za-z-]{10,}", variable: "SLACK_TOKEN" },
  { pattern: "AIza[0-9A-Za-z_-]{35}", variable: "GOOGLE_API_KEY" },
  { pattern: "ya29\\.[0-9A-Za-z_-]{20,}", variable: "GOOGLE_ACCESS_TOKEN" },
  { pattern: "GOCSPX-[0-9A-Za-z_-]{28}", variable: "GOOGLE_CLIENT_SECRET" },
  { pattern: "(?:sk|rk)_(?:test|live|prod)_[0-9A-Za-z]{10,}", variable: "STRIPE_API_KEY" },
  { pattern: "npm_[0-9A-Za-z]{36}", variable: "NPM_TOKEN" },
  { pattern: "pypi-AgE[0-9A-Za-z_-]{50,}", variable: "PYPI_TOKEN" },
  { pattern: "SG\\.[0-9A-Za-z_-]{20,24}\\.[0-9A-Za-z_-]{39,50}", variable: "SENDGRID_API_KEY" },
  { pattern: "dapi[0-9a-f]{32}(?:-\\d)?", variable: "DATABRICKS_TOKEN" },
  { pattern: "do[opr]_v1_[0-9a-f]{64}", variable: "DIGITALOCEAN_TOKEN" },
  { pattern: "dckr_(?:pat|oat)_[0-9A-Za-z_-]{27,}", variable: "DOCKER_TOKEN" },
  { pattern: "hv[sb]\\.[0-9A-Za-z_-]{24,}", variable: "VAULT_TOKEN" },
  { pattern: "gsk_[0-9A-Za-z]{40,}", variable: "GROQ_API_KEY" },
  { pattern: "pplx-[0-9A-Za-z]{40,}", variable: "PERPLEXITY_API_KEY" },
  { pattern: "r8_[0-9A-Za-z]{37}", variable: "REPLICATE_API_TOKEN" },
  { pattern: "lin_api_[0-9A-Za-z]{40}", variable: "LINEAR_API_KEY" },
  { pattern: "(?:shpat|shpca|shppa|shpss)_[0-9A-Fa-f]{32}", variable: "SHOPIFY_TOKEN" },
  { pattern: "\\d{8,10}:AA[0-9A-Za-z_-]{33}", variable: "TELEGRAM_BOT_TOKEN" },
  {
    pattern: "eyJ[0-9A-Za-z_-]{14,}\\.eyJ[0-9A-Za-z_-]{14,}\\.[0-9A-Za-z_-]{10,}",
    variable: "TOKEN",
  },
  {
    pattern:
      "-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\\s\\S]{20,}?(?:-----END [A-Z0-9 ]+-----|$)",
    variable: "PRIVATE_KEY",
  },
  {
    pattern: "https://hooks\\.slack\\.com/(?:services|workflows|triggers)/[0-9A-Za-z+/]{20,}",
    variable: "SLACK_WEBHOOK_URL",
  },
  {
    pattern: "https://discord(?:app)?\\.com/api/webhooks/\\d+/[0-9A-Za-z_-]{40,}",
    variable: "DISCORD_WEBHOOK_URL",
  },
];

const EDGE = "[0-9A-Za-z_]";
const ANY = new RegExp(
  `(?<!${EDGE}|[+/])(?:${FORMATS.map(({ pattern }) => `(${pattern})`).join("|")})(?!${EDGE})`,
  "g",
);

/** A credential in a text: where it stands, and the variable it is usually read from. */
export interface FoundCredential {
  readonly start: number;
  readonly end: number;
  readonly variable: string;
}

/** The first credential of a known form in the text. */
export function findKnownFormat(text: string): FoundCredential | undefined {
  return findKnownFormats(text)[0];
}

/** All credentials of known forms, in text order. */
export function findKnownFormats(text: string): readonly FoundCredential[] {
  return [...text.matchAll(ANY)].flatMap((match) => {
    const which = match.slice(1).findIndex(Boolean);
    const format = FORMATS[which];
    // A word of a language is no token: `sk-learn-contrib-and-other-words`.
    if (format === undefined || !/\d/.test(match[0]) || new Set(match[0]).size < 8) return [];
    return [{ start: match.index, end: match.index + match[0].length, variable: format.variable }];
  });
}

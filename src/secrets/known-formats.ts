/** Credentials that can be told by their form alone, each with the environment variable its own tools read it from. */

/** A form of credential. The pattern has no anchors; {@link findKnownFormat} sees to the edges. */
interface KnownFormat {
  readonly pattern: string;
  readonly variable: string;
  /** Where prefix and length were looked up: `gitleaks:` a rule of its config/gitleaks.toml at b58d3f1, `trufflehog:` a detector below its pkg/detectors at 3ab759f, else an address. */
  readonly source: string;
}

/** Lengths are the least that were ever given out: issuers made theirs longer more than once. The order matters where one form begins like another. */
const FORMATS: readonly KnownFormat[] = [
  {
    pattern: "(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",
    variable: "AWS_ACCESS_KEY_ID",
    source: "gitleaks:aws-access-token",
  },
  {
    pattern: "ABSK[A-Za-z0-9+/]{100,}={0,2}",
    variable: "AWS_BEARER_TOKEN_BEDROCK",
    source: "gitleaks:aws-amazon-bedrock-api-key-long-lived",
  },
  {
    pattern: "gh[pousr]_[0-9A-Za-z]{36,}",
    variable: "GITHUB_TOKEN",
    source: "gitleaks:github-pat, github-oauth, github-app-token, github-refresh-token",
  },
  {
    pattern: "github_pat_[0-9A-Za-z_]{60,}",
    variable: "GITHUB_TOKEN",
    source: "gitleaks:github-fine-grained-pat",
  },
  {
    pattern: "gl(?:pat|dt|rt|ptt|ft|soat|ffct|imt|agent|oas|cbt)-[0-9A-Za-z_.=-]{20,}",
    variable: "GITLAB_TOKEN",
    source: "gitleaks:gitlab-pat, gitlab-pat-routable and its other gitlab rules",
  },
  {
    pattern: "GR1348941[0-9A-Za-z_-]{20}",
    variable: "GITLAB_TOKEN",
    source: "gitleaks:gitlab-rrt",
  },
  {
    pattern: "sk-ant-[0-9A-Za-z_-]{20,}",
    variable: "ANTHROPIC_API_KEY",
    source: "gitleaks:anthropic-api-key, anthropic-admin-api-key",
  },
  {
    pattern: "sk-or-v1-[0-9a-f]{64}",
    variable: "OPENROUTER_API_KEY",
    source: "trufflehog:openrouter",
  },
  {
    pattern: "sk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    variable: "LANGFUSE_SECRET_KEY",
    source: "trufflehog:langfuse",
  },
  {
    pattern: "sk-(?:proj-|svcacct-|admin-)?[0-9A-Za-z_-]{20,}",
    variable: "OPENAI_API_KEY",
    source: "gitleaks:openai-api-key; trufflehog:deepseek",
  },
  {
    pattern: "(?:hf|api_org)_[0-9A-Za-z]{34,}",
    variable: "HF_TOKEN",
    source: "gitleaks:huggingface-access-token; trufflehog:huggingface",
  },
  {
    pattern: "wandb_v1_[0-9A-Za-z_]{60,}",
    variable: "WANDB_API_KEY",
    source: "https://github.com/wandb/wandb/pull/10688 (keys longer than 40 characters)",
  },
  {
    pattern: "KGAT_[0-9a-f]{32}",
    variable: "KAGGLE_API_TOKEN",
    source: "https://github.com/Kaggle/kaggle-api/pull/863 (tokens of one part)",
  },
  {
    pattern: "xox[abeoprs]-[0-9A-Za-z-]{10,}",
    variable: "SLACK_TOKEN",
    source: "gitleaks:slack-bot-token and its other slack rules",
  },
  {
    pattern: "xoxe\\.xox[bp]-\\d-[0-9A-Za-z]{100,}",
    variable: "SLACK_TOKEN",
    source: "gitleaks:slack-config-access-token",
  },
  {
    pattern: "xapp-\\d-[0-9A-Za-z-]{10,}",
    variable: "SLACK_TOKEN",
    source: "gitleaks:slack-app-token",
  },
  { pattern: "AIza[0-9A-Za-z_-]{35}", variable: "GOOGLE_API_KEY", source: "gitleaks:gcp-api-key" },
  {
    pattern: "ya29\\.[0-9A-Za-z_-]{20,}",
    variable: "GOOGLE_ACCESS_TOKEN",
    source: "trufflehog:googleoauth2",
  },
  {
    pattern: "GOCSPX-[0-9A-Za-z_-]{28}",
    variable: "GOOGLE_CLIENT_SECRET",
    source:
      "https://docs.github.com/en/code-security/reference/secret-security/supported-secret-scanning-patterns",
  },
  {
    pattern: "[0-9A-Za-z_~.]{3}\\dQ~[0-9A-Za-z_~.-]{31,34}",
    variable: "AZURE_CLIENT_SECRET",
    source: "gitleaks:azure-ad-client-secret",
  },
  {
    pattern: "(?:sk|rk)_(?:test|live|prod)_[0-9A-Za-z]{10,}",
    variable: "STRIPE_API_KEY",
    source: "gitleaks:stripe-access-token",
  },
  {
    pattern: "whsec_[0-9A-Za-z+/]{24,}={0,2}",
    variable: "STRIPE_WEBHOOK_SECRET",
    source:
      "https://docs.gitguardian.com/secrets-detection/secrets-detection-engine/detectors/specifics/stripe_webhook_secret",
  },
  { pattern: "npm_[0-9A-Za-z]{36}", variable: "NPM_TOKEN", source: "gitleaks:npm-access-token" },
  {
    pattern: "pypi-AgE[0-9A-Za-z_-]{50,}",
    variable: "PYPI_TOKEN",
    source: "gitleaks:pypi-upload-token",
  },
  {
    pattern: "SG\\.[0-9A-Za-z_-]{20,24}\\.[0-9A-Za-z_-]{39,50}",
    variable: "SENDGRID_API_KEY",
    source: "gitleaks:sendgrid-api-token",
  },
  {
    pattern: "dapi[0-9a-f]{32}(?:-\\d)?",
    variable: "DATABRICKS_TOKEN",
    source: "gitleaks:databricks-api-token",
  },
  {
    pattern: "do[opr]_v1_[0-9a-f]{64}",
    variable: "DIGITALOCEAN_TOKEN",
    source: "gitleaks:digitalocean-access-token, digitalocean-pat, digitalocean-refresh-token",
  },
  {
    pattern: "dckr_(?:pat|oat)_[0-9A-Za-z_-]{27,}",
    variable: "DOCKER_TOKEN",
    source: "trufflehog:dockerhub/v2",
  },
  {
    pattern: "hv[sb]\\.[0-9A-Za-z_-]{24,}",
    variable: "VAULT_TOKEN",
    source: "gitleaks:vault-service-token, vault-batch-token",
  },
  {
    pattern: "[0-9A-Za-z]{14}\\.atlasv1\\.[0-9A-Za-z_=-]{60,70}",
    variable: "TFE_TOKEN",
    source: "gitleaks:hashicorp-tf-api-token",
  },
  { pattern: "gsk_[0-9A-Za-z]{40,}", variable: "GROQ_API_KEY", source: "trufflehog:groq" },
  { pattern: "xai-[0-9A-Za-z_]{70,}", variable: "XAI_API_KEY", source: "trufflehog:xai" },
  { pattern: "nvapi-[0-9A-Za-z_-]{60,}", variable: "NVIDIA_API_KEY", source: "trufflehog:nvapi" },
  {
    pattern: "pplx-[0-9A-Za-z]{40,}",
    variable: "PERPLEXITY_API_KEY",
    source: "gitleaks:perplexity-api-key",
  },
  {
    pattern: "pcsk_[0-9A-Za-z]{5,6}_[0-9A-Za-z]{63}",
    variable: "PINECONE_API_KEY",
    source: "trufflehog:pinecone",
  },
  {
    pattern: "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
    variable: "LANGSMITH_API_KEY",
    source: "trufflehog:langsmith",
  },
  {
    pattern: "r8_[0-9A-Za-z_-]{37}",
    variable: "REPLICATE_API_TOKEN",
    source: "trufflehog:replicate",
  },
  {
    pattern: "pnu_[0-9A-Za-z]{36}",
    variable: "PREFECT_API_KEY",
    source: "gitleaks:prefect-api-token",
  },
  {
    pattern: "ntn_[0-9]{11}[0-9A-Za-z]{35}",
    variable: "NOTION_TOKEN",
    source: "gitleaks:notion-api-token",
  },
  { pattern: "secret_[0-9A-Za-z]{43}", variable: "NOTION_TOKEN", source: "trufflehog:notion" },
  {
    pattern: "pat[0-9A-Za-z]{14}\\.[0-9a-f]{64}",
    variable: "AIRTABLE_API_KEY",
    source: "gitleaks:airtable-personnal-access-token",
  },
  {
    pattern: "lin_api_[0-9A-Za-z]{40}",
    variable: "LINEAR_API_KEY",
    source: "gitleaks:linear-api-key",
  },
  {
    pattern: "(?:shpat|shpca|shppa|shpss)_[0-9A-Fa-f]{32}",
    variable: "SHOPIFY_TOKEN",
    source: "gitleaks:shopify-access-token and its other shopify rules",
  },
  {
    pattern: "(?:glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}|glc_[0-9A-Za-z+/]{32,}={0,3})",
    variable: "GRAFANA_TOKEN",
    source: "gitleaks:grafana-service-account-token, grafana-cloud-api-token",
  },
  {
    pattern: "sntry(?:u_[0-9a-f]{64}|s_eyJ[0-9A-Za-z+/=_-]{40,})",
    variable: "SENTRY_AUTH_TOKEN",
    source: "gitleaks:sentry-user-token, sentry-org-token",
  },
  { pattern: "phx_[0-9A-Za-z_]{43,48}", variable: "POSTHOG_API_KEY", source: "trufflehog:posthog" },
  {
    pattern: "NRAK-[0-9A-Za-z]{27}",
    variable: "NEW_RELIC_API_KEY",
    source: "gitleaks:new-relic-user-api-key",
  },
  {
    pattern: "pscale_(?:tkn|oauth|pw)_[0-9A-Za-z_=.-]{32,64}",
    variable: "PLANETSCALE_TOKEN",
    source: "gitleaks:planetscale-api-token, planetscale-oauth-token, planetscale-password",
  },
  {
    pattern: "ops_eyJ[0-9A-Za-z+/]{100,}={0,3}",
    variable: "OP_SERVICE_ACCOUNT_TOKEN",
    source: "gitleaks:1password-service-account-token",
  },
  {
    pattern: "HRKU-AA[0-9A-Za-z_-]{58}",
    variable: "HEROKU_API_KEY",
    source: "gitleaks:heroku-api-key-v2",
  },
  {
    pattern: "pul-[0-9a-f]{40}",
    variable: "PULUMI_ACCESS_TOKEN",
    source: "gitleaks:pulumi-api-token",
  },
  {
    pattern: "rubygems_[0-9a-f]{48}",
    variable: "RUBYGEMS_TOKEN",
    source: "gitleaks:rubygems-api-token",
  },
  {
    pattern: "PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    variable: "POSTMAN_API_KEY",
    source: "gitleaks:postman-api-token",
  },
  {
    pattern: "tskey-[a-z]+-[0-9A-Za-z_]+-[0-9A-Za-z_]+",
    variable: "TAILSCALE_AUTHKEY",
    source: "trufflehog:tailscale",
  },
  {
    pattern: "ATATT3[0-9A-Za-z_=-]{100,}",
    variable: "ATLASSIAN_API_TOKEN",
    source: "gitleaks:atlassian-api-token",
  },
  {
    pattern: "dp\\.pt\\.[0-9A-Za-z]{43}",
    variable: "DOPPLER_TOKEN",
    source: "gitleaks:doppler-api-token",
  },
  {
    pattern: "xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}",
    variable: "BREVO_API_KEY",
    source: "gitleaks:sendinblue-api-token",
  },
  {
    pattern: "LTAI[0-9A-Za-z]{20}",
    variable: "ALIBABA_CLOUD_ACCESS_KEY_ID",
    source: "gitleaks:alibaba-access-key-id",
  },
  {
    pattern: "AGE-SECRET-KEY-1[0-9A-Z]{58}",
    variable: "AGE_SECRET_KEY",
    source: "gitleaks:age-secret-key",
  },
  {
    pattern: "\\d{8,10}:AA[0-9A-Za-z_-]{33}",
    variable: "TELEGRAM_BOT_TOKEN",
    source: "gitleaks:telegram-bot-api-token",
  },
  {
    pattern: "eyJ[0-9A-Za-z_-]{14,}\\.eyJ[0-9A-Za-z_-]{14,}\\.[0-9A-Za-z_-]{10,}",
    variable: "TOKEN",
    source: "gitleaks:jwt",
  },
  {
    // In the JSON of a service account its lines are parted by the two characters \\n. What has no end line ends where no key goes on.
    pattern:
      "-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[\\s\\S]{20,8000}?-----END [A-Z0-9 ]+-----|(?:\\s|\\\\n)*[A-Za-z0-9+/=]{16,}(?:(?:\\s|\\\\n)+[A-Za-z0-9+/=]{16,})*)",
    variable: "PRIVATE_KEY",
    source: "gitleaks:private-key; RFC 7468",
  },
  {
    pattern: "https://hooks\\.slack\\.com/(?:services|workflows|triggers)/[0-9A-Za-z+/]{20,}",
    variable: "SLACK_WEBHOOK_URL",
    source: "gitleaks:slack-webhook-url",
  },
  {
    pattern: "https://discord(?:app)?\\.com/api/webhooks/\\d+/[0-9A-Za-z_-]{40,}",
    variable: "DISCORD_WEBHOOK_URL",
    source: "trufflehog:discordwebhook",
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

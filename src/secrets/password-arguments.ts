/** Library calls that take a secret by its place, as their documentation has them. Not here: what is given by keyword, which says its own name. */

/** A call, by the end of its dotted name, and the arguments that are secrets, by position and name. */
interface PasswordCall {
  readonly called: RegExp;
  readonly secrets: Readonly<Record<number, string>>;
  /** The least number of arguments by which the call is told from others of its name. */
  readonly atLeast?: number;
  readonly source: string;
}

const CALLS: readonly PasswordCall[] = [
  {
    called: /\bHTTP(?:Basic|Digest|Proxy)Auth$/,
    secrets: { 1: "password" },
    source: "https://requests.readthedocs.io/en/latest/api/#authentication",
  },
  {
    called: /\b(?:BasicAuth|DigestAuth)$/,
    secrets: { 1: "password" },
    source:
      "https://www.python-httpx.org/advanced/authentication/, https://docs.aiohttp.org/en/stable/client_reference.html#basicauth",
  },
  {
    called: /\b(?:wandb|huggingface_hub|comet_ml|neptune)\.login$/,
    secrets: { 0: "api_token" },
    source:
      "https://docs.wandb.ai/ref/python/login/, https://huggingface.co/docs/huggingface_hub/package_reference/login",
  },
  {
    called: /(?:^|\.)login$/,
    secrets: { 1: "password" },
    atLeast: 2,
    source:
      "https://docs.python.org/3/library/smtplib.html, https://docs.python.org/3/library/imaplib.html, https://docs.python.org/3/library/ftplib.html",
  },
  {
    called: /\bFTP(?:_TLS)?$/,
    secrets: { 2: "password" },
    source: "https://docs.python.org/3/library/ftplib.html",
  },
  {
    called: /\b(?:pymysql|MySQLdb)\.connect$/,
    secrets: { 2: "password" },
    source: "https://mysqlclient.readthedocs.io/user_guide.html",
  },
  {
    called: /\b(?:cx_Oracle|oracledb)\.connect$/,
    secrets: { 1: "password" },
    source: "https://cx-oracle.readthedocs.io/en/latest/api_manual/module.html#cx_Oracle.connect",
  },
  {
    called: /\bset_password$/,
    secrets: { 2: "password" },
    source: "https://pypi.org/project/keyring/",
  },
  {
    called: /\b(?:basic_auth|PlainCredentials)$/,
    secrets: { 1: "password" },
    source:
      "https://neo4j.com/docs/api/python-driver/current/api.html#auth, https://pika.readthedocs.io/en/stable/modules/credentials.html",
  },
  {
    called: /\bMinio$/,
    secrets: { 2: "secret_key" },
    source: "https://min.io/docs/minio/linux/developers/python/API.html",
  },
  {
    called: /\bOAuth(?:1UserHandler|Handler)$/,
    secrets: { 0: "api_key", 1: "api_secret", 2: "access_token", 3: "access_token_secret" },
    source: "https://docs.tweepy.org/en/stable/authentication.html",
  },
  {
    called: /\bset_access_token$/,
    secrets: { 0: "access_token", 1: "access_token_secret" },
    source: "https://docs.tweepy.org/en/stable/authentication.html",
  },
  {
    called: /\b(?:AzureKeyCredential|Fernet)$/,
    secrets: { 0: "secret_key" },
    source:
      "https://learn.microsoft.com/python/api/azure-core/azure.core.credentials.azurekeycredential, https://cryptography.io/en/latest/fernet/",
  },
  {
    called: /\bClientSecretCredential$/,
    secrets: { 2: "client_secret" },
    source:
      "https://learn.microsoft.com/python/api/azure-identity/azure.identity.clientsecretcredential",
  },
];

/** Position → what the argument there is called. */
export function passwordArguments(called: string, count: number): ReadonlyMap<number, string> {
  const found = CALLS.find((call) => call.called.test(called) && count >= (call.atLeast ?? 1));
  return new Map(
    Object.entries(found?.secrets ?? {}).map(([at, name]) => [Number(at), name] as const),
  );
}

/** What is taken for a secret, and what looks like one and is none. Secrets are put together here, so that no scanner finds them in this file. */
import { expect, test } from "vitest";
import { findSecret, secretParts } from "../../src/secrets/find-secret.ts";
import { protectedValues } from "../../src/secrets/protected-environment.ts";

const ALNUM = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0";
const HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

test.each<readonly [name: string | undefined, text: string, variable: string]>([
  [undefined, `${"AK"}IAQ7ZT2XK4LMN5PQRS`, "AWS_ACCESS_KEY_ID"],
  ["aws_secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz99qwerty", "AWS_SECRET_ACCESS_KEY"],
  [undefined, `gh${"p_"}${ALNUM.slice(0, 36)}`, "GITHUB_TOKEN"],
  [undefined, `github_${"pat_"}${ALNUM}${ALNUM}`, "GITHUB_TOKEN"],
  [undefined, `glp${"at-"}${ALNUM.slice(0, 20)}`, "GITLAB_TOKEN"],
  [undefined, `sk-${"proj-"}${ALNUM}`, "OPENAI_API_KEY"],
  ["api_key", `sk-${"ant-"}api03-${ALNUM}`, "API_KEY"],
  [undefined, `h${"f_"}${ALNUM.slice(0, 34)}`, "HF_TOKEN"],
  [undefined, `xo${"xb-"}123456789012-${ALNUM}`, "SLACK_TOKEN"],
  [undefined, `AI${"za"}${ALNUM.slice(0, 35)}`, "GOOGLE_API_KEY"],
  [undefined, `sk_${"live_"}${ALNUM.slice(0, 24)}`, "STRIPE_API_KEY"],
  [undefined, `dap${"i"}${HEX}`, "DATABRICKS_TOKEN"],
  [undefined, `Bearer h${"f_"}${ALNUM.slice(0, 34)}`, "HF_TOKEN"],
  [
    undefined,
    `ey${"J"}hbGciOiJIUzI1NiJ9.ey${"J"}zdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N`,
    "TOKEN",
  ],
  [
    undefined,
    `-----BEGIN RSA ${"PRIVATE"} KEY-----\n${ALNUM}\n-----END RSA PRIVATE KEY-----`,
    "PRIVATE_KEY",
  ],
  [undefined, `wh${"sec_"}${ALNUM}`, "STRIPE_WEBHOOK_SECRET"],
  [undefined, `gls${"oat-"}${ALNUM.slice(0, 20)}`, "GITLAB_TOKEN"],
  [undefined, `glp${"at-"}${ALNUM}.01.0a1b2c3d4`, "GITLAB_TOKEN"],
  [undefined, `xa${"pp-"}1-A0B1C2D3E4F-1234567890-${HEX}`, "SLACK_TOKEN"],
  [undefined, `KG${"AT_"}${HEX}`, "KAGGLE_API_TOKEN"],
  [undefined, `wandb_${"v1_"}${ALNUM}_${ALNUM}`, "WANDB_API_KEY"],
  [undefined, `nva${"pi-"}${ALNUM}${ALNUM}`, "NVIDIA_API_KEY"],
  [undefined, `ab1${"8Q"}~${ALNUM.slice(0, 32)}`, "AZURE_CLIENT_SECRET"],
  [undefined, `pyp${"i-AgE"}IcHlwaS5vcmc${ALNUM}${ALNUM}`, "PYPI_TOKEN"],
  [undefined, `np${"m_"}${ALNUM.slice(0, 36)}`, "NPM_TOKEN"],
  [
    undefined,
    `{"type": "service_account", "private_key": "-----BEGIN ${"PRIVATE"} KEY-----\\n${ALNUM}\\n${ALNUM}\\n-----END PRIVATE KEY-----\\n"}`,
    "PRIVATE_KEY",
  ],
  [undefined, `-----BEGIN ${"PRIVATE"} KEY-----\n${ALNUM}\n${ALNUM}`, "PRIVATE_KEY"],
  [undefined, "postgresql://ada:hun@ter2@db/shop", "URL"],
  [undefined, "mysql://ada:hun#ter/2@db.example.org/shop", "URL"],
  [undefined, "postgresql://ada@example.org:hunter2@db/shop", "URL"],
  [undefined, "https://{host}:80 or https://ada:pa$$word1@db", "URL"],
  [undefined, '{"user": "ada", "password": "hunter2"}', "PASSWORD"],
  [undefined, "host: db\npassword: hunter2\n", "PASSWORD"],
  [undefined, "export DB_PASSWORD=hunter2", "PASSWORD"],
  [undefined, "X-Api-Key: a1b2c3d4e5", "AUTHORIZATION"],
  ["password", "$ecret99", "PASSWORD"],
  ["password", "q t/1Sd6&F", "PASSWORD"],
  [undefined, "postgresql://ada:hunter2@db.example.org:5432/shop", "URL"],
  ["DB_URL", "mysql+pymysql://ada:s3cr%21t@localhost/shop", "DB_URL"],
  [undefined, "https://:tok3nvalue@packages.example.org/simple", "URL"],
  [undefined, `https://api.example.org/v1?api_key=${ALNUM}&x=1`, "URL"],
  [undefined, "Server=tcp:db.example.org;User=ada;Password=Tr0ub4dor;", "CONNECTION_STRING"],
  [undefined, `AccountName=shop;AccountKey=${ALNUM}${ALNUM}==`, "CONNECTION_STRING"],
  ["password", "hunter2", "PASSWORD"],
  ["dbPass", "hunter2", "DB_PASS"],
  ["SMTP_PASSWORD_2", "correct-horse", "SMTP_PASSWORD_2"],
  ["passphrase", "correct horse battery staple", "PASSPHRASE"],
  ["api_key", "abcdefgh", "API_KEY"],
  ["client-secret", "Q~abcdefg", "CLIENT_SECRET"],
  ["token", "9f8a7b6c5d4e3f2a1b0c", "TOKEN"],
  ["key", HEX, "KEY"],
  ["auth", "Ab3dEf6hIj9lMn2pQr5t", "AUTH"],
])("%s = %s is one", (name, text, variable) => {
  expect(findSecret(text, { name, environment: new Map() })?.variable).toBe(variable);
});

test.each<readonly [name: string | undefined, text: string]>([
  [undefined, "churn"],
  ["sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["expected_digest", HEX],
  ["id", "123e4567-e89b-12d3-a456-426614174000"],
  ["key", "123e4567-e89b-12d3-a456-426614174000"],
  [undefined, "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"],
  ["image", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"],
  ["key", "customer_id"],
  ["key", "customer_id_2021"],
  ["key", "lambda x: x[1]"],
  ["token", "[MASK]"],
  ["pad_token", "<pad>"],
  ["token_pattern", "(?u)\\b\\w\\w+\\b"],
  ["tokenizer", "bert-base-uncased"],
  ["password_column", "pwd_hash_v2_final"],
  ["password", "password"],
  ["password", ""],
  ["password", "********"],
  ["password", "Enter your password: "],
  ["password", "your-password-here"],
  ["password", "At least 8 characters, please"],
  ["api_key", "YOUR_API_KEY"],
  ["api_key", "<API_KEY>"],
  ["api_key", "api_key"],
  ["api_key", "${API_KEY}"],
  ["secret_name", "prod/database/main"],
  ["secret", "santa"],
  ["pwd", "/home/ada/churn"],
  ["auth", "basic"],
  [undefined, "https://example.org/data.csv"],
  [undefined, "https://example.org:8080/data.csv?key=customer_id"],
  [undefined, "s3://bucket/key/part-0001.parquet"],
  [undefined, "postgresql://ada@localhost/shop"],
  [undefined, "postgresql://{user}:{password}@localhost/shop"],
  [undefined, "sk-learn-contrib-is-a-set-of-packages"],
  [undefined, "mail ada:bob@example.org"],
  [undefined, "https://example.org:8080/users/@ada"],
  [undefined, "https://example.org/a:b/@ada"],
  [undefined, "postgresql://$USER:$PASSWORD@localhost/shop"],
  [undefined, '{"user": "ada", "password": "{password}"}'],
  [undefined, "-----BEGIN PRIVATE KEY----- ..."],
  [undefined, "Authorization: Bearer"],
  [undefined, "ACGTACGTTGACCAGTACGATCGATCGATTAGC"],
  [undefined, "Model: RandomForest\nkey: customer_id\n"],
  ["token_count", "12345678"],
  ["password_strength", "very_strong_2"],
  ["sort_key", "customer_id"],
  ["primary_key", "order_id_2024"],
  ["password", "$PASSWORD"],
  [undefined, "%H:%M"],
  [undefined, "SELECT password FROM users WHERE id = 3"],
  ["model", "RandomForestClassifier100"],
  ["target", "TotalCharges2024"],
])("%s = %s is none", (name, text) => {
  expect(findSecret(text, { name, environment: new Map() })).toBeUndefined();
});

test("every part of a text that nobody may see is named, once", () => {
  const text = "http://ada:hunter33@proxy, ftp://bob:hunter34@files, http://ada:hunter33@again";
  expect(secretParts(text)).toEqual(["hunter33", "hunter34"]);
});

test("values of the environment are recognized, trivial ones are not", () => {
  const environment = protectedValues({
    DB_PASSWORD: "tiger-lily",
    STAGE: "production",
    HOME: "/home/ada",
    LANG: "en_US.UTF-8",
    DATABASE_URL: "postgresql://ada:tiger@db/shop",
    SESSION: "Zx81Qw9eRt6yUi3oPa5s",
    DEBUG: "true",
    API_KEY: "123",
    KEY_FILE: "/etc/ssl/key.pem",
    SPARE: undefined,
  });
  expect([...environment.values()]).toEqual(["DATABASE_URL", "DB_PASSWORD", "SESSION"]);
  expect(findSecret("tiger-lily", { name: undefined, environment })).toMatchObject({
    variable: "DB_PASSWORD",
    isExisting: true,
  });
});

/** Texts that people read lose their secrets, and long ones take no longer than their length. */
import { expect, test } from "vitest";
import { findSecret } from "../../src/secrets/find-secret.ts";
import { maskSecrets } from "../../src/secrets/mask.ts";

test.each<readonly [text: string, masked: string]>([
  ['password = "hunter2"', 'password = "***"'],
  ["--password='hunter2'", "--password='***'"],
  ["1password='hunter2'", "1password='***'"],
  ['{"db_password": "hunter2"}', '{"db_password": "***"}'],
  ["DB_PASSWORD=hunter2 psql", "DB_PASSWORD=*** psql"],
  ["--password=hunter2", "--password=***"],
  ["postgresql://ada:hunter2@db.example.org/shop", "postgresql://ada:***@db.example.org/shop"],
  ["(see -https://ada:hunter2@example.org)", "(see -https://ada:***@example.org)"],
  ["%env DB_PASSWORD hunter2", "%env DB_PASSWORD ***"],
  ["%set_env DB_PASSWORD {hunter}2", "%set_env DB_PASSWORD {hunter}2"],
  ["%env REGION eu-west-1", "%env REGION eu-west-1"],
  ["%env SHOP_TOKEN=short-1", "%env SHOP_TOKEN=***"],
  ["env SHOP_TOKEN = short-1", "env SHOP_TOKEN = ***"],
  ['name = "hunter2"', 'name = "hunter2"'],
  ["- **password**: hunter2, user: ada", "- **password**: ***, user: ada"],
  ["user: password: `hunter2`", "user: password: `***`"],
  ["password: hunter", "password: ***"],
  ["password: required to log in", "password: required to log in"],
  ["password = config.password", "password = config.password"],
  ["f(api_key=os.environ.get('API_KEY'))", "f(api_key=os.environ.get('API_KEY'))"],
  ["pwd  # pwd = print working directory", "pwd  # pwd = print working directory"],
  ["host=db password=hunter dbname=shop", "host=db password=*** dbname=shop"],
  ["password: str = getpass()", "password: str = getpass()"],
  [
    '"private_key": "-----BEGIN PRIVATE KEY----- …", "x": 1',
    '"private_key": "-----BEGIN PRIVATE KEY----- …", "x": 1',
  ],
  ['curl -H "Authorization: Bearer a1b2c3d4"', 'curl -H "Authorization: Bearer ***"'],
  ["curl -u ada:hunter2 https://x.org", "curl -u ada:*** https://x.org"],
  ["https://x.org/a?sv=2024&sig=a1%2Bb2c3D4e5F6g7H8i9%3D", "https://x.org/a?sv=2024&sig=***"],
])("masks %s", (text, masked) => {
  expect(maskSecrets(text, [])).toBe(masked);
});

// Each of these took minutes for 100 000 characters when a name was looked at from every one of its letters.
test.each(["x", "a-", "a.", "a+", 'a="', "://a", "sk-"])(
  "looks at each letter of a long text of %s a few times at most",
  (piece) => {
    const text = piece.repeat(100_000 / piece.length);
    expect(maskSecrets(text, [])).toBe(text);
    expect(findSecret(text, { name: "x", environment: new Map() })).toBeUndefined();
  },
);

test("takes no longer for a key without an end, or for many passwords, than their length", () => {
  const key = `-----BEGIN ${"PRIVATE"} KEY-----\n${"A".repeat(100_000)}_`;
  expect(maskSecrets(key, [])).not.toBe("");
  const settings = "password=Hunter2xyz\n".repeat(20_000);
  expect(maskSecrets(settings, [])).toBe("password=***\n".repeat(20_000));
});

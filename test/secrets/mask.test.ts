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
  ['name = "hunter2"', 'name = "hunter2"'],
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

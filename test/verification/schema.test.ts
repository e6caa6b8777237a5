import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { Certificate } from "../../src/verification/schema.ts";

test("the golden certificate of contract 7 parses unchanged", async () => {
  const golden: unknown = JSON.parse(
    await readFile(new URL("../fixtures/contracts/certificate.json", import.meta.url), "utf8"),
  );
  expect(Certificate.parse(golden)).toEqual(golden);
});

test("a certificate carries no clock, no machine and nothing unknown", async () => {
  const golden = JSON.parse(
    await readFile(new URL("../fixtures/contracts/certificate.json", import.meta.url), "utf8"),
  ) as Record<string, unknown>;
  for (const extra of [{ createdAtMs: 1 }, { host: "laptop" }, { root: "/home/anna" }])
    expect(Certificate.safeParse({ ...golden, ...extra }).success).toBe(false);
});

/** What the README says can be typed exists; `test/e2e/ship.test.ts` types it. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { kebabOption } from "../support/option-names.ts";

const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");

test("every command of the README exists, with every flag it names", async () => {
  const lines = [...readme.matchAll(/\bmlops ((?:[a-z]+ ?)+)([^`\n]*)/g)].filter(
    ([, words]) => words !== undefined && wordsOf(words) !== undefined,
  );
  expect(lines.length).toBeGreaterThan(10);
  for (const [line, words = "", rest = ""] of lines) {
    const name = wordsOf(words) ?? "";
    const command = await commands[name]?.();
    const known = new Set(Object.entries(command?.options ?? {}).flatMap(kebabOption));
    const flags = [...(rest.split("#")[0]?.matchAll(/--[a-z-]+/g) ?? [])].map(([flag]) => flag);
    const unknown = flags.filter((flag) => !known.has(flag) && !GLOBAL.includes(flag));
    expect({ line, unknown }).toEqual({ line, unknown: [] });
  }
});

test("every command is in the README", () => {
  for (const name of Object.keys(commands)) {
    const [noun = "", verb] = name.split(" ");
    const mention =
      verb === undefined ? `mlops ${noun}` : new RegExp(`mlops ${noun} [^\`]*\\b${verb}\\b`);
    expect(readme).toMatch(mention);
  }
});

const GLOBAL = ["--json", "--help", "--yes", "--events", "--verbose"];

/** The longest run of words that is a command. */
function wordsOf(text: string): string | undefined {
  const words = text.trim().split(/\s+/);
  for (let count = words.length; count > 0; count -= 1) {
    const name = words.slice(0, count).join(" ");
    if (name in commands) return name;
  }
  return undefined;
}

/** What no tool checks: codes are explained, disabled lints have a reason, the package can be published. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadExplanations } from "../../src/cli/explanations/index.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function sources(pattern: string): readonly { readonly path: string; readonly text: string }[] {
  return globSync(pattern, { cwd: root })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

test("every error code in src has an explanation", async () => {
  const explained = await loadExplanations();
  const missing = sources("src/**/*.ts").flatMap(({ path, text }) =>
    [...text.matchAll(/\bcode: "([a-z][a-z0-9]*-[a-z0-9-]+)"/g)]
      .map((match) => match[1] ?? "")
      .filter((code) => !explained.has(code))
      .map((code) => `${path}: ${code}`),
  );
  expect(missing).toEqual([]);
});

test("a code is explained in one area only, and every area is listed", () => {
  const areas = sources("src/cli/explanations/*.ts").filter(
    ({ path }) => !/(?:index|explanation)\.ts$/.test(path),
  );
  const index = readFileSync(join(root, "src/cli/explanations/index.ts"), "utf8");
  const codes: string[] = [];
  for (const { path, text } of areas) {
    expect(index).toContain(`"./${path.split("/").at(-1) ?? ""}"`);
    codes.push(
      ...[...text.matchAll(/^ {2}"?([a-z][a-z0-9-]*)"?: \{$/gm)].map((match) => match[1] ?? ""),
    );
  }
  expect(codes.filter((code, index_) => codes.indexOf(code) !== index_)).toEqual([]);
});

test("every disabled lint says why", () => {
  const silent = sources("{src,test,bin}/**/*.{ts,js,mjs}").flatMap(({ path, text }) =>
    text
      .split("\n")
      .filter((line) => /\/[/*] *oxlint-disable/.test(line) && !line.includes(" -- "))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(silent).toEqual([]);
});

test("the lock file names no registry", () => {
  expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toMatch(
    /"resolved":|https?:\/\/registry/,
  );
  expect(readFileSync(join(root, "test/support/requirements.lock"), "utf8")).not.toContain("http");
});

test("every requirement of the Python environment is pinned with hashes", () => {
  const lock = readFileSync(join(root, "test/support/requirements.lock"), "utf8");
  const requirements = lock.split(/\n(?=[a-z])/).filter((block) => /^[a-z]/.test(block));
  expect(requirements.length).toBeGreaterThan(10);
  for (const requirement of requirements) {
    expect(requirement).toMatch(/^[a-z0-9-]+==[0-9a-z.]+( ; .+)? \\\n {4}--hash=sha256:/);
  }
});

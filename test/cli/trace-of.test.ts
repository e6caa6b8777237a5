import { spawnSync } from "node:child_process";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { traceOf } from "../../src/cli/trace-of.ts";
import { tempProject } from "../support/temp-project.ts";

/** What `mlops run` is built as has plain paths in its traces; all else has addresses. */
const KINDS = [
  { format: "esm", extension: ".js" },
  { format: "cjs", extension: ".cjs" },
] as const;

test.for(KINDS)(
  "a place in a bundle ($format) is told as the place in src it was made from",
  async ({ format, extension }) => {
    await using project = await tempProject({
      "package.json": '{ "type": "module" }',
      "src/deep/fail.ts": '\n\nexport function fail(): never {\n  throw new Error("gone");\n}\n',
      "src/main.ts": 'import { fail } from "./deep/fail.ts";\nfail();\n',
    });
    await build({
      absWorkingDir: project.root,
      entryPoints: { "cli/main": "src/main.ts" },
      outdir: "dist",
      bundle: true,
      format,
      outExtension: { ".js": extension },
      minifyWhitespace: format === "cjs",
      sourcemap: "linked",
      sourcesContent: false,
    });
    const { stderr } = spawnSync(process.execPath, [project.path(`dist/cli/main${extension}`)], {
      encoding: "utf8",
    });
    const error = new Error("gone");
    error.stack = stderr;
    const places = traceOf(error)
      .split("\n")
      .filter((line) => line.includes("src/"))
      .map((line) => line.trim());
    expect(places[0]).toBe("at fail (src/deep/fail.ts:4:9)");
    expect(places[1]).toMatch(/src\/main\.ts:2:1/);
  },
);

test("a place without a map stays, and what is no error is shown as it is", () => {
  const error = new Error("gone");
  error.stack = "Error: gone\n    at fail (file:///nowhere/main.js:3:9)";
  expect(traceOf(error)).toBe(error.stack);
  expect(traceOf("gone")).toBe("gone");
});

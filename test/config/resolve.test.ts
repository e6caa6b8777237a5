import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseYaml } from "../../src/base/yaml.ts";
import { environmentNameOf, resolveConfig } from "../../src/config/resolve.ts";
import { configKeys } from "../../src/config/schema.ts";

const EXAMPLE = new URL("../../.mlopsrc.example.yaml", import.meta.url);

interface Case {
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly port?: unknown;
}

function resolvePort({ file, environment, port }: Case): unknown {
  const resolved = resolveConfig({
    environment: environment ?? {},
    file: file === undefined ? undefined : parseYaml(file, ".mlopsrc.yaml"),
    flags: { "serve.port": { flag: "--port", value: port } },
  });
  if (!resolved.ok) return resolved.diagnostics.map(({ message, where }) => [where, message]);
  return [resolved.config.value.serve.port, resolved.config.originOf("serve.port")];
}

const file = "serve:\n  port: 1000\n";
const environment = { MLOPS_SERVE_PORT: "2000" };

test.each<{ name: string; given: Case; expected: unknown }>([
  { name: "takes the default", given: {}, expected: [8080, { kind: "default" }] },
  {
    name: "takes the default beside an empty file",
    given: { file: "# nothing\n" },
    expected: [8080, { kind: "default" }],
  },
  {
    name: "prefers the file to the default",
    given: { file },
    expected: [1000, { kind: "file", where: { path: ".mlopsrc.yaml", line: 2, column: 3 } }],
  },
  {
    name: "prefers the environment to the file",
    given: { file, environment },
    expected: [2000, { kind: "environment", name: "MLOPS_SERVE_PORT" }],
  },
  {
    name: "prefers a flag to everything",
    given: { file, environment, port: 3000 },
    expected: [3000, { kind: "flag", name: "--port" }],
  },
  {
    name: "takes an empty variable for none",
    given: { environment: { MLOPS_SERVE_PORT: "" } },
    expected: [8080, { kind: "default" }],
  },
  {
    name: "names the variable that is wrong",
    given: { file, environment: { MLOPS_SERVE_PORT: "80a" } },
    expected: [
      [
        { path: "MLOPS_SERVE_PORT" },
        'serve.port must be a whole number from 0 to 65535, got "80a"',
      ],
    ],
  },
  {
    name: "names the line that is wrong",
    given: { file: "version: 1\nserve:\n  port: 99999\n" },
    expected: [
      [
        { path: ".mlopsrc.yaml", line: 3, column: 3 },
        "serve.port must be a whole number from 0 to 65535, got 99999",
      ],
    ],
  },
  {
    name: "refuses a mapping that is none, whatever the environment says",
    given: { file: "serve: 3\n", environment },
    expected: [
      [
        { path: ".mlopsrc.yaml", line: 1, column: 1 },
        "serve must be a mapping of keys to values, got 3",
      ],
    ],
  },
])("$name", ({ given, expected }) => {
  expect(resolvePort(given)).toEqual(expected);
});

test("suggests the key that was meant, at its place in the schema", () => {
  const resolved = resolveConfig({
    environment: {},
    file: parseYaml("serve:\n  prot: 80\npipeline: x\n", ".mlopsrc.yaml"),
  });
  expect(resolved.ok ? [] : resolved.diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
    ["config-unknown-key", 'did you mean "port"?'],
    ["config-unknown-key", 'did you mean "pipelines"?'],
  ]);
});

test.each(["/abs", "../up", "C:\\x", "."])("refuses %j as a folder for pipelines", (pipelines) => {
  const resolved = resolveConfig({ environment: { MLOPS_PIPELINES: pipelines }, file: undefined });
  expect(resolved.ok).toBe(false);
});

test("the example file is valid, and names every key there is", () => {
  const read = parseYaml(readFileSync(EXAMPLE, "utf8"), ".mlopsrc.example.yaml");
  expect(resolveConfig({ environment: {}, file: read })).toMatchObject({ ok: true });
  for (const { path } of configKeys()) {
    let value = read.value;
    for (const name of path) value = Object.entries(value ?? {}).find(([key]) => key === name)?.[1];
    expect([path.join("."), value === undefined]).toEqual([path.join("."), false]);
  }
});

test("every key has a variable of its own", () => {
  const names = configKeys().map(environmentNameOf);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("MLOPS_PROMOTE_ALLOW_NETWORK");
});

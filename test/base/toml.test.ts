import { expect, test } from "vitest";
import { readToml, tomlText, tomlValue } from "../../src/base/toml.ts";

const PROJECT = `
[project]
name = 'churn'
dependencies = ["pandas"]

[ tool."poetry" ]
package-mode = false

[tool.uv]
required-version = """>=0.5"""
`;

test.each([
  { keys: ["project", "name"], text: "churn" },
  { keys: ["tool", "uv", "required-version"], text: ">=0.5" },
  { keys: ["project", "dependencies"], text: undefined },
  { keys: ["project", "name", "length"], text: undefined },
  { keys: ["project", "constructor"], text: undefined },
])("reads the text at $keys", ({ keys, text }) => {
  expect(tomlText(readToml(PROJECT), keys)).toBe(text);
});

test("tells whether a table is there", () => {
  expect(tomlValue(readToml(PROJECT), ["tool", "poetry"])).toBeDefined();
  expect(tomlValue(readToml(PROJECT), ["tool", "pdm"])).toBeUndefined();
});

test("reads nothing from a file that is no TOML", () => {
  expect(readToml("[project\nname = ")).toEqual({});
});

import { expect, test } from "vitest";
import { readTomlOutline } from "../../src/base/toml.ts";

test("reads tables and simple values, and passes over the rest", () => {
  const text = [
    'top = "x" # above',
    "[project]",
    "name = 'churn'",
    'description = """',
    'name = "not this"',
    '"""',
    'dependencies = ["pandas"]',
    '[ tool."poetry" ] # quoted',
    "package-mode = false",
    "[[tool.uv.index]]",
    "name = broken",
  ].join("\n");
  const { tables, values } = readTomlOutline(text);
  expect(tables).toEqual(["project", "tool.poetry", "tool.uv.index"]);
  expect([...values]).toEqual([
    ["top", "x"],
    ["project.name", "churn"],
    ["tool.poetry.package-mode", "false"],
  ]);
});

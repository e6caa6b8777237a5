import { expect, test } from "vitest";
import { PYTHONS_FILE, rememberedPython, rememberPython } from "../../src/app/remembered-python.ts";
import { memoryFiles } from "../support/memory-files.ts";

const PYTHON = "/opt/env/bin/python";
const churn = { pipeline: "churn", setting: undefined };

async function remembering() {
  const files = memoryFiles({ [PYTHON]: "" });
  await rememberPython(churn, PYTHON, files);
  return files;
}

test("remembers for one pipeline what it was promoted with", async () => {
  const files = await remembering();
  expect(await rememberedPython(churn, files)).toEqual({ kind: "known", python: PYTHON });
  expect(await rememberedPython({ ...churn, pipeline: "prices" }, files)).toEqual({ kind: "none" });
});

test("the settings win once they name another one than they did", async () => {
  const files = await remembering();
  expect(await rememberedPython({ ...churn, setting: "python3" }, files)).toEqual({ kind: "none" });
  await rememberPython({ ...churn, setting: "python3" }, PYTHON, files);
  expect(await rememberedPython({ ...churn, setting: "python3" }, files)).toMatchObject({
    kind: "known",
  });
  expect(await rememberedPython(churn, files)).toEqual({ kind: "none" });
});

test("says when the interpreter is gone", async () => {
  const files = await remembering();
  await files.remove(PYTHON);
  expect(await rememberedPython(churn, files)).toEqual({ kind: "gone", python: PYTHON });
});

test("writes only what changed, and forgets on request", async () => {
  const files = await remembering();
  await rememberPython({ ...churn, pipeline: "prices" }, "/usr/bin/python3", files);
  const before = await files.readText(PYTHONS_FILE);
  await rememberPython(churn, PYTHON, files);
  expect(await files.readText(PYTHONS_FILE)).toBe(before);
  await rememberPython(churn, undefined, files);
  expect(await rememberedPython(churn, files)).toEqual({ kind: "none" });
  expect(await files.readText(PYTHONS_FILE)).toContain("prices");
});

test.each(["{", "[]", "null", '{"churn": 3}', '{"churn": {"python": 3, "setting": null}}'])(
  "a damaged file remembers nothing: %s",
  async (text) => {
    const files = memoryFiles({ [PYTHONS_FILE]: text });
    expect(await rememberedPython(churn, files)).toEqual({ kind: "none" });
  },
);

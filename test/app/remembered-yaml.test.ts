import { expect, test } from "vitest";
import { parsePipelineYaml } from "../../src/app/parse-pipeline-yaml.ts";
import { rememberedYaml, rememberYaml, type YamlText } from "../../src/app/remembered-yaml.ts";
import type { ParamsFile } from "../../src/pipeline/schema.ts";
import { memoryFiles } from "../support/memory-files.ts";

const MEMORY = ".mlops/yaml.json";
const STATE = { ".mlops/.gitignore": "*\n" };
const BUILD = "build 1";
const RATE = { kind: "params", text: "rate: 0.5\n" } as const;

function textOf(number: number): YamlText<"params"> {
  return { kind: "params", text: `a: ${String(number)}\n` };
}

/** What is remembered of a text after it was checked as `value`. */
async function check(value: unknown, remembered: unknown) {
  const files = memoryFiles(STATE);
  await rememberYaml(RATE, value as ParamsFile, files, BUILD);
  expect(await rememberedYaml(RATE, files, BUILD)).toStrictEqual(remembered);
}

test.for([
  { rate: 0.1, seed: 2 ** 60, name: "text with \u{d800} half a character" },
  { a: 1, b: [true, null, "x"], c: { d: 0.1 } },
  {},
  JSON.parse('{"__proto__": {"a": 1}, "10": 1, "9": 2}'),
])("what a text said is remembered: %j", async (value) => {
  await check(value, value);
});

test.for([
  ["infinity", { rate: Number.POSITIVE_INFINITY }],
  ["not a number", [{ rate: Number.NaN }]],
  ["negative zero", { rate: -0 }],
  ["an integer of any size", { at: 1n }],
  ["a key without a value", { at: undefined }],
] as const)(
  "%s is read again each time, because JSON would make something else of it",
  async ([, value]) => {
    await check(value, undefined);
  },
);

test("another text, another kind of file and another build of the program are other readings", async () => {
  const files = memoryFiles(STATE);
  await rememberYaml(RATE, { rate: 0.5 }, files, BUILD);
  const others = [
    [{ ...RATE, text: "rate: 0.5 \n" }, BUILD],
    [{ ...RATE, text: "rate: 0.6\n" }, BUILD],
    [{ ...RATE, kind: "pipeline" }, BUILD],
    [{ ...RATE, kind: "config" }, BUILD],
    [RATE, "build 2"],
    // Sources may change at any moment.
    [RATE, undefined],
  ] as const;
  for (const [given, build] of others)
    expect(await rememberedYaml(given, files, build)).toBeUndefined();
  expect(await rememberedYaml(RATE, files, BUILD)).toStrictEqual({ rate: 0.5 });
});

test("a program that runs from its sources remembers nothing", async () => {
  const files = memoryFiles(STATE);
  await rememberYaml(RATE, { rate: 0.5 }, files, undefined);
  await rememberYaml(RATE, { rate: 0.5 }, files);
  expect(await files.kind(MEMORY)).toBe("missing");
});

test("a value that was changed in the memory is not believed", async () => {
  const files = memoryFiles(STATE);
  await rememberYaml(RATE, { rate: 0.5 }, files, BUILD);
  await rememberYaml(textOf(1), { a: 1 }, files, BUILD);
  const text = (await files.readText(MEMORY)) ?? "";
  await files.writeAtomic(MEMORY, text.replace("0.5", "0.6"));
  expect(await rememberedYaml(RATE, files, BUILD)).toBeUndefined();
  expect(await rememberedYaml(textOf(1), files, BUILD)).toStrictEqual({ a: 1 });
});

test("a value under the key of another text is not believed", async () => {
  const files = memoryFiles(STATE);
  await rememberYaml(textOf(1), { a: 1 }, files, BUILD);
  await rememberYaml(textOf(2), { a: 2 }, files, BUILD);
  const [one, two] = JSON.parse((await files.readText(MEMORY)) ?? "") as { key: string }[];
  const swapped = [
    { ...one, key: two?.key },
    { ...two, key: one?.key },
  ];
  await files.writeAtomic(MEMORY, JSON.stringify(swapped));
  expect(await rememberedYaml(textOf(1), files, BUILD)).toBeUndefined();
  expect(await rememberedYaml(textOf(2), files, BUILD)).toBeUndefined();
});

test("a damaged memory, or one of an older program, says nothing and is written anew", async () => {
  for (const damaged of [
    "{",
    "{}",
    '[1, null, {"digest": 3}, {"digest": "x", "value": 1}]',
    "\0",
  ]) {
    const files = memoryFiles({ [MEMORY]: damaged });
    expect(await rememberedYaml(RATE, files, BUILD)).toBeUndefined();
    await rememberYaml(RATE, { rate: 0.5 }, files, BUILD);
    expect(await rememberedYaml(RATE, files, BUILD)).toStrictEqual({ rate: 0.5 });
  }
});

test("every cut of the memory is a missing memory or the whole entry", async () => {
  const files = memoryFiles(STATE);
  await rememberYaml(RATE, { rate: 0.5 }, files, BUILD);
  const text = (await files.readText(MEMORY)) ?? "";
  for (let length = 0; length < text.length; length += 1) {
    await files.writeAtomic(MEMORY, text.slice(0, length));
    const found = await rememberedYaml(RATE, files, BUILD);
    expect([undefined, { rate: 0.5 }]).toContainEqual(found);
  }
});

test("a folder without .mlops stays as it is", async () => {
  const files = memoryFiles({ "notes.txt": "" });
  await rememberYaml(RATE, { rate: 0.5 }, files, BUILD);
  expect(await files.kind(".mlops")).toBe("missing");
});

test("a memory that cannot be written costs nothing but time", async () => {
  const files = {
    ...memoryFiles(STATE),
    writeAtomic: async () => Promise.reject(new Error("EROFS: read-only file system")),
  };
  await rememberYaml(RATE, { rate: 0.5 }, files, BUILD);
  expect(await rememberedYaml(RATE, files, BUILD)).toBeUndefined();
});

test("of writers at the same time one may be forgotten, and none is mixed with another", async () => {
  const files = memoryFiles(STATE);
  const numbers = Array.from({ length: 20 }, (_, at) => at);
  await Promise.all(numbers.map((at) => rememberYaml(textOf(at), { a: at }, files, BUILD)));
  for (const at of numbers) {
    const found = await rememberedYaml(textOf(at), files, BUILD);
    expect([undefined, { a: at }]).toContainEqual(found);
  }
  expect((await files.readText(MEMORY))?.startsWith("[{")).toBe(true);
});

test("the memory keeps the newest forty", async () => {
  const files = memoryFiles(STATE);
  for (let at = 0; at < 45; at += 1) await rememberYaml(textOf(at), { a: at }, files, BUILD);
  const known: number[] = [];
  for (let at = 0; at < 45; at += 1)
    if ((await rememberedYaml(textOf(at), files, BUILD)) !== undefined) known.push(at);
  expect(known).toStrictEqual(Array.from({ length: 40 }, (_, at) => at + 5));
});

test("what is remembered of a pipeline is what its check made of it, defaults among it", async () => {
  const text = [
    "version: 1",
    "name: churn",
    "notebook: { path: churn.ipynb, sha256: 0a }",
    "root: ../..",
    'python: "3.12"',
    "steps: [{ name: load, cells: [1] }]",
    "artifacts: {}",
    "",
  ].join("\n");
  const parsed = parsePipelineYaml("pipeline", text, "pipeline.yaml");
  if (!parsed.ok) throw new Error("not a pipeline");
  const files = memoryFiles(STATE);
  await rememberYaml({ kind: "pipeline", text }, parsed.value, files, BUILD);
  const remembered = await rememberedYaml({ kind: "pipeline", text }, files, BUILD);
  expect(remembered).toStrictEqual(parsed.value);
  expect(remembered?.steps[0]?.random).toBe("none");
});

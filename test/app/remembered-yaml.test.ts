import { expect, test } from "vitest";
import { rememberedYaml, rememberYaml } from "../../src/app/remembered-yaml.ts";
import { memoryFiles } from "../support/memory-files.ts";

const MEMORY = ".mlops/yaml.json";

/** What is remembered of a text after it was read as `value`. */
async function check(value: unknown, remembered: { readonly value: unknown } | undefined) {
  const files = memoryFiles({ ".mlops/.gitignore": "*\n" });
  await rememberYaml("the: text\n", value, files);
  const found = await rememberedYaml("the: text\n", files);
  expect(found === undefined ? undefined : { value: found.value }).toStrictEqual(remembered);
}

test.for([
  { a: 1, b: [true, null, "x"], c: { d: 0.1, e: 2 ** 60 } },
  [],
  null,
  "text with \u{d800} half a character",
  JSON.parse('{"__proto__": {"a": 1}, "10": 1, "9": 2}'),
])("what a text said is remembered: %j", async (value) => {
  await check(value, { value });
});

test.for([
  ["infinity", { rate: Number.POSITIVE_INFINITY }],
  ["not a number", [{ rate: Number.NaN }]],
  ["negative zero", { rate: -0 }],
  ["an integer of any size", { at: 1n }],
] as const)(
  "%s is read again each time, because JSON would make something else of it",
  async ([, value]) => {
    await check(value, undefined);
  },
);

test("another text is another reading", async () => {
  const files = memoryFiles({ ".mlops/.gitignore": "*\n" });
  await rememberYaml("a: 1\n", { a: 1 }, files);
  await rememberYaml("a: 2\n", { a: 2 }, files);
  expect((await rememberedYaml("a: 1\n", files))?.value).toStrictEqual({ a: 1 });
  expect((await rememberedYaml("a: 2\n", files))?.value).toStrictEqual({ a: 2 });
  expect(await rememberedYaml("a: 1 \n", files)).toBeUndefined();
});

test("a damaged memory says nothing and is written anew", async () => {
  for (const damaged of ["{", "{}", '[1, null, {"digest": 3}]', "\0"]) {
    const files = memoryFiles({ [MEMORY]: damaged });
    expect(await rememberedYaml("a: 1\n", files)).toBeUndefined();
    await rememberYaml("a: 1\n", { a: 1 }, files);
    expect((await rememberedYaml("a: 1\n", files))?.value).toStrictEqual({ a: 1 });
  }
});

test("a folder without .mlops stays as it is", async () => {
  const files = memoryFiles({ "notes.txt": "" });
  await rememberYaml("a: 1\n", { a: 1 }, files);
  expect(await files.kind(".mlops")).toBe("missing");
});

test("the memory keeps the newest forty", async () => {
  const files = memoryFiles({ ".mlops/.gitignore": "*\n" });
  for (let at = 0; at < 45; at += 1) await rememberYaml(`a: ${String(at)}\n`, { a: at }, files);
  const known: number[] = [];
  for (let at = 0; at < 45; at += 1)
    if ((await rememberedYaml(`a: ${String(at)}\n`, files)) !== undefined) known.push(at);
  expect(known).toStrictEqual(Array.from({ length: 40 }, (_, at) => at + 5));
});

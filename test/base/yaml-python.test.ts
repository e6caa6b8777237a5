/** What `renderYaml` prints is read back by PyYAML as the same value: the promise that the printer makes. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderYaml, type YamlValue } from "../../src/base/yaml.ts";
import { pythonForTests } from "../support/python-environment.ts";

const READ_BACK = `
import json, sys, yaml
texts = json.load(sys.stdin)
def read(text):
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        return {"error": str(error)}
json.dump([read(text) for text in texts], sys.stdout)
`;

/** Each value on its own, below a key. */
async function checkReadBack(bare: readonly YamlValue[]): Promise<void> {
  const values = bare.map((value) => ({ value }));
  const input = JSON.stringify(values.map((value) => renderYaml(value)));
  const output = execFileSync(await pythonForTests(), ["-c", READ_BACK], {
    input,
    maxBuffer: 1 << 28,
  });
  const read = JSON.parse(output.toString("utf8")) as readonly unknown[];
  for (const [index, value] of values.entries()) {
    // Through JSON, because -0 and 0 are told apart by neither.
    if (JSON.stringify(read[index]) === JSON.stringify(value)) continue;
    // Shows the text that was misread along with both values.
    expect({ text: renderYaml(value), read: read[index] }).toEqual({ text: "", read: value });
  }
}

const TRAPS = [
  [
    "on",
    "Off",
    "YES",
    "n",
    "~",
    "",
    "null",
    "0775",
    "0o7",
    "0xF",
    "1_0",
    "1:30",
    "12:30:45",
    "1e5",
    "1.5e+3",
  ],
  [
    "2001-12-14",
    "=",
    "<<",
    "---",
    "...",
    "- ",
    "? x",
    ": ",
    " lead",
    "trail ",
    "a: b",
    "a #b",
    "#",
    "!x",
    "&x",
  ],
  [
    "*x",
    "%x",
    "@x",
    "`x",
    "|",
    ">",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    '"',
    "\\",
    "a\\nb",
    "\t",
    "a\tb",
  ],
  [
    "a\nb",
    "a\n",
    "\n",
    "\n\n",
    " a\n b",
    "a\n\n\nb\n\n",
    "a\r\nb",
    "\r",
    "a \nb",
    "\u0085",
    "\u2028",
    "\u2029",
    "\ufeff",
  ],
  [
    "\u0000",
    "\u001b[0m",
    "\u007f",
    "\u009f",
    "\ud83d\ude00",
    "\ufffe",
    "é",
    "日本",
    "x".repeat(300),
    "w ".repeat(200),
  ],
].flat();

const text = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom(..."\n\t\r :#-?[]{},&*!|>'\"%@`\\ab01._~=<\u0085\u2028".split("")),
  }),
);
const leaf = fc.oneof(
  text,
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => (Object.is(value, -0) ? 0.5 : value)),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
);
const { value: anyValue } = fc.letrec<{ value: YamlValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    // Keys that are whole numbers would be sorted to the front by JavaScript itself.
    fc.dictionary(
      text.filter((key) => !/^\d+$/.test(key) && key !== "__proto__"),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
}));

test("PyYAML reads every trap as the text it is, as a value and as a key", async () => {
  await checkReadBack(TRAPS);
  await checkReadBack(TRAPS.map((trap) => ({ list: [trap], [`${trap}`]: { [trap]: trap } })));
});

test("PyYAML reads any value back", async () => {
  const sampled = fc.sample(anyValue, { numRuns: 2_000, seed: 20_240_501 });
  await checkReadBack(sampled);
});

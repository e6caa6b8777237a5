import { expect, test } from "vitest";
import { fillYaml, parseYaml, renderYaml, type YamlValue } from "../../src/base/yaml.ts";

const PLAIN = [
  "churn",
  "a b",
  "1.2.3",
  "3.10.1",
  "a:b",
  "x=1",
  "café",
  "0 3 * * 1",
  "v1",
  "a#b",
  "None",
];

test.each(PLAIN)("prints the text %j bare", (text) => {
  expect(renderYaml({ value: text })).toBe(`value: ${text}\n`);
});

const QUOTED = [
  ["on", "off", "yes", "no", "y", "N", "True", "NO", "null", "~", ""],
  ["0775", "0o17", "0x1F", "0b11", "1_000", "12:30:45", "1:30", "1e5", "1.", ".5", ".inf", ".NaN"],
  ["3.10", "-0", "+1", "2001-12-14", "2001-12-14T21:59:43Z", "=", "<<", "---", "..."],
  [
    "- a",
    "a: b",
    "a #b",
    "*a",
    "&a",
    "!a",
    "@a",
    "`a",
    "%a",
    "{a",
    "[a",
    " a",
    "a ",
    "'a",
    '"a',
    "?",
    "? a",
  ],
  ["a\tb:", "\u0085", "a\u2028b", "a\u0000b", "\u007f", "\ufeffa", "\ud800"],
].flat();

test.each(QUOTED)(
  "quotes the text %j, which YAML 1.1 or 1.2 would read as something else",
  (text) => {
    const printed = renderYaml({ value: text });
    expect(printed).toMatch(/^value: ["'].*["']\n$/);
    expect(parseYaml(printed, "out.yaml").value).toEqual({ value: text });
  },
);

test.each<[YamlValue, string]>([
  [1e-7, "1.0e-7"],
  [1.5e300, "1.5e+300"],
  [1e21, "1.0e+21"],
  [-0, "-0.0"],
  [Number.NaN, ".nan"],
  [Number.NEGATIVE_INFINITY, "-.inf"],
  [0.1, "0.1"],
  [42, "42"],
  [true, "true"],
  [null, "null"],
  [[], "[]"],
  [{}, "{}"],
])("prints %j so that both versions of YAML agree: %s", (value, expected) => {
  expect(renderYaml({ value })).toBe(`value: ${expected}\n`);
});

test("quotes keys like texts", () => {
  expect(renderYaml({ on: 1, "<<": 2, "=": 3, name: 4 })).toBe(
    '"on": 1\n"<<": 2\n"=": 3\nname: 4\n',
  );
});

test("prints several lines as a block, and never folds a long one", () => {
  const long = "word ".repeat(60).trim();
  expect(renderYaml({ run: "set -e\nmake\n", long })).toBe(
    `run: |\n  set -e\n  make\nlong: ${long}\n`,
  );
});

test("leaves out what is undefined and prints an object that occurs twice twice", () => {
  const shared = { cpu: 1 };
  expect(renderYaml({ a: shared, b: undefined, c: shared })).toBe("a:\n  cpu: 1\nc:\n  cpu: 1\n");
});

test("keeps a carriage return, which a block would lose", () => {
  const text = "a\r\nb\r\n";
  expect(parseYaml(renderYaml({ text }), "x").value).toEqual({ text });
});

test("reads `on` as a key and says where values stand", () => {
  const read = parseYaml("on: push\njobs:\n  - name: a\n  - name: b\n", "ci.yml");
  expect(read.value).toEqual({ on: "push", jobs: [{ name: "a" }, { name: "b" }] });
  expect(read.placeOf(["jobs", 1, "name"])).toEqual({ path: "ci.yml", line: 4, column: 5 });
  expect(read.placeOf(["jobs", 9])).toEqual({ path: "ci.yml", line: 2, column: 1 });
  expect(read.placeOf(["nothing"])).toEqual({ path: "ci.yml", line: 1, column: 1 });
});

test.each([
  ["a: 1\na: 2\n", 2, "unique"],
  ["a: [1\nb: 2\n", 2, "]"],
  ["a: b: c\n", 1, "Nested"],
  ["a: 1\n---\nb: 2\n", 2, "multiple documents"],
  ["a: *gone\n", undefined, "gone"],
])("reports %j at its line", (text, line, words) => {
  const read = parseYaml(text, "broken.yaml");
  expect(read.value).toBeUndefined();
  expect(read.diagnostics[0]).toMatchObject({ code: "yaml-syntax", severity: "error" });
  expect(read.diagnostics[0]?.where?.line).toBe(line);
  expect(read.diagnostics[0]?.message).toContain(words);
});

test("refuses a document that unfolds without bound", () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const before =
      level === 0
        ? "x"
        : Array(10)
            .fill(`*a${String(level - 1)}`)
            .join(", ");
    return `a${String(level)}: &a${String(level)} [${before}]`;
  });
  expect(parseYaml(levels.join("\n"), "bomb.yaml").diagnostics[0]?.code).toBe("yaml-syntax");
});

test("reads an empty file as nothing", () => {
  expect(parseYaml("# only a comment\n", "x")).toMatchObject({ value: null, diagnostics: [] });
});

const TEMPLATE = `# Trains the model.
name: __NAME__ # shown in the list
on:
  # every Monday
  schedule:
    - cron: __CRON__
env: __ENV__
# how long
timeout: __TIMEOUT__
steps:
  - __FIRST__
  - run: |
      echo done
`;

test("fills typed values, keeps comments, and removes what is undefined", () => {
  const filled = fillYaml(TEMPLATE, {
    NAME: "a: b # c",
    CRON: "0 3 * * 1",
    ENV: { on: "yes" },
    TIMEOUT: undefined,
    FIRST: undefined,
  });
  expect(filled).toBe(`# Trains the model.
name: "a: b # c" # shown in the list
"on":
  # every Monday
  schedule:
    - cron: 0 3 * * 1
env:
  "on": "yes"
steps:
  - run: |
      echo done
`);
});

test("a value that looks like a hole is not filled again", () => {
  expect(fillYaml("a: __A__\nc: []\n", { A: ["__B__"] })).toBe("a:\n  - __B__\nc: []\n");
});

test.each<{ template: string; holes: Readonly<Record<string, YamlValue>>; code: string }>([
  { template: "a: __A__\n", holes: {}, code: "template-hole-unfilled" },
  { template: "a: 1\n", holes: { A: 1 }, code: "template-hole-unused" },
  { template: "a: x-__A__\n", holes: { A: 1 }, code: "template-hole-partial" },
  { template: "__A__: 1\n", holes: { A: "b" }, code: "template-hole-misplaced" },
  { template: "a: [", holes: {}, code: "template-not-yaml" },
])("refuses $template with $code", ({ template, holes, code }) => {
  expect(() => fillYaml(template, holes)).toThrow(expect.objectContaining({ code }));
});

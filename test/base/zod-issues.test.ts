import { expect, test } from "vitest";
import { z } from "zod";
import { renderPlace } from "../../src/base/diagnostic.ts";
import { parseYaml } from "../../src/base/yaml.ts";
import { diagnosticsOfIssues } from "../../src/base/zod-issues.ts";

const Settings = z.strictObject({
  name: z.string(),
  port: z.int("must be a whole number from 1 to 65535").min(1).max(65535).optional(),
  mode: z.enum(["fast", "safe"]).optional(),
  share: z.number().min(0).max(1).optional(),
  tags: z.array(z.string()).min(1).optional(),
  quiet: z.boolean().optional(),
  either: z.union([z.strictObject({ a: z.number() }), z.string()]).optional(),
  own: z
    .string()
    .refine((text) => text === "x", "needs an x")
    .optional(),
});

function explain(text: string): readonly string[] {
  const read = parseYaml(text, "s.yaml");
  const checked = Settings.safeParse(read.value);
  if (checked.success) return [];
  const found = diagnosticsOfIssues(checked.error.issues, {
    codePrefix: "settings",
    value: read.value,
    placeOf: read.placeOf,
    keysAt: (path) => (path.length === 0 ? Object.keys(Settings.shape) : []),
  });
  return found.map(({ code, message, hint, where }) =>
    [`${renderPlace(where)}: ${message}`, code, hint]
      .filter((part) => part !== undefined)
      .join(" | "),
  );
}

test.each<[string, readonly string[]]>([
  ["name: a\n", []],
  [
    "name: a\nport: 80a\n",
    [
      's.yaml, line 2: port must be a whole number from 1 to 65535, got "80a" | settings-wrong-value',
    ],
  ],
  [
    'name: a\nport: "80"\n',
    [
      's.yaml, line 2: port must be a whole number from 1 to 65535, got "80" | settings-wrong-value | remove the quotes',
    ],
  ],
  [
    "name: a\nprot: 80\n",
    ['s.yaml, line 2: prot is not a known key | settings-unknown-key | did you mean "port"?'],
  ],
  ["port: 80\n", ["s.yaml, line 1: name is missing; it must be text | settings-missing"]],
  [
    "name: 3.11\n",
    [
      's.yaml, line 1: name must be text, got 3.11 | settings-wrong-value | put it in quotes: "3.11"',
    ],
  ],
  [
    "name: a\nmode: fats\n",
    [
      's.yaml, line 2: mode must be one of "fast", "safe", got "fats" | settings-wrong-value | did you mean "fast"?',
    ],
  ],
  [
    "name: a\nshare: 2\n",
    ["s.yaml, line 2: share must be at most 1, got 2 | settings-wrong-value"],
  ],
  [
    "name: a\ntags: []\n",
    ["s.yaml, line 2: tags must be at least 1 items long, got a list | settings-wrong-value"],
  ],
  [
    "name: a\ntags: [x, 1]\n",
    ['s.yaml, line 2: tags[1] must be text, got 1 | settings-wrong-value | put it in quotes: "1"'],
  ],
  [
    'name: a\nquiet: "true"\n',
    [
      's.yaml, line 2: quiet must be true or false, got "true" | settings-wrong-value | write true or false, without quotes',
    ],
  ],
  [
    "name: a\neither:\n  a: x\n",
    ['s.yaml, line 3: either.a must be a number, got "x" | settings-wrong-value'],
  ],
  [
    "name: a\nown: y\n",
    ['s.yaml, line 2: own is not right: needs an x, got "y" | settings-wrong-value'],
  ],
  ["name:\n", ["s.yaml, line 1: name must be text, got nothing | settings-wrong-value"]],
  [
    "- a\n",
    [
      "s.yaml, line 1: the file must be a mapping of keys to values, got a list | settings-wrong-value",
    ],
  ],
])("explains %j", (text, expected) => {
  expect(explain(text)).toEqual(expected);
});

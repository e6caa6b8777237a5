import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { RUNTIME_MODULES } from "../../src/pipeline/runtime-modules.ts";
import { readCodeFile, stepCodeDigest, withoutCellNumbers } from "../../src/run/step-code.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { tempProject } from "../support/temp-project.ts";

type Package = Readonly<Record<string, string>>;

const PLACED =
  '"""Prepare the features.\n\nMade by mlops from buyers.ipynb, cells 3, 4. Edits are kept: the next promotion merges them.\n"""\n\n\n' +
  "def prepare(df):\n    # buyers.ipynb, cell 3, line 1\n    return df[df['age'] < 75]\n";
const PACKAGE: Package = {
  "__init__.py": "",
  "_code.py": "import importlib\n",
  "_runtime.py": "import importlib\n",
  "features.py": "# buyers.ipynb, cell 2\nfrom . import _feature_support\n",
  "_feature_support.py": "",
  "_feature_history.py": "",
  "predict.py": "from . import features\n",
  "helpers.py": "# buyers.ipynb, cell 9\ndef half(x):\n    return x / 2\n",
  "prepare.py": PLACED,
  "train.py": "def train(x):\n    return x\n",
};
const STEPS = ["prepare", "train"] as const;

function digests(files: Package): readonly string[] {
  const read = new Map(
    Object.entries(files).map(([path, text]) => [path, readCodeFile(Buffer.from(text))]),
  );
  return STEPS.map((step) => stepCodeDigest(read, { step, all: STEPS, serving: "train" }));
}

interface Change {
  readonly name: string;
  readonly files: Package;
  /** The steps whose code it is. */
  readonly of: readonly (typeof STEPS)[number][];
}

const CHANGES: readonly Change[] = [
  {
    name: "cells that were put in above",
    files: {
      "prepare.py": PLACED.replace("cells 3, 4", "cells 5, 6").replace(
        "cell 3, line",
        "cell 5, line",
      ),
      "helpers.py": "# buyers.ipynb, cell 12\ndef half(x):\n    return x / 2\n",
    },
    of: [],
  },
  {
    name: "a cell number in a text of the user",
    files: { "prepare.py": `${PLACED}NOTE = """\n# buyers.ipynb, cell 3\n"""\n` },
    of: ["prepare"],
  },
  { name: "the step itself", files: { "prepare.py": PLACED.replace("75", "70") }, of: ["prepare"] },
  {
    name: "a shared module",
    files: { "helpers.py": "def half(x):\n    return x // 2\n" },
    of: STEPS,
  },
  { name: "features that only serving runs", files: { "features.py": "A = 1\n" }, of: ["train"] },
  { name: "what serving runs with them", files: { "predict.py": "A = 1\n" }, of: [] },
];

for (const { name, files, of } of CHANGES)
  test(`${name}: code of ${of.join(" and ") || "no step"}`, () => {
    const [before, after] = [digests(PACKAGE), digests({ ...PACKAGE, ...files })];
    expect(STEPS.filter((_, at) => before[at] !== after[at])).toEqual(of);
  });

for (const line of [
  "from .features import fit",
  "from . import helpers, features",
  "from . import (\n    features,\n)",
  "import buyers.features as f",
  'importlib.import_module("." + "features", __package__)',
])
  test(`features are the code of every step where one has ${JSON.stringify(line)}`, () => {
    const using = { ...PACKAGE, "prepare.py": `${line}\n${PLACED}` };
    const changed = digests({ ...using, "features.py": "A = 1\n" });
    expect(digests(using).map((digest, at) => digest === changed[at])).toEqual([false, false]);
  });

for (const [line, changed, of] of [
  ["from ._feature_support import State", "features.py", ["train"]],
  ["from ._feature_support import State", "_feature_support.py", STEPS],
  ["from ._feature_statistics import ranks", "_feature_support.py", STEPS],
  ["from .features import fit", "_feature_support.py", STEPS],
  ["import math", "_feature_support.py", ["train"]],
] as const)
  test(`where a step has ${JSON.stringify(line)}, ${changed} is code of ${of.join(" and ")}`, () => {
    const using = { ...PACKAGE, "prepare.py": `${line}\n${PLACED}` };
    const [before, after] = [digests(using), digests({ ...using, [changed]: "A = 1\n" })];
    expect(STEPS.filter((_, at) => before[at] !== after[at])).toEqual(of);
  });

/** Text, and whether the numbers of cells go. */
const TEXTS: Readonly<Record<string, boolean>> = {
  "# a.ipynb, cell 3\nx = 1": true,
  "    # a b.ipynb, cell 3, line 12  \r\nx = 1": true,
  'def f():\n    """What the user\'s # means."""\n    # a.ipynb, cell 3\n': true,
  "# prepare.py, line 3\nx = 1": true,
  'x = f"""\n# a.ipynb, cell 3\n"""\n': false,
  'x = """\n"""\n# a.ipynb, cell 3\n': true,
  'x = \'"""\'\n# a.ipynb, cell 3\n': false,
  '# say """\nx = 1\n# a.ipynb, cell 3\n': false,
  "x = '''\n# a.ipynb, cell 3\n'''": false,
  "x = 'a\\\n# a.ipynb, cell 3'\n": false,
  'x = """a\\"""\n# a.ipynb, cell 3\n"""': false,
  'x = """a""" + """b"""\n# a.ipynb, cell 3': false,
  "x = 1  # a.ipynb, cell 3": false,
  "# a.ipynb, cell 3, line x": false,
  "# a.ipynb, cells 3": false,
  "\u00a0# a.ipynb, cell 3": false,
  "# a\rb.ipynb, cell 3": false,
};

for (const [text, goes] of Object.entries(TEXTS))
  test(`the number of a cell ${goes ? "goes from" : "stays in"} ${JSON.stringify(text)}`, () => {
    const unnumbered = text.replace(
      /(\.i?py(?:nb)?)(?:, cell \d+)?(?:, line \d+)?[ \t\r]*$/m,
      "$1",
    );
    expect(withoutCellNumbers(text)).toBe(goes ? unnumbered : text);
  });

test("the runtime of a package computes the same digests", async () => {
  const python = await pythonForTests();
  await using project = await tempProject();
  const packages: Package[] = [
    PACKAGE,
    ...CHANGES.map(({ files }) => ({ ...PACKAGE, ...files })),
    ...Object.keys(TEXTS).map((text) => ({ ...PACKAGE, "prepare.py": text })),
    { ...PACKAGE, "prepare.py": "from .features import fit\n" },
    { ...PACKAGE, "prepare.py": "from ._feature_support import fit\n" },
    { ...PACKAGE, "_local/näher.py": "# coding: utf-8\nx = 'ä\u2028'\n" },
  ];
  for (const [at, files] of packages.entries())
    for (const [path, text] of Object.entries(files)) {
      const target = project.path(`${String(at)}/${path}`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  const asked = [
    "import importlib.util, json, pathlib, sys",
    "spec = importlib.util.spec_from_file_location('_code', sys.argv[1])",
    "code = importlib.util.module_from_spec(spec); spec.loader.exec_module(code)",
    "modules = ['prepare.py', 'train.py']",
    "found = [[code.step_code_digest(pathlib.Path(p), m, modules, 'train.py') for m in modules] for p in sys.argv[2:]]",
    "print(json.dumps(found))",
  ].join("\n");
  const folders = packages.map((_, at) => project.path(String(at)));
  const template = join(import.meta.dirname, "../../templates/project/_code.py");
  const said = execFileSync(python, ["-c", asked, template, ...folders], { encoding: "utf8" });
  expect(JSON.parse(said)).toEqual(packages.map(digests));
});

test("the modules that every package carries are all there are, and the same for Python", () => {
  const templates = join(import.meta.dirname, "../../templates/project");
  const carried = readdirSync(templates).filter((name) => /^_[a-z].*\.py$/.test(name));
  expect(carried.sort()).toEqual([...RUNTIME_MODULES]);
  const said = /^RUNTIME = frozenset\(\s*\{([^}]*)\}\s*\)$/m.exec(
    readFileSync(join(templates, "_code.py"), "utf8"),
  )?.[1];
  expect(JSON.parse(`[${said ?? ""}]`)).toEqual([...RUNTIME_MODULES]);
});

test("a package of an earlier version is taken as its own runtime takes it", () => {
  const { "_code.py": _, ...earlier } = PACKAGE;
  const moved = {
    ...earlier,
    "helpers.py": "# buyers.ipynb, cell 12\ndef half(x):\n    return x / 2\n",
  };
  expect(digests(moved)).not.toEqual(digests(earlier));
});

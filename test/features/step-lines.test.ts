/** Lines that steps and `learn` have in common are written once, in the step; where they may mean something else there, both have their own. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createFiles } from "../../src/adapters/node-files.ts";
import { emitPackage } from "../../src/app/emit-package.ts";
import { planOf, programOf } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const HEAD = `import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler`;
const READ = `df = pd.read_csv("people.csv")`;
const SPLIT = `X = df.drop(columns=["left"])
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=7)`;
const TRAIN = `model = LogisticRegression()
model.fit(X_train, y_train)`;
const SCORE = `print(model.score(X_test, y_test))`;

interface Package {
  /** Modules of steps and of features by their names. */
  readonly texts: Readonly<Record<string, string>>;
  readonly learn: string;
}

async function packageOf(
  lines: string,
  { apart = false, saves = "y_test" }: { readonly apart?: boolean; readonly saves?: string } = {},
): Promise<Package> {
  const cells = [
    HEAD,
    READ,
    lines,
    SPLIT,
    TRAIN,
    `${SCORE}\nopen("out.txt", "w").write(str(${saves}))`,
  ];
  const { plan } = await planOf(cells);
  if (plan === undefined) throw new Error("no plan");
  const { program } = await programOf(cells);
  const ports = {
    files: createFiles(root),
    parser: await pythonParser(),
    templates: fileURLToPath(new URL("../../templates", import.meta.url)),
  };
  const emitted = await emitPackage({ plan, program, lock: undefined, apart }, ports);
  expect(emitted.serving).toMatchObject({ ready: true });
  const texts = Object.fromEntries(
    emitted.files.map(({ path, text }) => [path.split("/").at(-1) ?? path, text]),
  );
  const features = texts["features.py"] ?? "";
  const learn = features.slice(features.indexOf("def learn("), features.indexOf("def transform("));
  return { texts, learn };
}

interface Case {
  readonly name: string;
  /** Cell between reading and the split. */
  readonly lines: string;
  /** What the last cell writes to a file. */
  readonly saves?: string;
  /** Texts in the step's module, in this order. */
  readonly step: readonly string[];
  /** Texts in `learn`, in this order. */
  readonly learn: readonly string[];
}

/** What is written once: in the step. */
const ONCE: readonly Case[] = [
  {
    name: "what is learned comes back behind what the step goes on with",
    lines: `df["age"] = df["age"].fillna(df["age"].median())`,
    step: [
      "    df, *_ = learn_prepare(df)\n    return df\n",
      "def learn_prepare(df: Any) -> tuple[Any, Any]:",
      `    age_median = df["age"].median()\n`,
      `    df["age"] = df["age"].fillna(age_median)\n    return df, age_median\n`,
    ],
    learn: [
      "    from .prepare import learn_prepare\n    from .split import learn_split\n",
      "    df = frame.copy()\n    # step prepare\n    df, age_median = learn_prepare(df)\n",
      "    # step split\n    X_train, X_test, y_train, y_test = learn_split(df, test_size, seed)\n",
    ],
  },
  {
    name: "lines in which nothing is learned stay as their author wrote them",
    lines: `# nobody is older\ndf["age"] = df["age"].clip(\n    upper=120,  # years\n)\n\nfor name in [ "a", "b" ]:\n    # both\n    df[name] = df[name]*2\n`,
    step: [
      "    df = learn_prepare(df)\n    return df\n",
      `    # story.ipynb, cell 3, line 1\n    # nobody is older\n    df["age"] = df["age"].clip(\n        upper=120,  # years\n    )\n\n    for name in [ "a", "b" ]:\n        # both\n        df[name] = df[name]*2\n    return df\n`,
    ],
    learn: ["    df = learn_prepare(df)\n"],
  },
  {
    name: "an encoder for each column of a loop",
    lines: `for name in ["plan", "city"]:\n    encoder = LabelEncoder()\n    df[name] = encoder.fit_transform(df[name])`,
    step: [
      "import copy\n",
      "from sklearn.preprocessing import LabelEncoder\n",
      "    df, *_ = learn_prepare(df)\n",
      "    encoder_by_name = {}\n",
      "        df[name] = encoder.fit_transform(df[name])\n        encoder_by_name[name] = copy.deepcopy(encoder)\n",
      "    return df, encoder_by_name\n",
    ],
    learn: ["    df, encoder_by_name = learn_prepare(df)\n"],
  },
  {
    name: "a constant and a function that they use stand at the head of the step",
    lines: `order = {"low": 1, "high": 2}\ndef level(text):\n    return order.get(text, 0)\ndf["plan"] = df["plan"].apply(level)`,
    step: [
      `\n# story.ipynb, cell 3, line 1\norder = {"low": 1, "high": 2}\n`,
      "\n\n# story.ipynb, cell 3, line 2\ndef level(text):\n    return order.get(text, 0)\n",
      "def prepare(df: Any) -> Any:",
      "    df = learn_prepare(df)\n",
      `    df["plan"] = df["plan"].apply(level)\n`,
    ],
    learn: ["    df = learn_prepare(df)\n"],
  },
  {
    name: "what the step does in between, and features have nothing to do with, stays where it was",
    lines: `df["age"] = df["age"].fillna(0)\ntotal = df["age"].sum()\ndf["old"] = (df["age"] > 60).astype(int)`,
    saves: "total",
    step: [
      `    df = learn_prepare(df)\n    total = df["age"].sum()\n    df = learn_prepare_2(df)\n    return total, df\n`,
      "def learn_prepare(df: Any) -> Any:",
      "def learn_prepare_2(df: Any) -> Any:",
    ],
    learn: ["    df = learn_prepare(df)\n    # step prepare\n    df = learn_prepare_2(df)\n"],
  },
  {
    name: "a name that comes from before and is bound again only sometimes",
    lines: `limit = df["age"].max()\nif df["age"].mean() > 30:\n    limit = 60\ndf["old"] = (df["age"] > limit).astype(int)`,
    step: ["    df, *_ = learn_prepare(df)\n", "        limit = 60\n"],
    learn: ["    df, age_mean, limit = learn_prepare(df)\n"],
  },
  {
    name: "a column that is deleted",
    lines: `del df["city"]`,
    step: ["    df = learn_prepare(df)\n", `    del df["city"]\n    return df\n`],
    learn: ["    df = learn_prepare(df)\n"],
  },
];

/** What means something else in a function of its own, or what `learn` has not as a whole: both have lines of their own. */
const APART: readonly Case[] = [
  {
    name: "two statements on one line",
    lines: `most = 120; df["age"] = df["age"].clip(upper=most)`,
    step: [`    df["age"] = df["age"].clip(upper=most)\n    return df\n`],
    learn: [`    df["age"] = df["age"].clip(upper=most)\n`],
  },
  {
    name: "a function that learns, whose lines `learn` has at its call",
    lines: `def filled(table):\n    table["age"] = table["age"].fillna(table["age"].mean())\n    return table\ndf = filled(df)`,
    step: ["    df = filled(df)\n    return df\n"],
    learn: [".mean()\n"],
  },
  {
    name: "a name that is only sometimes bound",
    lines: `if df["age"].mean() > 30:\n    limit = 60\ndf["old"] = (df["age"] > limit).astype(int)`,
    step: [
      "        limit = 60\n",
      `    df["old"] = (df["age"] > limit).astype(int)\n    return df\n`,
    ],
    learn: ["        limit = 60\n"],
  },
];

/** Each text stands behind the one before it. */
function checkOrder(text: string, parts: readonly string[]): void {
  const found = [""];
  let rest = text;
  for (const part of parts) {
    const at = rest.indexOf(part);
    found.push(at === -1 ? rest : part);
    rest = at === -1 ? rest : rest.slice(at + part.length);
  }
  expect(found.slice(1)).toEqual(parts);
}

test.each(ONCE)("written once: $name", async ({ lines, saves, step, learn }) => {
  const made = await packageOf(lines, saves === undefined ? {} : { saves });
  checkOrder(made.texts["prepare.py"] ?? "", step);
  checkOrder(made.learn, learn);
});

test.each(APART)("written in both: $name", async ({ lines, saves, step, learn }) => {
  const made = await packageOf(lines, saves === undefined ? {} : { saves });
  const text = made.texts["prepare.py"] ?? "";
  checkOrder(text, step);
  expect(text).not.toContain("def learn_prepare");
  checkOrder(made.learn, learn);
  expect(made.learn).not.toContain("learn_prepare");
});

test("where verification found another result, steps and features have nothing in common", async () => {
  const { texts, learn } = await packageOf(`df["age"] = df["age"].fillna(0)`, { apart: true });
  for (const name of ["prepare.py", "split.py"]) expect(texts[name]).not.toContain("learn_");
  expect(learn).toContain(`    df["age"] = df["age"].fillna(0)\n`);
  expect(learn).not.toContain("import");
});

test("features.py imports nothing that only the lines of steps use", async () => {
  const { texts } = await packageOf(`known = ["low", "high"]\ndf = df[df["plan"].isin(known)]`);
  const features = texts["features.py"] ?? "";
  expect(features).not.toContain("train_test_split");
  expect(features).not.toContain("known");
  expect(texts["prepare.py"]).toContain(`\nknown = ["low", "high"]\n`);
});

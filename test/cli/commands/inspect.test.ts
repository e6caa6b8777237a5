/** What reading alone says of a notebook, and of several as one pipeline. */
import { expect, test } from "vitest";
import { z } from "zod";
import { InspectResult } from "../../../src/cli/inspect-schema.ts";
import { notebookText } from "../../support/notebooks.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const CLEAN = [
  "import pandas as pd",
  'df = pd.read_csv("raw.csv")',
  'df["a"] = df["x"] * 2\ndf.to_csv("clean.csv")',
];
const TRAIN = [
  "import pandas as pd",
  'data = pd.read_csv("clean.csv")\ntotal = data["a"].sum()',
  "print(total)",
];

interface Case {
  readonly name: string;
  readonly words: readonly string[];
  readonly says: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "the plan of several names each step's own notebook",
    words: ["clean.ipynb", "train.ipynb"],
    says: ["load     clean.ipynb cell 2", "only prints              train.ipynb cell 3"],
  },
  {
    name: "facts of several are numbered as each notebook numbers its cells",
    words: ["clean.ipynb", "train.ipynb", "--phase", "facts", "--statements"],
    says: ["clean.ipynb 3:1 assignment | reads: df", "train.ipynb 2:2 assignment | reads: data"],
  },
  {
    name: "the graph of several shows what passes from one to the other",
    words: ["clean.ipynb", "train.ipynb", "--phase", "graph", "--statements"],
    says: ["clean.ipynb 3:2  →  train.ipynb 2:1  reads file clean.csv, written there\n"],
  },
  {
    name: "between cells of several, too",
    words: ["clean.ipynb", "train.ipynb", "--phase", "graph"],
    says: ["  ← clean.ipynb cell 3  reads file clean.csv (written there)"],
  },
  {
    name: "a slice by a cell of several names its notebook",
    words: ["clean.ipynb", "train.ipynb", "--slice", "train.ipynb:2"],
    says: ["# clean.ipynb, cell 3\n", "# train.ipynb, cell 2\ndata = pd.read_csv"],
  },
  {
    name: "a slice of several goes back through the file",
    words: ["clean.ipynb", "train.ipynb", "--slice", "total"],
    says: ["# clean.ipynb, cell 2\ndf = pd.read_csv", "# train.ipynb, cell 2\ndata = pd.read_csv"],
  },
  {
    name: "of one notebook numbers are enough",
    words: ["train.ipynb", "--phase", "facts", "--statements"],
    says: ["\n2:2 assignment | reads: data"],
  },
];

async function project(): Promise<TempProject> {
  return tempProject({
    "clean.ipynb": notebookText(CLEAN),
    "train.ipynb": notebookText(TRAIN),
  });
}

test.each(CASES)("$name", async ({ words, says }) => {
  await using there = await project();
  const run = await runMlops(["inspect", ...words], { directory: there.path(".") });
  expect(run).toMatchObject({ exit: 0 });
  for (const said of says) expect(run.stdout).toContain(said);
});

test("addresses have the notebook where there are several, and only there", async () => {
  await using there = await project();
  const facts = async (...names: readonly string[]): Promise<unknown> =>
    (
      await runMlops(["inspect", ...names, "--phase", "facts", "--json"], {
        directory: there.path("."),
      })
    ).json();
  expect(await facts("clean.ipynb", "train.ipynb")).toMatchObject({
    result: {
      cells: [{}, {}, { path: "clean.ipynb", cell: 3 }, { path: "train.ipynb", cell: 1 }, {}, {}],
    },
  });
  expect(JSON.stringify(await facts("train.ipynb"))).not.toContain('"path":"train.ipynb"');
});

test("one notebook twice is refused", async () => {
  await using there = await project();
  const run = await runMlops(["inspect", "train.ipynb", "train.ipynb"], {
    directory: there.path("."),
  });
  expect(run.exit).not.toBe(0);
  expect(run.stderr).toContain("train.ipynb");
});

test("facts and graph list every name that shares what changes, however many there are", async () => {
  const views = Array.from({ length: 40 }, (_, at) => `view${String(at)}`);
  const cell = ["import pandas as pd", 'df = pd.read_csv("raw.csv")'];
  const lines = [...cell, ...views.map((view) => `${view} = df["x"]`), 'df["a"] = 1'];
  await using there = await tempProject({ "views.ipynb": notebookText([lines.join("\n")]) });
  const inspect = async (phase: string): Promise<unknown> => {
    const words = ["inspect", "views.ipynb", "--phase", phase, "--json"];
    return (await runMlops(words, { directory: there.path(".") })).json();
  };
  const facts = z
    .object({
      result: z.object({
        cells: z.tuple([
          z.object({
            statements: z.array(
              z.object({
                mutations: z.array(z.object({ name: z.string() })),
                aliases: z.array(z.object({ name: z.string(), of: z.string() })),
                spread: z.never().optional(),
              }),
            ),
          }),
        ]),
      }),
    })
    .parse(await inspect("facts"));
  const last = facts.result.cells[0].statements.at(-1);
  expect(last?.mutations.map(({ name }) => name)).toEqual(["df", ...views]);
  expect(last?.aliases.map(({ of }) => of)).toEqual(views);
  const graph = z
    .object({
      result: z.object({
        edges: z.array(z.object({ name: z.string(), to: z.object({ line: z.int() }) })),
      }),
    })
    .parse(await inspect("graph"));
  const changed = graph.result.edges.filter(({ to }) => to.line === lines.length);
  expect(changed.map(({ name }) => name)).toEqual(["df", ...views]);
});

/** A little of everything that a cell can do. */
const STORY = [
  "#: # Prices",
  "import numpy as np\nimport pandas as pd\nfrom sklearn.model_selection import KFold, train_test_split\n%matplotlib inline",
  'import os\nos.environ["TZ"] = "UTC"\npd.set_option("display.width", 100)\nnp.random.seed(1)',
  'df = pd.read_csv("prices.csv")\nraw = df\ndf.info()',
  "def clean(frame):\n    frame.dropna(inplace=True)\n    return frame",
  'df = clean(df)\ndf["noise"] = np.random.rand(len(df))',
  'raw.insert(0, "row", 1)\nif len(raw) > 3:\n    limit = 3',
  "train, test = train_test_split(df, random_state=7)\ntrain.plot()",
  'test.to_csv("test.csv")\nagain = pd.read_csv("test.csv")\ndel train',
  "extra = np.random.rand(2)\nprint(limit, extra)",
];

test.each(["facts", "graph"])("the text of %s reads as printed beside it", async (phase) => {
  await using there = await tempProject({ "story.ipynb": notebookText(STORY) });
  const run = await runMlops(["inspect", "story.ipynb", "--phase", phase], {
    directory: there.path("."),
  });
  expect(run).toMatchObject({ exit: 0 });
  expect(run.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  await expect(run.stdout).toMatchFileSnapshot(
    new URL(`../../fixtures/inspect/story.${phase}.expected.txt`, import.meta.url).pathname,
  );
});

test("every view is as its schema says, with no key that the schema does not know", async () => {
  await using there = await tempProject({
    "story.ipynb": notebookText(STORY),
    "train.ipynb": notebookText(TRAIN),
  });
  for (const words of [
    ["--phase", "facts"],
    ["--phase", "graph"],
    ["--phase", "plan"],
    ["--slice", "again"],
    ["--slice", "story.ipynb:9", "train.ipynb"],
    ["--phase", "facts", "train.ipynb"],
  ]) {
    const run = await runMlops(["inspect", "story.ipynb", ...words, "--json"], {
      directory: there.path("."),
    });
    const document = z.object({ result: z.unknown() }).parse(run.json());
    expect(InspectResult.safeParse(document.result).error?.issues ?? []).toEqual([]);
  }
});

test("an edge tells in words what is used and what made it so", async () => {
  const cells = [
    "import random\nrandom.seed(1)",
    "a = [1]\nb = a\ndef grow(rows):\n    rows.append(random.random())",
    "a.append(2)",
    "grow(b)\nn = len(b)",
    "open('n.txt', 'w').write(str(n))",
    "text = open('n.txt').read()",
  ];
  await using there = await tempProject({ "words.ipynb": notebookText(cells) });
  const run = await runMlops(["inspect", "words.ipynb", "--phase", "graph", "--json"], {
    directory: there.path("."),
  });
  const { result } = z
    .object({
      result: z.object({
        edges: z.array(z.object({ reason: z.string() })),
        cellEdges: z.array(z.object({ reasons: z.array(z.string()) })),
      }),
    })
    .parse(run.json());
  const reasons = result.edges.map(({ reason }) => reason);
  expect(reasons).toEqual(
    expect.arrayContaining([
      "uses random, imported by cell 1 line 1",
      "changes a, written by cell 2 line 1",
      "may change b (shared with a), written by cell 2 line 2",
      "calls grow, defined by cell 2 line 3",
      "changes b, which shares memory with a, changed in place by cell 3 line 1: a.append(…)",
      "draws from Python's random state, seeded by cell 1 line 2",
      "reads file n.txt, written by cell 5 line 1",
    ]),
  );
  expect(result.cellEdges.flatMap((edge) => edge.reasons)).toContain(
    "draws from Python's random state, seeded by cell 1",
  );
});

interface Wrong {
  readonly name: string;
  readonly slice: string;
  readonly says: readonly string[];
}

test.each<Wrong>([
  {
    name: "a misspelled name gets a suggestion",
    slice: "agian",
    says: ["[name-unknown]", 'did you mean "again"?'],
  },
  {
    name: "a name that is deleted in the end has no value",
    slice: "train",
    says: ["story.ipynb, cell 9, line 3: train is deleted here", "[name-unknown]"],
  },
  {
    name: "a cell that is not there",
    slice: "99",
    says: ["there is no cell 99 [cell-unknown]", "the nearest cell of code is 10"],
  },
  {
    name: "a cell of text",
    slice: "1",
    says: ["cell 1 is markdown, not code", "the nearest cell of code is 2"],
  },
])("$name", async ({ slice, says }) => {
  await using there = await tempProject({ "story.ipynb": notebookText(STORY) });
  const run = await runMlops(["inspect", "story.ipynb", "--slice", slice], {
    directory: there.path("."),
  });
  expect(run.exit).toBe(2);
  for (const said of says) expect(run.stderr).toContain(said);
});

test("facts and graph are shown of what can be read, beside what stands in the way of promoting", async () => {
  const cells = ["a = 1", "b = = 2", "!wget http://example.org/c.csv", "c = a"];
  await using there = await tempProject({ "broken.ipynb": notebookText(cells) });
  const facts = await runMlops(["inspect", "broken.ipynb", "--phase", "facts"], {
    directory: there.path("."),
  });
  expect(facts.stdout).toContain("cell 2  b = = 2\n  is no Python: nothing is known of it\n");
  expect(facts.stdout).toContain("cell 4  c = a\n  reads    a\n  writes   c");
  expect(facts.stderr).toContain("broken.ipynb, cell 2, line 1");
  expect(facts.stderr).toContain("broken.ipynb, cell 3, line 1");
  expect(facts.exit).toBe(1);
  const slice = await runMlops(["inspect", "broken.ipynb", "--slice", "c"], {
    directory: there.path("."),
  });
  expect(slice.exit).not.toBe(0);
  expect(slice.stdout).toBe("");
});

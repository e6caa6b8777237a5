/** What reading alone says of a notebook, and of several as one pipeline. */
import { expect, test } from "vitest";
import { z } from "zod";
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
    words: ["clean.ipynb", "train.ipynb", "--phase", "facts"],
    says: ["clean.ipynb 3:1 assignment | reads: df", "train.ipynb 2:2 assignment | reads: data"],
  },
  {
    name: "the graph of several shows what passes from one to the other",
    words: ["clean.ipynb", "train.ipynb", "--phase", "graph"],
    says: ["clean.ipynb 3:2  →  train.ipynb 2:1  file:clean.csv"],
  },
  {
    name: "a slice of several goes back through the file",
    words: ["clean.ipynb", "train.ipynb", "--slice", "total"],
    says: ["# clean.ipynb, cell 2\ndf = pd.read_csv", "# train.ipynb, cell 2\ndata = pd.read_csv"],
  },
  {
    name: "of one notebook numbers are enough",
    words: ["train.ipynb", "--phase", "facts"],
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

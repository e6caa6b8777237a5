/** Notebooks whose saved outputs do not come from running them from top to bottom, promoted for real. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Certificate } from "../../src/verification/schema.ts";
import { type SavedCell, savedNotebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { type FinishedRun, runMlops } from "../support/run-mlops.ts";

let python = "";
beforeAll(async () => {
  python = await pythonForTests();
});

interface Story extends AsyncDisposable {
  readonly folder: string;
  readonly promote: (...words: readonly string[]) => Promise<FinishedRun>;
}

async function storyOf(cells: readonly SavedCell[]): Promise<Story> {
  const folder = await mkdtemp(join(tmpdir(), "mlops-order-"));
  await mkdir(join(folder, ".mlops"));
  await writeFile(join(folder, "story.ipynb"), savedNotebookText(cells));
  return {
    folder,
    promote: (...words) =>
      runMlops(["promote", "story.ipynb", ...words], {
        directory: folder,
        environment: { MLOPS_PYTHON: python },
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const KEEP = 'open("out.txt", "w").write(repr(total))';

/** Runs top to bottom only in another order. */
const BEHIND: readonly SavedCell[] = [
  { source: "rate = 2", count: 1 },
  { source: "total = price * rate\nprint(total)", count: 3, prints: "200\n" },
  { source: "price = 100\nprice", count: 2, shows: "100" },
  { source: KEEP, count: 4, shows: "3" },
];

interface Refused {
  readonly name: string;
  readonly cells: readonly SavedCell[];
  readonly words?: readonly string[];
  readonly code: string;
  readonly says: readonly RegExp[];
}

test.each<Refused>([
  {
    name: "a cell that was run after one below it is found by the counts",
    cells: BEHIND,
    code: "order-proven",
    says: [
      /story\.ipynb, cell 2/,
      /NameError: name 'price' is not defined/,
      /order 1, 3, 2, 4, the notebook repeats 3 of 3 saved outputs/,
      /--order saved/,
    ],
  },
  {
    name: "without counts the names say which cell was first",
    cells: BEHIND.map((cell) => ({ ...cell, count: null })),
    code: "order-proven",
    says: [/order 1, 3, 2, 4, the notebook repeats 3 of 3/],
  },
  {
    name: "a cell that ran first and again last ran twice",
    cells: [
      { source: "print(size)", count: 3, prints: "10\n" },
      { source: "size = 10\nsteps = 5", count: 5 },
      { source: `total = size * steps\n${KEEP}`, count: 4, shows: "2" },
    ],
    code: "order-proven",
    says: [/order 2, 1, 3, 2, the notebook repeats 2 of 2/],
  },
  {
    name: "a cell that is not idempotent and was run twice gives another result from top to bottom",
    cells: [
      { source: "total = 100", count: 1 },
      { source: "total = total * 2\nprint(total)", count: 3, prints: "400\n" },
      { source: KEEP, count: 4, shows: "3" },
    ],
    code: "order-proven",
    says: [
      /story\.ipynb, cell 2/,
      /gives "200", saved is "400"/,
      /order 1, 2, 2, 3/,
      /--order cells promotes the notebook from top to bottom/,
    ],
  },
  {
    name: "a cell that ran before one above it gives another result from top to bottom",
    cells: [
      { source: "total = 1", count: 1 },
      { source: "total = total + 10", count: 3 },
      { source: "print(total)", count: 2, prints: "1\n" },
      { source: KEEP, count: 4, shows: "2" },
    ],
    code: "order-proven",
    says: [/cell 3/, /order 1, 3, 2, 4, the notebook repeats 2 of 2/],
  },
  {
    name: "a name that only a deleted cell bound is said by name, with what is still seen of it",
    cells: [
      { source: "scores = [0.2, 0.7]", count: 1 },
      { source: "total = [s for s in scores if s > threshold]", count: 3 },
      { source: "threshold", count: 4, shows: "0.5" },
      { source: KEEP, count: 5, shows: "5" },
    ],
    code: "name-from-deleted-cell",
    says: [
      /story\.ipynb, cell 2/,
      /reads threshold, which no cell of the notebook binds/,
      /\(In \[2\] is gone\)/,
      /saved output of cell 3, which shows threshold, is "0\.5"/,
      /bind threshold in a cell above/,
    ],
  },
  {
    name: "an order that runs but repeats nothing is told, not taken",
    cells: [
      { source: "total = price * 2\nprint(total)", count: 2, prints: "300\n" },
      { source: "price = 100", count: 1 },
      { source: KEEP, count: 3 },
    ],
    code: "cell-raised",
    says: [/in the order 2, 1, 3 every cell runs, but it repeats only 0 of 1 saved outputs/],
  },
  {
    name: "where nothing says that there was another order, none is taken",
    cells: [{ source: `total = 3\n${KEEP}`, count: 1, shows: "1" }],
    words: ["--order", "saved"],
    code: "order-unproven",
    says: [/neither the execution counts nor the names/],
  },
])("$name", async ({ cells, words = [], code, says }) => {
  await using story = await storyOf(cells);
  const finished = await story.promote(...words);
  expect(finished.stderr).toContain(`[${code}]`);
  const text = finished.stderr.replaceAll(/\s+/g, " ");
  for (const said of says) expect(text).toMatch(said);
  expect(finished.exit).toBe(2);
  expect(await readdir(story.folder)).toEqual([".mlops", "story.ipynb"]);
});

async function certificateOf(story: Story): Promise<Certificate> {
  const path = join(story.folder, "pipelines", "story", "certificate.json");
  return Certificate.parse(JSON.parse(await readFile(path, "utf8")));
}

test("a person accepts the proven order with one flag: a copy is promoted, and the certificate names the order", async () => {
  await using story = await storyOf(BEHIND);
  const before = await readFile(join(story.folder, "story.ipynb"), "utf8");
  const finished = await story.promote("--order", "saved");
  expect(finished.stderr).not.toContain("error");
  expect(finished.exit).toBe(0);
  const { order, verdict } = await certificateOf(story);
  expect(verdict).toBe("verified");
  expect(order).toMatchObject({ of: "story.ipynb", cells: [1, 3, 2, 4], repeated: 3, compared: 3 });
  expect(await readFile(join(story.folder, "story.ipynb"), "utf8")).toBe(before);
  const copy = join(story.folder, "story-ordered.ipynb");
  const saved = await readFile(copy, "utf8");
  expect((await story.promote("--order", "saved")).stdout).toContain("nothing changed");
  await writeFile(copy, saved.replace("rate = 2", "rate = 3"));
  const refused = await story.promote("--order", "saved");
  expect(refused.stderr).toContain("[ordered-copy-changed]");
  expect(refused.exit).toBe(2);
});

test("a person may keep the order of the cells, and is told what is saved otherwise", async () => {
  await using story = await storyOf([
    { source: "total = 100", count: 1 },
    { source: "total = total * 2\nprint(total)", count: 3, prints: "400\n" },
    { source: KEEP, count: 4, shows: "3" },
  ]);
  const finished = await story.promote("--order", "cells", "--json");
  expect(finished.exit).toBe(0);
  expect(finished.stdout).toContain('saved with \\"400\\", and gives \\"200\\" from top to bottom');
  expect((await certificateOf(story)).order).toBeUndefined();
});

interface Noted {
  readonly name: string;
  readonly cells: readonly SavedCell[];
  /** `code cell` of each note on saved outputs. */
  readonly notes: readonly string[];
  readonly says?: RegExp;
}

test.each<Noted>([
  {
    name: "results that are saved as they come are not spoken of",
    cells: [{ source: `total = 3\n${KEEP}`, count: 1, shows: "1" }],
    notes: [],
  },
  {
    name: "a result that has changed since is noted at its cell",
    cells: [
      { source: "total = 3", count: 1 },
      { source: "print('rows', total)", count: 2, prints: "rows 4\n" },
      { source: KEEP, count: 3 },
    ],
    notes: ["saved-output-differs 2"],
    says: /saved with "rows 4", and gives "rows 3" from top to bottom/,
  },
  {
    name: "last digits are one note for all cells",
    cells: [
      { source: "total = 1 / 3\ntotal", count: 1, shows: "0.3333333333333330" },
      { source: "print(total)", count: 2, prints: "0.33333333\n" },
      { source: KEEP, count: 3 },
    ],
    notes: ["saved-output-form 1"],
    says: /cells 1, 2 were saved with the same results, but for the last digits of floats/,
  },
  {
    name: "what is drawn without a seed is named as the reason, and no order is looked for",
    cells: [
      { source: "import random\ntotal = random.random()", count: 1 },
      { source: "total = total + 1\nprint(total)", count: 4, prints: "1.5\n" },
      { source: KEEP, count: 5 },
    ],
    notes: ["saved-output-differs 2"],
    says: /random\.random\(\) in cell 1 need not repeat what it gave/,
  },
])("$name", async ({ cells, notes, says = /^/ }) => {
  await using story = await storyOf(cells);
  const finished = await story.promote("--json");
  const { diagnostics } = finished.json() as {
    readonly diagnostics: readonly {
      readonly code: string;
      readonly message: string;
      readonly where?: { readonly cell?: number };
    }[];
  };
  const found = diagnostics.filter(({ code }) => code.startsWith("saved-output"));
  expect(found.map(({ code, where }) => `${code} ${String(where?.cell)}`)).toEqual(notes);
  expect(found.map(({ message }) => message).join("\n")).toMatch(says);
});

/** Features of earlier rows, run in a real interpreter: point in time they equal the notebook's own, and planted mistakes are caught. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { featureFiles, readFixture, stageScript } from "../support/feature-cases.ts";
import { runFeatureScript } from "../support/feature-python.ts";

interface Story {
  readonly name: string;
  readonly declared: { readonly entity: readonly string[]; readonly time: string };
  readonly read: string;
  readonly matrices: readonly string[];
}

const STORIES: readonly Story[] = [
  {
    name: "shops",
    declared: { entity: ["shop", "product"], time: "day" },
    read: `pd.read_csv("shops.csv", parse_dates=["day"])`,
    matrices: ["X"],
  },
  {
    name: "meter",
    declared: { entity: [], time: "at" },
    read: `pd.read_csv("meter.csv")`,
    matrices: ["X"],
  },
  {
    name: "visits",
    declared: { entity: ["customer"], time: "visit" },
    read: `pd.read_csv("visits.csv")`,
    matrices: ["X_test", "X_train"],
  },
  {
    name: "bakery",
    declared: { entity: ["shop", "product"], time: "day" },
    read: `pd.read_csv("shops.csv", parse_dates=["day"])`,
    matrices: ["known"],
  },
];

/** One wrong line in a file of a story's package. */
interface Mutant {
  readonly story: string;
  readonly name: string;
  readonly file: "features" | "_feature_history";
  readonly from: string;
  readonly to: string;
}

const MUTANTS: readonly Mutant[] = [
  {
    story: "meter",
    name: "a lag one too long",
    file: "features",
    from: `["use"].shift(1)\n    df["use_24"]`,
    to: `["use"].shift(2)\n    df["use_24"]`,
  },
  {
    story: "meter",
    name: "a window one too short",
    file: "features",
    from: "rolling(window=24)",
    to: "rolling(window=23, min_periods=1)",
  },
  {
    story: "meter",
    name: "a history one row too short",
    file: "features",
    from: "window=None",
    to: "window=23",
  },
  {
    story: "visits",
    name: "the row's own value for the one before",
    file: "_feature_history",
    from: `side="left"`,
    to: `side="right"`,
  },
  {
    story: "visits",
    name: "later rows in the history",
    file: "_feature_history",
    from: "return all_of_it[(0 if window is None else max(0, count - window)) : count]",
    to: "return all_of_it",
  },
  {
    story: "visits",
    name: "rows of others in the history",
    file: "features",
    from: `.groupby("customer")["minutes"].cummax()\n    visits = served_rows`,
    to: `["minutes"].cummax()\n    visits = served_rows`,
  },
  {
    story: "shops",
    name: "a filter left out of the history",
    file: "features",
    from: `sales = sales[kept_rows(sales["open"] == 1)]\n`,
    to: "pass\n",
  },
  {
    story: "shops",
    name: "a history in no order",
    file: "features",
    from: `sales = sales.sort_values(["shop", "product", "day"])\n`,
    to: "sales = sales.sample(frac=1, random_state=1)\n",
  },
  {
    story: "bakery",
    name: "one row less kept than the longest lag needs",
    file: "_feature_history",
    from: ".tail(series.window + 1)",
    to: ".tail(6)",
  },
];

interface ProofRecord {
  readonly proof: string;
  readonly matrix: string | null;
  readonly same: boolean;
  readonly difference: string | null;
}
interface Refusal {
  readonly message: string | null;
  readonly column?: string;
  readonly row?: number;
}
interface Walk {
  readonly asked: number;
  readonly same: number;
  readonly late: Refusal;
  readonly early: Refusal;
  readonly doubled: string | null;
}
interface CaseResult {
  readonly records: readonly ProofRecord[];
  readonly walk: Walk | null;
}

let folder = "";
const results = new Map<string, CaseResult>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-history-"));
  const cases: object[] = [];
  const keys: string[] = [];
  for (const story of STORIES) {
    const script = await readFixture(`${story.name}.py`);
    const notebook = join(folder, `${story.name}.py`);
    await writeFile(notebook, script);
    const staged = await stageScript(script, undefined, undefined, story.declared);
    if (!staged.ok) throw new Error(`${story.name}: ${staged.error.message}`);
    for (const mutant of [undefined, ...MUTANTS.filter((item) => item.story === story.name)]) {
      const packageName = `case_${String(keys.length)}`;
      await writePackage(await featureFiles(staged.value, packageName), mutant);
      keys.push(`${story.name}: ${mutant?.name ?? "as generated"}`);
      cases.push({ ...story, notebook, package: packageName, folder, walk: mutant === undefined });
    }
  }
  const found = await runFeatureScript<CaseResult>("run_history_proofs.py", cases);
  for (const [index, key] of keys.entries()) {
    const result = found[index];
    if (result !== undefined) results.set(key, result);
  }
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(STORIES)("$name: point in time, every proof holds", ({ name, matrices }) => {
  const records = results.get(`${name}: as generated`)?.records ?? [];
  expect(records.filter(({ same }) => !same)).toEqual([]);
  expect(
    records.filter(({ proof }) => proof === "fit-same-as-notebook").map(({ matrix }) => matrix),
  ).toEqual(matrices);
  expect(records.map(({ proof }) => proof)).toEqual(
    expect.arrayContaining([
      "transform-same-as-notebook",
      "one-row-same-as-batch",
      "order-does-not-matter",
      "other-rows-do-not-matter",
      "unserved-columns-do-not-matter",
      "order-of-history-does-not-matter",
      "later-rows-change-nothing",
      "state-saved-and-loaded",
      "trimmed-history-is-enough",
      "history-brought-later-is-the-same",
      "input-unchanged",
    ]),
  );
});

test.each(STORIES)(
  "$name: request by request, each row brought into the history afterwards, gives what the whole table gives",
  ({ name }) => {
    const walk = results.get(`${name}: as generated`)?.walk;
    expect(walk?.asked).toBe(12);
    expect(walk?.same).toBe(12);
  },
);

test.each(STORIES)(
  "$name: a row long after the history is refused by its number",
  ({ name, declared }) => {
    const late = results.get(`${name}: as generated`)?.walk?.late;
    expect(late?.message).toMatch(/the history ends at .*extend_history/u);
    expect(late).toMatchObject({ column: declared.time, row: 1 });
  },
);

test("a row from before what the history keeps is refused with the first time that can be served", () => {
  const early = results.get("bakery: as generated")?.walk?.early;
  expect(early?.message).toMatch(
    /begins too late for this time; rows after 2024-\d\d-\d\d .*can be served/u,
  );
  expect(early).toMatchObject({ column: "day", row: 0 });
});

test.each(STORIES)("$name: two training rows of one entity and time are refused", ({ name }) => {
  expect(results.get(`${name}: as generated`)?.walk?.doubled).toMatch(
    /stand in two rows of the table/u,
  );
});

test.each(MUTANTS)("$story: $name fails the proof", ({ story, name }) => {
  const records = results.get(`${story}: ${name}`)?.records ?? [];
  expect(records.length).toBeGreaterThan(0);
  expect(records.filter(({ same }) => !same)).not.toEqual([]);
});

async function writePackage(
  files: Readonly<Record<string, string>>,
  mutant: Mutant | undefined,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    if (mutant === undefined || !path.endsWith(`/${mutant.file}.py`)) {
      await writeFile(target, text);
      continue;
    }
    if (!text.includes(mutant.from))
      throw new Error(`${mutant.name}: ${mutant.from} is not in ${path}`);
    // The lines of `learn` stay: only what serves is changed.
    const at = text.lastIndexOf(mutant.from);
    await writeFile(target, text.slice(0, at) + mutant.to + text.slice(at + mutant.from.length));
  }
}

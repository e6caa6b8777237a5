/** The proof that matters: generated features, run in a real interpreter, equal the notebook's own matrices; a wrong one is caught. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { churnScript, featureFiles, readFixture, stageScript } from "../support/feature-cases.ts";
import { runFeatureScript } from "../support/feature-python.ts";

const NUMBER: unknown = expect.any(Number);
const YES_OR_NO: unknown = expect.stringMatching(/^(Yes|No)$/u);

interface Story {
  readonly name: string;
  readonly table: string;
  readonly matrices: readonly string[];
  readonly model: string;
  /** What the model's answers look like. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** What is proven besides the notebook's matrices; of rows unless it says otherwise. */
  readonly proofs?: readonly string[];
}

const OF_ROWS: readonly string[] = [
  "one-row-same-as-batch",
  "order-does-not-matter",
  "other-rows-do-not-matter",
  "unserved-columns-do-not-matter",
  "state-saved-and-loaded",
  "input-unchanged",
];

const STORIES: readonly Story[] = [
  {
    name: "buyers",
    table: "sales.csv",
    matrices: ["scaled"],
    model: "groups",
    answer: { cluster: NUMBER },
    proofs: [
      "one-answer-for-each-row",
      "one-entity-same-as-batch",
      "order-does-not-matter",
      "other-entities-do-not-matter",
      "unserved-columns-do-not-matter",
      "state-saved-and-loaded",
      "null-entity-is-refused",
      "missing-entity-is-refused",
      "input-unchanged",
    ],
  },
  {
    name: "churn",
    table: "data/churn.csv",
    matrices: ["X_test_scaled", "X_train_scaled"],
    model: "model",
    answer: {
      label: YES_OR_NO,
      probabilities: { No: NUMBER, Yes: NUMBER },
    },
  },
  {
    name: "houses",
    table: "houses.csv",
    matrices: ["test_matrix", "train_matrix"],
    model: "forest",
    answer: { value: NUMBER },
  },
  {
    name: "shoppers",
    table: "shoppers.csv",
    matrices: ["matrix"],
    model: "groups",
    answer: { cluster: NUMBER },
  },
  {
    name: "loans",
    table: "loans.csv",
    matrices: ["X_test", "X_train"],
    model: "best",
    answer: {
      label: expect.stringMatching(/^(yes|no)$/u) as unknown,
      probabilities: { no: NUMBER, yes: NUMBER },
    },
  },
];

/** One wrong line in `features.py` of a story. */
interface Mutant {
  readonly story: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const MUTANTS: readonly Mutant[] = [
  {
    story: "buyers",
    name: "the last day of the request",
    from: "state.last_day - days.max()",
    to: `sales["day"].max() - days.max()`,
  },
  {
    story: "buyers",
    name: "a limit learned from the request",
    from: "state.price_quantile",
    to: `sales["price"].quantile(0.99)`,
  },
  {
    story: "buyers",
    name: "the mean gap of the request's buyers",
    from: "fillna(state.gap_median)",
    to: `fillna(buyers["gap"].median())`,
  },
  {
    story: "buyers",
    name: "the columns of the request",
    from: "state.spread_columns",
    to: "list(dict.fromkeys(sales.kind))",
  },
  {
    story: "buyers",
    name: "answers in the order of buyers",
    from: ", places)",
    to: ", np.sort(places))",
  },
  {
    story: "buyers",
    name: "returns counted as purchases",
    from: '(sales["pieces"] > 0) & (sales["price"] < state',
    to: '(sales["price"] < state',
  },
  {
    story: "buyers",
    name: "the first row as it came, not by day",
    from: '    sales = sales.sort_values("day")\n    entity_of_row',
    to: "    entity_of_row",
  },
  {
    story: "buyers",
    name: "a row of nobody taken for a buyer's",
    from: `    sales = raw_rows(frame,`,
    to: `    frame = frame.assign(buyer=frame["buyer"].ffill().bfill())\n    sales = raw_rows(frame,`,
  },
  {
    story: "churn",
    name: "another operator",
    from: `frame["total_charges"] / months`,
    to: `frame["total_charges"] * months`,
  },
  { story: "churn", name: "another constant", from: "> 115", to: "> 105" },
  {
    story: "churn",
    name: "another statistic",
    from: `monthly_charges_median = df["monthly_charges"].median()`,
    to: `monthly_charges_median = df["monthly_charges"].mean()`,
  },
  {
    story: "churn",
    name: "a mapping turned round",
    from: `{"Female": 0, "Male": 1}`,
    to: `{"Female": 1, "Male": 0}`,
  },
  {
    story: "churn",
    name: "a statistic of the request",
    from: "fillna(state.monthly_charges_median)",
    to: `fillna(df["monthly_charges"].median())`,
  },
  {
    story: "churn",
    name: "a scaler fitted on the request",
    from: "state.scaler.transform(X_test)",
    to: "StandardScaler().fit_transform(X_test)",
  },
  {
    story: "churn",
    name: "dummies of the request",
    from: "known_dummies(df, state.payment_method_categories, UNSEEN",
    to: "pd.get_dummies(df",
  },
  {
    story: "churn",
    name: "a column taken for unread",
    from: `UNSERVED: tuple[str, ...] = (`,
    to: `UNSERVED: tuple[str, ...] = ("gender", `,
  },
  {
    story: "houses",
    name: "the other version of an encoder",
    from: "label_codes(state.encoder_2,",
    to: "label_codes(state.encoder,",
  },
  {
    story: "houses",
    name: "a statistic of other rows",
    from: "state.built_std",
    to: `houses["built"].std()`,
  },
  { story: "houses", name: "another month", from: ".dt.month", to: ".dt.day" },
  {
    story: "shoppers",
    name: "no dummies for what the request lacks",
    from: "known_dummies(matrix, state.categories, UNSEEN",
    to: "pd.get_dummies(matrix",
  },
  {
    story: "loans",
    name: "one column's median for all",
    from: "state.median[column]",
    to: `state.median["amount"]`,
  },
];

interface ProofRecord {
  readonly proof: string;
  readonly matrix: string | null;
  readonly same: boolean;
  readonly difference: string | null;
}
interface CaseResult {
  readonly records: readonly ProofRecord[];
  readonly answers: readonly unknown[];
}

let folder = "";
const results = new Map<string, CaseResult>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-features-"));
  const cases: object[] = [];
  const keys: string[] = [];
  for (const story of STORIES) {
    const script =
      story.name === "churn" ? await churnScript() : await readFixture(`${story.name}.py`);
    const notebook = join(folder, `${story.name}.py`);
    await writeFile(notebook, script.replaceAll(/^# %%$/gmu, ""));
    const staged = await stageScript(script);
    if (!staged.ok) throw new Error(`${story.name}: ${staged.error.message}`);
    for (const mutant of [undefined, ...MUTANTS.filter((item) => item.story === story.name)]) {
      const key = `${story.name}: ${mutant?.name ?? "as generated"}`;
      const packageName = `case_${String(keys.length)}`;
      await writePackage(await featureFiles(staged.value, packageName), mutant);
      keys.push(key);
      cases.push({
        ...story,
        notebook,
        package: packageName,
        folder,
        data: join(dirname(fileURLToPath(import.meta.url)), "../../examples/churn/data/churn.csv"),
      });
    }
  }
  const found = await runFeatureScript<CaseResult>("run_proofs.py", cases);
  for (const [index, key] of keys.entries()) {
    const result = found[index];
    if (result !== undefined) results.set(key, result);
  }
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(STORIES)(
  "$name: generated features equal the notebook's in every proof",
  ({ name, matrices, proofs }) => {
    const records = results.get(`${name}: as generated`)?.records ?? [];
    expect(records.filter(({ same }) => !same)).toEqual([]);
    const compared = records
      .filter(({ proof }) => proof === "transform-same-as-notebook")
      .map(({ matrix }) => matrix);
    expect(new Set(compared)).toEqual(new Set(matrices));
    expect(records.map(({ proof }) => proof)).toEqual(
      expect.arrayContaining([...(proofs ?? OF_ROWS)]),
    );
  },
);

test.each(STORIES)("$name: the predictor answers rows that came as JSON", ({ name, answer }) => {
  expect(results.get(`${name}: as generated`)?.answers).toEqual([answer, answer, answer]);
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
    if (mutant !== undefined && path.endsWith("/features.py")) {
      if (!text.includes(mutant.from))
        throw new Error(`${mutant.name}: ${mutant.from} is not in features.py`);
      await writeFile(target, text.replace(mutant.from, mutant.to));
    } else await writeFile(target, text);
  }
}

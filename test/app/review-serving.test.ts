// A person declares whose a row is and when, for a notebook whose features look at earlier rows.
import { expect, test } from "vitest";
import {
  reviewServing,
  type ServingAnswer,
  type ServingReview,
} from "../../src/app/review-serving.ts";
import type { ServingChoice } from "../../src/pipeline/serve-plan.ts";
import { programOf } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression`;
const READ = 'df = pd.read_csv("sales.csv", parse_dates=["date"])';
const FIT = `X = df[["before", "price"]]
model = LinearRegression()
model.fit(X, df["sold"])`;

const byShop = 'df["before"] = df.groupby(["shop", "product"])["sold"].shift(1)';
const series = (time: string, ...entity: readonly string[]): ServingAnswer => ({
  kind: "decide",
  series: { entity, time },
});

interface Talk {
  readonly feature?: string;
  readonly onRecord?: ServingChoice;
  readonly answers?: readonly ServingAnswer[];
}

/** Answers in order, then accepts; gives what was shown each time and what came out. */
async function talk({ feature = byShop, onRecord = {}, answers = [] }: Talk): Promise<{
  readonly shown: readonly ServingReview[];
  readonly serving: ServingChoice;
}> {
  const { program } = await programOf([HEAD, READ, feature, FIT]);
  const shown: ServingReview[] = [];
  const planning = {
    program,
    name: "sales",
    root: "../..",
    observation: undefined,
    python: "3.11",
    cut: "role" as const,
    decisions: [],
    serving: onRecord,
  };
  const serving = await reviewServing(
    planning,
    (review) => {
      const answer = answers[shown.length];
      shown.push(review);
      return Promise.resolve(answer ?? { kind: "accept" });
    },
    await pythonParser(),
  );
  return { shown, serving };
}

test("offers what the code groups by and sorts by, and brings the decision back as pipeline.yaml has it", async () => {
  const { shown, serving } = await talk({ answers: [series("date", "shop", "product")] });
  expect(shown[0]).toMatchObject({ times: ["date"], keys: ["shop", "product"], taken: undefined });
  expect(shown[0]?.entities("date")).toEqual([["shop", "product"], ["shop"], ["product"]]);
  expect(shown[1]).toMatchObject({ taken: { entity: ["shop", "product"], time: "date" } });
  expect(serving).toEqual({ entity: ["shop", "product"], time: "date" });
  const one = await talk({ answers: [series("date", "shop")], onRecord: { unseen: "null" } });
  expect(one.serving).toEqual({ entity: "shop", time: "date", unseen: "null" });
});

test("offers no column where rows are counted back in the whole table, whoever's they are", async () => {
  const { shown, serving } = await talk({
    feature: 'df = df.sort_values(["shop", "date"])\ndf["before"] = df["sold"].shift(1)',
    answers: [series("date", "shop")],
  });
  expect(shown[0]?.keys).toEqual(["shop"]);
  expect(shown[0]?.entities("date")).toEqual([[]]);
  expect(shown[1]).toMatchObject({
    taken: undefined,
    refused: expect.stringMatching(/group by/) as unknown,
  });
  expect(serving).toEqual({});
});

test("offers a single series where the table is in the order of its time", async () => {
  const { shown, serving } = await talk({
    feature: 'df = df.sort_values("date")\ndf["before"] = df["sold"].shift(1)',
    answers: [series("date")],
  });
  expect(shown[0]?.entities("date")).toEqual([[]]);
  expect(serving).toEqual({ entity: undefined, time: "date" });
});

test.each([
  {
    name: "later rows, which no declaration brings",
    feature: 'df["before"] = df.groupby("shop")["sold"].shift(-1)',
  },
  {
    name: "a draw behind the lag",
    feature: `${byShop}\ndf["before"] = df["before"] + np.random.rand(len(df))`,
  },
])("offers nothing for $name", async ({ feature }) => {
  const { shown, serving } = await talk({
    feature,
    answers: [series("date", "shop", "product")],
  });
  // The question may be asked, but nothing that is answered counts.
  for (const review of shown) expect(review.entities("date")).toEqual([]);
  expect(shown.at(-1)?.refused ?? "not asked").toMatch(/rand|not asked/);
  expect(serving).toEqual({});
});

test("takes the decision back", async () => {
  const { shown, serving } = await talk({
    answers: [series("date", "shop"), { kind: "undo" }],
  });
  expect(shown[2]).toMatchObject({ taken: undefined, refused: undefined });
  expect(serving).toEqual({});
});

test("a column cannot say both whose a row is and when", async () => {
  const { shown } = await talk({ answers: [series("shop", "shop")] });
  expect(shown[1]?.refused).toBe("shop cannot say both whose a row is and when it was");
});

test("leaves serving as it is when nothing is chosen, and asks nothing that is declared or not needed", async () => {
  expect(await talk({})).toMatchObject({ serving: {}, shown: [{}] });
  const declared = { entity: ["shop", "product"], time: "date" };
  expect(await talk({ onRecord: declared })).toEqual({ serving: declared, shown: [] });
  const plain = await talk({ feature: 'df["before"] = df["price"] * 2' });
  expect(plain).toEqual({ serving: {}, shown: [] });
});

test("gives up without a decision", async () => {
  await expect(talk({ answers: [{ kind: "give-up" }] })).rejects.toMatchObject({
    code: "interrupted",
  });
});

test("offers the entity that the model takes rows of in place of another one", async () => {
  const { program } = await programOf([
    `${HEAD}\nfrom sklearn.cluster import KMeans`,
    'df = pd.read_csv("purchases.csv")',
    'rows = df.groupby("customer").agg(spent=("amount", "sum"))',
    "model = KMeans(n_clusters=2, n_init=3, random_state=1)\nmodel.fit(rows)",
  ]);
  const shown: ServingReview[] = [];
  const serving = await reviewServing(
    {
      program,
      name: "groups",
      root: "../..",
      observation: undefined,
      python: "3.11",
      cut: "role",
      serving: { entity: "shop" },
    },
    (review) => {
      shown.push(review);
      return Promise.resolve(
        review.taken === undefined
          ? { kind: "decide", series: { entity: ["customer"], time: undefined } }
          : { kind: "accept" },
      );
    },
    await pythonParser(),
  );
  expect(shown[0]).toMatchObject({ times: undefined, keys: ["customer"] });
  expect(shown[0]?.entities(undefined)).toContainEqual(["customer"]);
  expect(serving).toEqual({ entity: "customer" });
});

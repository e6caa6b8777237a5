/** Train and test put under each other for their features, and taken apart again: by counting, or in ways that are refused. */
import type { Idiom } from "./idiom.ts";

const OTHERS = `others = pd.read_csv("others.csv")\n`;
const STACKED = `${OTHERS}full = pd.concat([df, others])\n`;
const FILLED = `full["age"] = full["age"].fillna(full["age"].mean())\n`;

export const STACKS: readonly Idiom[] = [
  {
    number: 0,
    name: "statistics of two tables under each other",
    lines: `${STACKED}${FILLED}full["a"] = full["fare"] / full["kids"].max()\ndf = full[:len(df)]`,
    at: `full["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "two tables under each other, taken apart at a counted row",
    lines: `${OTHERS}n = df.shape[0]\nfull = pd.concat((df.drop(columns=["height"]), others), axis=0, sort=False).reset_index(drop=True)\nfull["city"] = full["city"].fillna("none")\nfull["city"] = LabelEncoder().fit_transform(full["city"])\n${FILLED}df, rest = full.iloc[:n], full.iloc[n:]`,
    at: `full["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "two tables under each other, taken apart one by one",
    lines: `${OTHERS}n = df.shape[0]\nfull = pd.concat((df.drop(columns=["height"]), others), axis=0, sort=False).reset_index(drop=True)\nfull["city"] = full["city"].fillna("none")\nfull["city"] = LabelEncoder().fit_transform(full["city"])\n${FILLED}df = full.iloc[:n, :]\nrest = full.iloc[n:, :]`,
    at: `full["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "indicator columns of two tables under each other",
    lines: `${OTHERS}n = len(df)\ndf = pd.concat([df, others], ignore_index=True)\ndf = pd.get_dummies(df, columns=["kind"])\ndf = df[:n]`,
    at: `df = pd.get_dummies`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a table without a column that the other one has",
    lines: `${OTHERS}others["kids"] = others["kids"] + 0.5\nfull = pd.concat([df, others])\nfull["note"] = full["kids"].astype(str).str.len()\n${FILLED}df = full[0:len(df)]`,
    at: `full["note"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "two tables under each other that stay together",
    lines: `${STACKED}${FILLED}df = full`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
  {
    number: 0,
    name: "the rows of the other table",
    lines: `${STACKED}${FILLED}df = full[len(df):]`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
  {
    number: 0,
    name: "as many rows as the other table has",
    lines: `${STACKED}${FILLED}df = full[:len(others)]`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
  {
    number: 0,
    name: "a count of rows of which some are gone by then",
    lines: `${OTHERS}n = len(df)\ndf = df.dropna()\nfull = pd.concat([df, others])\n${FILLED}df = full[:n]`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
  {
    number: 0,
    name: "a count of rows that changes later",
    lines: `${STACKED}df = df.dropna()\n${FILLED}df = full[:len(df)]`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
  {
    number: 0,
    name: "rows left out of two tables under each other",
    lines: `${STACKED}full = full[full["fare"] > 3]\ndf = full[:len(df)]`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
  {
    number: 0,
    name: "rows of two tables in another order",
    lines: `${STACKED}full = full.sort_values("fare")\ndf = full[:len(df)]`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
  {
    number: 0,
    name: "a column of one table beside those of two",
    lines: `${STACKED}full["a"] = df["fare"] * 2\ndf = full[:len(df)]`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
  {
    number: 0,
    name: "training rows at the end",
    lines: `${OTHERS}full = pd.concat([others, df])\n${FILLED}df = full[len(others):]`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
];

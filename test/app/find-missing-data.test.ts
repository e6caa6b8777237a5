/** What a failed step should have read and could not, and how to have it. */
import { expect, test } from "vitest";
import { findMissingData } from "../../src/app/find-missing-data.ts";
import { sha256 } from "../../src/base/hash.ts";
import { PipelineFile } from "../../src/pipeline/schema.ts";
import { memoryFiles } from "../support/memory-files.ts";

const LOCK = `version: 1
datasets:
  work/data/churn.csv:
    digest: ${sha256("rows")}
    bytes: 4
  work/parts/a.csv:
    digest: ${sha256("rows")}
    bytes: 4
`;

interface Case {
  readonly name: string;
  readonly reads: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly says: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "what is there",
    reads: ["data/churn.csv"],
    files: { "work/data/churn.csv": "rows" },
    says: [],
  },
  {
    name: "what the lock has",
    reads: ["data/churn.csv"],
    files: { "datasets.lock.yaml": LOCK },
    says: [
      "work/data/churn.csv: datasets.lock.yaml has it: mlops datasets fetch work/data/churn.csv",
    ],
  },
  {
    name: "a folder of which the lock has a file",
    reads: ["parts"],
    files: { "datasets.lock.yaml": LOCK },
    says: ["work/parts: datasets.lock.yaml has it: mlops datasets fetch work/parts"],
  },
  {
    name: "what no lock has",
    reads: ["data/other.csv"],
    files: { "datasets.lock.yaml": LOCK },
    says: [
      "work/data/other.csv: put it there (git checkout brings back what is in git), then run again: the steps that finished are kept",
    ],
  },
  {
    name: "a lock that cannot be read says nothing",
    reads: ["data/churn.csv"],
    files: { "datasets.lock.yaml": "version: [" },
    says: [
      "work/data/churn.csv: put it there (git checkout brings back what is in git), then run again: the steps that finished are kept",
    ],
  },
  {
    name: "addresses, patterns and what another step writes are not looked for",
    reads: ["https://example.org/churn.csv", "data/*.csv", "made.csv"],
    files: {},
    says: [],
  },
];

test.each(CASES)("$name", async ({ reads, files, says }) => {
  const file = PipelineFile.parse({
    version: 1,
    name: "churn",
    root: "../../work",
    notebook: { path: "work/churn.ipynb", sha256: sha256("") },
    python: "3.11",
    artifacts: {},
    steps: [
      { name: "make", cells: [1], writes: ["made.csv"] },
      { name: "load", cells: [2], reads },
    ],
  });
  const found = await findMissingData(
    { file, folder: "pipelines/churn" },
    "load",
    memoryFiles(files),
  );
  expect(found.map(({ where, hint }) => `${where?.path ?? ""}: ${hint ?? ""}`)).toEqual(says);
  expect(found.every(({ code, severity }) => code === "data-missing" && severity === "error")).toBe(
    true,
  );
});

import { expect, test } from "vitest";
import { findChangedOriginals } from "../../src/app/changed-originals.ts";
import { sha256 } from "../../src/base/hash.ts";
import { memoryFiles } from "../support/memory-files.ts";

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly says: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "files as they were promoted are not mentioned",
    files: { "work/train.ipynb": "old notebook", "work/helpers.py": "old module" },
    says: [],
  },
  {
    name: "a notebook and a module that were saved since are named",
    files: { "work/train.ipynb": "new notebook", "work/helpers.py": "new module" },
    says: ["work/train.ipynb notebook-changed", "work/helpers.py module-changed"],
  },
  {
    name: "a module that was only given other line ends counts as changed",
    files: { "work/train.ipynb": "old notebook", "work/helpers.py": "old module\n" },
    says: ["work/helpers.py module-changed"],
  },
  { name: "originals that are not here are not missed", files: {}, says: [] },
];

test.each(CASES)("$name", async ({ files, says }) => {
  const found = await findChangedOriginals(
    {
      name: "churn",
      notebook: { path: "work/train.ipynb", sha256: sha256("old notebook") },
      modules: [{ path: "work/helpers.py", sha256: sha256("old module") }],
    },
    memoryFiles(files),
  );
  expect(found.map(({ where, code }) => `${where?.path ?? ""} ${code}`)).toEqual(says);
  for (const { hint } of found)
    expect(hint).toContain("mlops promote work/train.ipynb --name churn");
});

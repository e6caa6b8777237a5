/** A certificate speaks of one state of the data: what the runs found, and what is there at the end. */
import { expect, test } from "vitest";
import { checkDataIsStillThere, checkSameData } from "../../src/app/check-data-unchanged.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { Observation } from "../../src/observation/schema.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { ranStatement } from "../support/ran-statement.ts";

type Use = Readonly<Record<string, string | null>>;

/** A run whose statements read and write these contents; null is a file elsewhere. */
function observed(
  ...statements: readonly { readonly read?: Use; readonly written?: Use }[]
): Observation {
  const uses = (files: Use = {}) =>
    Object.entries(files).map(([path, text]) => ({
      path,
      sha256: text === null ? null : sha256(text),
    }));
  return {
    statements: statements.map(({ read, written }, index) =>
      ranStatement(1, { index, filesRead: uses(read), filesWritten: uses(written) }),
    ),
    cells: [],
    captures: [],
    environment: undefined,
  };
}

const CHANGED = expect.objectContaining({
  code: "data-changed-while-promoting",
  exitCode: 2,
  where: { path: "notebooks/data.csv" },
  message: expect.stringContaining("notebooks/data.csv was changed") as string,
}) as unknown;

test.each<{
  readonly name: string;
  readonly run: Observation;
  readonly now?: string;
  readonly isChanged: boolean;
}>([
  {
    name: "data as it was",
    run: observed({ read: { "data.csv": "1" } }),
    now: "1",
    isChanged: false,
  },
  {
    name: "data that got a row",
    run: observed({ read: { "data.csv": "1" } }),
    now: "2",
    isChanged: true,
  },
  { name: "data that is gone", run: observed({ read: { "data.csv": "1" } }), isChanged: true },
  {
    name: "a file elsewhere, which the run did not read from a copy",
    run: observed({ read: { "/mnt/data.csv": null } }),
    isChanged: false,
  },
  {
    name: "a file that the notebook itself writes first",
    run: observed({ written: { "data.csv": "1" } }, { read: { "data.csv": "1" } }),
    now: "0",
    isChanged: false,
  },
  {
    name: "a file that the notebook reads and then writes",
    run: observed(
      { read: { "data.csv": "1" }, written: { "data.csv": "2" } },
      { read: { "data.csv": "2" } },
    ),
    now: "1",
    isChanged: false,
  },
])("$name", async ({ run, now, isChanged }) => {
  const files = memoryFiles(now === undefined ? {} : { "notebooks/data.csv": now });
  const thrown: unknown = await checkDataIsStillThere(run, "notebooks", files).catch(
    (error: unknown) => error,
  );
  expect(thrown).toEqual(isChanged ? CHANGED : undefined);
});

test("the second run must find what the first found", () => {
  const first = observed({ read: { "data.csv": "1" } });
  checkSameData(first, observed({ read: { "data.csv": "1", "more.csv": "2" } }), "notebooks");
  expect(() => {
    checkSameData(first, observed({ read: { "data.csv": "2" } }), "notebooks");
  }).toThrow(CHANGED as Error);
});

/**
 * Constructs that are hard to extract: each case is promoted for real, once with a step for each statement and once
 * with a step for each cell, and compared with its cells run as one plain program.
 *
 * A case ends right (verified, and the pipeline leaves the files that the plain program leaves), or is refused with a
 * code and the cell. Where steps had to be joined, the reason is part of the case.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { Cut } from "../../src/pipeline/segment.ts";
import { type PromotedCells, promoteCells } from "./promote-cells.ts";
import { pythonForTests } from "./python-environment.ts";

export interface ConstructCase {
  readonly name: string;
  readonly cells: readonly string[];
  /** What the cells mean as plain Python, where that is not to be asked of the reader under test. */
  readonly plain?: readonly string[];
  /** Files beside the notebook, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Steps at least with one for each cell: a case about crossing must not pass by being one step. */
  readonly steps?: number;
  /** Part of the reason why steps were joined; when absent none may have been, with one step for each cell. */
  readonly merged?: RegExp;
  /** Why and where it is refused; when absent it has to be verified. */
  readonly refused?: { readonly code: string; readonly cell: number };
  /** What the notebook does not repeat, and so is not compared; none when absent. */
  readonly excluded?: readonly string[];
  /** Files that hold the same in other bytes; that they do is what the certificate says. */
  readonly otherBytes?: readonly string[];
}

/** A cell that writes a value's text, so that it can be compared with what a plain program writes. */
export function keep(expression: string): string {
  return `open("out.txt", "w").write(repr(${expression}))`;
}

const CUTS: readonly Cut[] = ["statement", "cell"];

/** Declares the tests of a family. */
export function testConstructs(family: string, cases: readonly ConstructCase[]): void {
  describe(family, () => {
    let python = "";
    beforeAll(async () => {
      // Other versions of the libraries have other views: `MLOPS_CONSTRUCTS_PYTHON` names an interpreter with those.
      python = process.env["MLOPS_CONSTRUCTS_PYTHON"] ?? (await pythonForTests());
    });
    for (const cut of CUTS)
      test.each(cases)(`$name, cut by ${cut}`, async (row) => {
        await checkConstruct(row, cut, python);
      });
  });
}

async function checkConstruct(
  {
    cells,
    plain,
    files,
    steps = 1,
    merged,
    refused,
    excluded = [],
    otherBytes = [],
  }: ConstructCase,
  cut: Cut,
  python: string,
): Promise<void> {
  const promoted = await promoteCells({
    cells,
    cut,
    python,
    ...(plain === undefined ? {} : { plain }),
    ...(files === undefined ? {} : { files }),
  });
  const { code, cell } = promoted.refused ?? {};
  expect(promoted.refused === undefined ? undefined : { code, cell }).toEqual(refused);
  if (refused !== undefined) return;
  expect(promoted.broken).toBe("");
  expect(promoted.differences).toEqual([]);
  const certificate = promoted.result?.certificate;
  expect((certificate?.excluded ?? []).map(({ name }) => name)).toEqual(
    expect.arrayContaining([...excluded]),
  );
  expect(certificate?.verdict).toBe(
    excluded.length === 0 ? "verified" : "verified-with-exclusions",
  );
  expect(without(promoted.ran, [...excluded, ...otherBytes])).toEqual(
    without(promoted.plain, [...excluded, ...otherBytes]),
  );
  expect(promoted.result?.plan.steps.length).toBeGreaterThanOrEqual(cut === "cell" ? steps : 1);
  // With a finer cut there may be reasons that the coarser one has not.
  expect(reasonsFor(promoted)).toMatch(merged ?? (cut === "cell" ? /^$/ : /^/));
}

/** Why steps were joined, one line each. */
function reasonsFor({ result }: PromotedCells): string {
  return (result?.diagnostics ?? [])
    .filter(({ code }) => code === "steps-merged" || code === "steps-merged-to-verify")
    .map(({ message }) => message)
    .join("\n");
}

function without(
  files: Readonly<Record<string, string>> | undefined,
  left: readonly string[],
): unknown {
  if (files === undefined) return undefined;
  return Object.fromEntries(Object.entries(files).filter(([path]) => !left.includes(path)));
}

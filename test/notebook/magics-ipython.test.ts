/** IPython's own verdict on each case, stored by the scripts in `test/fixtures/notebooks`, against ours. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Magic } from "../../src/notebook/magic.ts";
import { neutralizeMagics } from "../../src/notebook/magics.ts";

const Verdict = z.object({
  source: z.string(),
  constructs: z.array(z.tuple([z.number(), z.number(), z.string()])),
  python: z.string().optional(),
});
type Verdict = z.infer<typeof Verdict>;

const verdicts = z.array(Verdict).parse(readJson("ipython-verdicts.json"));

function readJson(name: string): unknown {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/notebooks/${name}`, import.meta.url), "utf8"),
  ) as unknown;
}

test.each(verdicts.map((verdict) => [JSON.stringify(verdict.source), verdict] as const))(
  "agrees with IPython on %s",
  (_name, verdict) => {
    checkVerdict(verdict);
  },
);

const Generated = z
  .tuple([z.looseObject({ ipython: z.string() })])
  .rest(
    z.union([
      z.tuple([z.string(), Verdict.shape.constructs]),
      z.tuple([z.string(), Verdict.shape.constructs, z.string()]),
    ]),
  );

test("agrees with IPython on generated cells, in which its syntax stands anywhere among Python", () => {
  const [, ...cells] = Generated.parse(readJson("ipython-generated.json"));
  expect(cells.length).toBeGreaterThan(2000);
  for (const [source, constructs, python] of cells)
    checkVerdict({
      source,
      constructs,
      python: python ?? (constructs.length === 0 ? source : undefined),
    });
});

function checkVerdict({ source, constructs, python }: Verdict): void {
  const neutral = neutralizeMagics(source);
  const found = neutral.magics.map((magic) => describe(source, magic));
  // The body of a cell magic is another cell to IPython, so only the first construct is compared there.
  const isCell = constructs[0]?.[2] === "cell";
  expect(isCell ? found.slice(0, 1) : found).toEqual(
    constructs.map(([first, last, kind]) => [first, isCell ? first : last, kind]),
  );
  // IPython's Python is only stored where nothing was left out of it.
  expect(meant(neutral.python)).toBe(meant(python ?? neutral.python));
}

/** Lines of blanks mean nothing outside of strings, and inside of them IPython empties them. */
function meant(python: string): string {
  return python.replaceAll(/^[ \t]+$/gm, "").trimEnd();
}

function describe(source: string, magic: Magic): readonly [number, number, string] {
  const lastLine = source.slice(0, magic.span.end).split("\n").length;
  const kinds = {
    "line-magic": "line",
    "cell-magic": "cell",
    "auto-call": "autocall",
    shell: "shell",
    help: "help",
    assignment: "assignment",
  } as const;
  const kind = kinds[magic.form];
  return [magic.line, kind === "cell" ? magic.line : lastLine, kind];
}

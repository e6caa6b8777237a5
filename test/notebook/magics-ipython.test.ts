/** IPython's own verdict on each case, stored by `test/fixtures/notebooks/ipython_verdicts.py`, against ours. */
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

const verdicts = z
  .array(Verdict)
  .parse(
    JSON.parse(
      readFileSync(new URL("../fixtures/notebooks/ipython-verdicts.json", import.meta.url), "utf8"),
    ),
  );

test.each(verdicts.map((verdict) => [JSON.stringify(verdict.source), verdict] as const))(
  "agrees with IPython on %s",
  (_name, verdict) => {
    checkVerdict(verdict);
  },
);

function checkVerdict({ source, constructs, python }: Verdict): void {
  const neutral = neutralizeMagics(source);
  const found = neutral.magics.map((magic) => describe(source, magic));
  // The body of a cell magic is another cell to IPython, so only the first construct is compared there.
  const isCell = constructs[0]?.[2] === "cell";
  expect(isCell ? found.slice(0, 1) : found).toEqual(
    constructs.map(([first, last, kind]) => [first, isCell ? first : last, kind]),
  );
  // IPython's Python is only stored where nothing was left out of it.
  expect(neutral.python.trimEnd()).toBe((python ?? neutral.python).trimEnd());
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

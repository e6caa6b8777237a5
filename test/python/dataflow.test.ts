import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { buildDataflow } from "../../src/python/dataflow.ts";
import { pythonParser } from "../support/python-parser.ts";

interface DataflowCase {
  readonly name: string;
  readonly text: string;
  /** `from→to name kind version`, by line of the statements. */
  readonly edges: readonly string[];
}

const CASES: readonly DataflowCase[] = [
  {
    name: "each value of a name is a version",
    text: "x = 1\ny = x\nx = 2\nz = x\n",
    edges: ["1→2 x value 1", "3→4 x value 2"],
  },
  {
    name: "a change in place depends on what was there",
    text: "a = []\na.append(1)\nb = len(a)\n",
    edges: ["1→2 a value 1", "2→3 a mutation 2"],
  },
  {
    name: "a change through another name",
    text: "a = []\nb = a\nb.append(1)\nc = len(a)\n",
    edges: ["1→2 a value 1", "1→3 a value 1", "2→3 b value 1", "3→4 a alias 2"],
  },
  {
    name: "a conditional write hands the older value on",
    text: "x = 1\nif x:\n    x = 2\ny = x\n",
    edges: ["1→2 x value 1", "2→4 x value 2"],
  },
  {
    name: "many changes make a chain, not a net",
    text: "a = []\na.append(1)\na.append(2)\nb = a\n",
    edges: ["1→2 a value 1", "2→3 a mutation 2", "3→4 a mutation 3"],
  },
  {
    name: "a file that is written and read",
    text: "import joblib\njoblib.dump(1, 'm')\nx = joblib.load('m')\n",
    edges: ["1→2 joblib value 1", "1→3 joblib value 1", "2→3 file:m ambient 1"],
  },
];

test.each(CASES)("$name", async ({ text, edges }) => {
  const program = analyzeProgram([{ id: "1", text }], await pythonParser());
  const lineOf = (at: number): string => String(program.statements[at]?.line);
  const found = buildDataflow(program).map(
    ({ from, to, name, kind, version }) =>
      `${lineOf(from)}→${lineOf(to)} ${name} ${kind} ${String(version)}`,
  );
  expect(found.sort()).toEqual([...edges].sort());
});

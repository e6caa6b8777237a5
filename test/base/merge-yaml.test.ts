import { expect, test } from "vitest";
import { mergeYaml } from "../../src/base/merge-yaml.ts";

interface Case {
  readonly name: string;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly text: string;
  /** `kind path`. */
  readonly findings?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "keeps a person's value and comment beside a new parameter",
    base: "# Parameters\nseed: 42\ndepth: 3\n",
    ours: "# Parameters\nseed: 7 # ours\ndepth: 3\n",
    theirs: "# Parameters\nseed: 42\nrate: 0.1\ndepth: 3\n",
    text: "# Parameters\nseed: 7 # ours\nrate: 0.1\ndepth: 3\n",
  },
  {
    name: "takes the notebook's change to a value nobody edited and keeps the comment at it",
    base: "seed: 42\ndepth: 3\n",
    ours: "seed: 42 # fixed for the audit\ndepth: 4\n",
    theirs: "seed: 43\ndepth: 3\n",
    text: "seed: 43 # fixed for the audit\ndepth: 4\n",
  },
  {
    name: "lets a person's value stand where both changed it, and says so",
    base: "depth: 3\n",
    ours: "depth: 4\n",
    theirs: "depth: 5\n",
    text: "depth: 4\n",
    findings: ["both-changed depth"],
  },
  {
    name: "drops what the notebook dropped, and says so when a person had changed it",
    base: "depth: 3\nrate: 0.1\nseed: 1\n",
    ours: "depth: 4\nrate: 0.1\nseed: 2\n",
    theirs: "seed: 1\n",
    text: "seed: 2\n",
    findings: ["gone depth"],
  },
  {
    name: "leaves out what a person left out, until the notebook changes it",
    base: "a: 1\nb: 2\nc: 3\n",
    ours: "c: 4\n",
    theirs: "a: 1\nb: 5\nc: 3\n",
    text: "b: 5\nc: 4\n",
    findings: ["put-back b"],
  },
  {
    name: "tells one from one point zero",
    base: "alpha: 1\nseed: 1\n",
    ours: "alpha: 1\nseed: 2\n",
    theirs: "alpha: 1.0\nseed: 1\n",
    text: "alpha: 1.0\nseed: 2\n",
  },
  {
    name: "finds list items by their name, wherever they moved",
    base: "steps:\n  - name: load\n    cells: [1]\n  - name: train\n    cells: [2]\n",
    ours: "steps:\n  - name: load\n    cells: [1]\n  # big machine\n  - name: train\n    cells: [2]\n    resources: { cpu: 8 }\n",
    theirs:
      "steps:\n  - name: load\n    cells: [1]\n  - name: clean\n    cells: [2]\n  - name: train\n    cells: [3]\n",
    text: "steps:\n  - name: load\n    cells: [1]\n  - name: clean\n    cells: [2]\n  # big machine\n  - name: train\n    cells: [3]\n    resources: { cpu: 8 }\n",
  },
  {
    name: "joins what both sides added to a list of plain values",
    base: "reads: [a.csv]\n",
    ours: "reads: [a.csv, ours.csv]\n",
    theirs: "reads: [b.csv, a.csv]\n",
    text: "reads: [ b.csv, a.csv, ours.csv ]\n",
  },
  {
    name: "never takes an edit of what is derived",
    base: "steps:\n  - name: load\n    cells: [1]\nschedule: null\n",
    ours: "steps:\n  - name: load\n    cells: [9]\nschedule: weekly\n",
    theirs: "steps:\n  - name: load\n    cells: [1]\nschedule: null\n",
    text: "steps:\n  - name: load\n    cells: [ 1 ]\nschedule: weekly\n",
    findings: ["overruled steps.load.cells"],
  },
  {
    name: "puts the first parameter into a file that had none",
    base: "{}\n",
    ours: "# none yet\n{}\n",
    theirs: "seed: 1\n",
    text: "# none yet\nseed: 1\n",
  },
];

/** How wide brackets stand is the printer's business. */
function unpadded(text: string): string {
  return text.replaceAll("[ ", "[").replaceAll(" ]", "]");
}

for (const { name, base, ours, theirs, text, findings } of cases) {
  test(name, () => {
    const merged = mergeYaml({ base, ours, theirs }, ["steps.*.cells"]);
    expect(unpadded(merged?.text ?? "")).toBe(unpadded(text));
    expect(merged?.findings.map(({ kind, path }) => `${kind} ${path.join(".")}`)).toEqual(
      findings ?? [],
    );
  });
}

test("leaves a text alone that is no YAML", () => {
  expect(mergeYaml({ base: "a: 1\n", ours: "a: [", theirs: "a: 2\n" }, [])).toBeUndefined();
});

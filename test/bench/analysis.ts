/** Reading, analyzing and planning a notebook once the process is up, against parsing its text alone. */
import { performance } from "node:perf_hooks";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { buildNotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { planNotebook } from "../../src/pipeline/plan-notebook.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";
import { median } from "./median.ts";

const RUNS = 15;
const WARM_UPS = 5;
const SIZES = [10, 100, 1000] as const;

export async function measureAnalysis(): Promise<string> {
  const parser = await pythonParser();
  const stories = SIZES.map((size) => ({
    size,
    cells: storyOf(size),
    analyze: [] as number[],
    parse: [] as number[],
  }));
  for (let run = -WARM_UPS; run < RUNS; run += 1) {
    for (const story of stories) {
      const text = notebookText(story.cells);
      const parsing = timed(() => {
        for (const cell of story.cells) parser.parse(cell);
      });
      const analyzing = timed(() => {
        const notebook = readNotebook(text, "story.ipynb").value;
        if (notebook === undefined) throw new Error("the bench notebook does not read");
        const { value: program, diagnostics } = buildNotebookProgram(notebook, parser);
        const planned = planNotebook({
          program,
          name: "story",
          root: ".",
          observation: undefined,
          python: "3.11",
          cut: "role",
        });
        if (planned.plan === undefined)
          throw new Error(
            [...diagnostics, ...planned.diagnostics].map((found) => found.message).join("; "),
          );
      });
      if (run < 0) continue;
      story.parse.push(parsing);
      story.analyze.push(analyzing);
    }
  }
  const lines = stories.map(({ size, analyze, parse }) => {
    const time = median(analyze);
    return `  ${String(size).padStart(4)} cells ${time.toFixed(1).padStart(8)} ms   ${((time / size) * 1000).toFixed(0).padStart(5)} µs a cell   × ${(time / median(parse)).toFixed(2)} of parsing alone`;
  });
  return ["read, analyze and plan, process up, median of " + String(RUNS) + " runs", ...lines].join(
    "\n",
  );
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** A believable notebook of `size` code cells, about six lines each: one table, then column work, models and metrics. */
function storyOf(size: number): readonly string[] {
  const cells = [
    "import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score\nfrom sklearn.model_selection import train_test_split",
    'df = pd.read_csv("data.csv")\nprint(df.shape)\ndf.head()',
  ];
  for (let at = cells.length; at < size - 2; at += 1)
    cells.push(CELLS[at % CELLS.length]?.replaceAll("#", String(at)) ?? "");
  cells.push(
    'X = df.drop(columns=["label"])\ny = df["label"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)\nmodel = LogisticRegression(max_iter=200)\nmodel.fit(X_train, y_train)',
    'predictions = model.predict(X_test)\naccuracy = accuracy_score(y_test, predictions)\nprint(f"accuracy {accuracy:.3f}")',
  );
  return cells;
}

const CELLS = [
  '# column #\ndf["a#"] = df["x"] / (df["y"] + 1)\ndf["b#"] = np.log1p(df["a#"].clip(lower=0))\ndf.loc[df["b#"] > 3, "b#"] = 3\ndf["c#"] = df["kind"].map({"one": 1, "two": 2}).fillna(0)\ndf[["a#", "b#", "c#"]].describe()',
  'def scale#(frame, name, low=0.0, high=1.0):\n    column = frame[name]\n    span = column.max() - column.min()\n    return (column - column.min()) / (span or 1.0) * (high - low) + low\n\n\ndf["s#"] = scale#(df, "x")',
  'totals# = {}\nfor name, part in df.groupby("kind"):\n    if len(part) > 2:\n        totals#[name] = part["x"].sum()\n    else:\n        totals#[name] = 0\nprint(totals#)',
  'mean#, deviation# = df["x"].mean(), df["x"].std()\ndf["z#"] = (df["x"] - mean#) / deviation#\noutliers# = df[df["z#"].abs() > 3]\nassert len(outliers#) < len(df)\noutliers#.head()',
];

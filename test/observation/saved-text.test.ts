import { expect, test } from "vitest";
import {
  compareTexts,
  firstDifference,
  type TextAgreement,
} from "../../src/observation/saved-text.ts";

interface Case {
  readonly name: string;
  readonly saved: string;
  readonly later: string;
  readonly how: TextAgreement;
}

function check({ saved, later, how }: Case): void {
  expect(compareTexts(saved, later)).toBe(how);
  expect(compareTexts(later, saved)).toBe(how);
}

test.each<Case>([
  { name: "equal text is the same", saved: "rows: 12\n", later: "rows: 12", how: "same" },
  {
    name: "line breaks are the writer's",
    saved: "[1,\n 2,\n 3]",
    later: "[1, 2, 3]",
    how: "same",
  },
  {
    name: "an address says nothing",
    saved: "<__main__.Model at 0x7f8c1a2b3c40>",
    later: "<__main__.Model at 0x10a3f9d90>",
    how: "same",
  },
  {
    name: "how long something took says nothing",
    saved: "CPU times: user 3 ms, sys: 1 ms\nWall time: 4.1 ms\nfitted in 3.21 seconds",
    later: "fitted in 0.07 seconds",
    how: "same",
  },
  {
    name: "a progress bar is no output",
    saved: "\r  0%|          | 0/4 [00:00<?, ?it/s]\r100%|██████████| 4/4 [00:01<00:00]\ndone\n",
    later: "done\n",
    how: "same",
  },
  {
    name: "a warning is no output, nor is the line that gave it",
    saved: "/usr/lib/x.py:3: FutureWarning: old\n  warnings.warn(\nscore 0.91",
    later: "score 0.91",
    how: "same",
  },
  {
    name: "colors are no text",
    saved: "\u001B[31mscore\u001B[0m 0.91",
    later: "score 0.91",
    how: "same",
  },
  {
    name: "a figure is no text",
    saved: "<matplotlib.axes._subplots.AxesSubplot at 0x7f8c1a2b3c40>",
    later: "<Axes: xlabel='age'>",
    how: "same",
  },
  {
    name: "scalars with their type are those without",
    saved: "0.5",
    later: "np.float64(0.5)",
    how: "same",
  },
  {
    name: "folders of a machine say nothing",
    saved: "saved to /home/ada/work/model.pkl",
    later: "saved to /srv/copy/model.pkl",
    how: "same",
  },
  {
    name: "last digits of floats",
    saved: "auc 0.8712345678 of 12",
    later: "auc 0.8712345679 of 12",
    how: "floats",
  },
  {
    name: "a float with fewer digits",
    saved: "   a     b\n0  1.234568  2",
    later: "   a  b\n0  1.23457  2",
    how: "floats",
  },
  { name: "digits that a person reads", saved: "auc 0.87", later: "auc 0.88", how: "differs" },
  { name: "another count", saved: "rows: 12", later: "rows: 13", how: "differs" },
  { name: "another word", saved: "best: tree", later: "best: forest", how: "differs" },
  { name: "text that came to nothing", saved: "rows: 12", later: "", how: "differs" },
  {
    name: "columns that one run leaves out",
    saved: "   a  b  c  d\n0  1  2  3  4",
    later: "   a  ...  d\n0  1  ...  4",
    how: "format",
  },
  {
    name: "columns that are left out hide no other value",
    saved: "   a  b  c  d\n0  1  2  3  4",
    later: "   a  ...  d\n0  1  ...  5",
    how: "differs",
  },
  {
    name: "settings of a model that are the defaults",
    saved: "KMeans(algorithm='auto', max_iter=300, n_clusters=3,\n       random_state=0)",
    later: "KMeans(n_clusters=3, random_state=0)",
    how: "format",
  },
  {
    name: "a model with another setting",
    saved: "KMeans(algorithm='auto', n_clusters=3)",
    later: "KMeans(n_clusters=4)",
    how: "differs",
  },
  {
    name: "other marks around the same words",
    saved: "Name: price, dtype: int64",
    later: "Name: price | dtype: int64",
    how: "format",
  },
])("$name", check);

test("the first line that differs is named without noise, floats that are close passed over", () => {
  const saved = "fitted in 3.2 s\nloss 0.25000000001\nauc 0.91\n";
  const later = "fitted in 0.1 s\nloss 0.25\nauc 0.89\n";
  expect(firstDifference(saved, later)).toEqual({ saved: "auc 0.91", later: "auc 0.89" });
});

/** Codes of promoting several notebooks into one pipeline. */
import type { Explanation } from "./explanation.ts";

export const severalNotebooksExplanations: Readonly<Record<string, Explanation>> = {
  "notebook-twice": {
    what: "The same notebook is named twice for one pipeline.",
    why: "Its cells would run twice, and nobody could tell the two apart.",
    example: "mlops promote clean.ipynb clean.ipynb --name churn",
    fix: "Name each notebook once, in the order in which they are to run.",
  },
  "notebooks-in-several-folders": {
    what: "The notebooks of one pipeline are in different folders.",
    why: "Each of them reads and writes files beside itself, and the steps of one pipeline work in one folder.",
    example: "mlops promote data/clean.ipynb models/train.ipynb --name churn",
    fix: "Move the notebooks into one folder, or make a pipeline of each.",
  },
  "notebooks-not-separate": {
    what: "Code of one notebook may reach into another one of the same pipeline.",
    why: "Each notebook runs in a process of its own. Code that may use any name, or that changes where the process looks for files or modules, would act on the notebooks behind it, too.",
    example: "os.chdir('data') in the first of two notebooks",
    fix: "Write names and paths out, or promote the notebooks one by one.",
  },
  "name-of-another-notebook": {
    what: "A notebook may read a name before it has set it, and a notebook before it in the same pipeline sets that name.",
    why: "In its own kernel the name would be missing, or a builtin; nothing but files passes between notebooks.",
    example: "if flag: x = 2, then print(x), where an earlier notebook sets x",
    fix: "Set the name on every path before it is read, or give it another name.",
  },
  "unseeded-after-another-notebook": {
    what: "A notebook draws random numbers before it sets a seed, and a notebook before it uses the same generator.",
    why: "In its own kernel the generator starts anew at every run; in the pipeline its state would go on from the notebook before.",
    example: "np.random.rand(3) at the top of the second notebook",
    fix: "Begin the notebook with np.random.seed(42), or give random_state where it draws.",
  },
  "notebooks-out-of-order": {
    what: "A notebook reads a file that a later one of the same pipeline writes.",
    why: "It read what an earlier run had left there, so the order given is not the one that made the results.",
    example:
      "mlops promote train.ipynb clean.ipynb --name churn, where clean.ipynb writes what train.ipynb reads",
    fix: "Give the notebooks in the order in which they depend on each other.",
  },
  "step-across-notebooks": {
    what: "A step would be made of cells of two notebooks.",
    why: "Each notebook runs in a process of its own, and nothing but files passes between them.",
    example:
      "a decision in pipeline.yaml that merges the last step of one notebook with the first of the next",
    fix: "Take the decision out of pipeline.yaml, or promote the notebooks one by one.",
  },
};

import type { Explanation } from "./explanation.ts";

/** What `src/notebook/` finds wrong or remarkable in a notebook file. */
export const notebookExplanations: Readonly<Record<string, Explanation>> = {
  "notebook-not-json": {
    what: "The file is not valid JSON. Every notebook is a JSON file, so this one is something else, empty, cut off, or has the marks of an unfinished git merge in it.",
    why: "Without valid JSON no cell can be told from another, so nothing at all can be read.",
    example: '<<<<<<< HEAD\n  "execution_count": 3,\n=======',
    fix: "Give the path of an .ipynb file. If it was damaged, open it in Jupyter and save it again, finish the merge, or take an earlier version from git.",
  },
  "notebook-not-utf8": {
    what: "The file is text in another encoding than UTF-8, such as Latin-1 or UTF-16, or no text at all.",
    why: "Every notebook is UTF-8. Guessing at the encoding could change letters in the code, in names of columns and files, without anybody noticing.",
    example: 'a notebook that an editor saved as "Western (Windows 1252)": the byte 0xE9 for é',
    fix: "Convert it, for example: iconv -f LATIN1 -t UTF-8 churn.ipynb > churn-utf8.ipynb. Or open it in Jupyter, look at the letters, and save.",
  },
  "notebook-version-newer": {
    what: "The notebook has a newer minor version of format 4 than this mlops knows.",
    why: "Minor versions only add fields, so cells and code are read as they are; what the new fields mean is not known.",
    example: '{"nbformat": 4, "nbformat_minor": 9}',
    fix: "Update mlops. Otherwise compare the cells that mlops inspect lists with the notebook.",
  },
  "notebook-not-a-notebook": {
    what: "The file is valid JSON, but no Jupyter notebook: it does not name its format version, or it has no list of cells.",
    why: "Guessing where the code is could promote the wrong thing.",
    example: '{"name": "churn", "version": 1}',
    fix: "Give the path of a file that Jupyter opens as a notebook.",
  },
  "notebook-version-unsupported": {
    what: "The notebook is in a format that mlops cannot read: version 1 or 2 (before 2012), or another number than 3 and 4.",
    why: "Cells and code are stored in other places in other versions, so some of it could be missed.",
    example: '{"nbformat": 2, "worksheets": []}',
    fix: "Convert an old notebook with: jupyter nbconvert --to notebook --inplace FILE. For a newer one update mlops.",
  },
  "notebook-language-unsupported": {
    what: "The notebook's cells are in R, Julia, Python 2 or another language than Python 3.",
    why: "The analysis and the generated pipeline are Python 3.",
    example: '"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}',
    fix: "If the cells are Python 3, choose a Python kernel in Jupyter and save the notebook. Otherwise translate the code first.",
  },
  "notebook-language-unclear": {
    what: "The notebook names two languages: one for its kernel (kernelspec), another for its cells (language_info).",
    why: "Jupyter writes both together, so something else changed one of them. A line such as x = 1 is valid in many languages, and means something else in each.",
    example: '"kernelspec": {"name": "ir", "language": "R"}, "language_info": {"name": "python"}',
    fix: "Open the notebook in Jupyter, choose the kernel that its cells are written for, run them and save.",
  },
  "notebook-cell-unreadable": {
    what: "One cell of the notebook has no type, a type that Jupyter does not know, or no text as its source; or its code holds a character that Python does not read.",
    why: "What it says is lost, and later cells may need it.",
    example: '{"cell_type": "code", "source": 42}',
    fix: "Open the notebook in Jupyter, write the cell again and save. All other cells keep their numbers meanwhile.",
  },
  "notebook-cell-id-duplicate": {
    what: "Two cells have the same id, which happens when cells are copied by other programs than Jupyter.",
    why: "Nothing is lost: cells are addressed by their number. Only following a cell over several versions of the notebook is less sure.",
    example: '{"id": "load", …}, {"id": "load", …}',
    fix: "Save the notebook in Jupyter; it gives each cell an id of its own.",
  },
  "cells-run-out-of-order": {
    what: "The saved execution counts show that a cell was run before one that stands above it, or in another session.",
    why: "The values that the person saw may depend on that order. A pipeline runs from top to bottom and may give other values.",
    example: "In [7]: df = clean(df)\nIn [3]: df = load()",
    fix: "Use Restart and Run All in Jupyter, compare the results, and put the cells in the order in which they are meant.",
  },
  "cell-run-again": {
    what: "Some execution counts are missing: a cell was run more than once, or cells were deleted or changed after they had been run.",
    why: "A cell that changes a value in place gives another result the second time, and a deleted cell may have made a value that is still used.",
    example: 'In [4]: df["price"] *= 1.2\nIn [6]: df.head()',
    fix: "Use Restart and Run All in Jupyter and compare the results.",
  },
  "cell-saved-error": {
    what: "The notebook was saved with an error as the output of this cell.",
    why: "A pipeline runs the cells from top to bottom and would stop there too.",
    example: "KeyError: 'total'",
    fix: "Mend or delete the cell, use Restart and Run All in Jupyter, and save.",
  },
  "cell-never-run": {
    what: "A code cell has no execution count although others have one.",
    why: "It will be run when the notebook runs from top to bottom, so the results may differ from those saved.",
    example: "In [ ]: df = df.sample(100)",
    fix: "Delete the cell, or make it a raw cell, if it is not meant to be run.",
  },
};

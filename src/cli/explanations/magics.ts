/** Codes of magics, shell lines, and files that cells write or run. */
import type { Explanation } from "./explanation.ts";

export const magicExplanations: Readonly<Record<string, Explanation>> = {
  "magic-unsupported": {
    what: "A cell uses an IPython command that has no sound meaning in a pipeline.",
    why: "Leaving it out could change what the notebook computes, and that must not happen silently.",
    example: "files = !ls data",
    fix: "Write the Python it stands for (here: os.listdir), or remove it from the notebook.",
  },
  "magic-left-out": {
    what: "A magic or shell line does something, but nothing that the pipeline has to do: it is left out, with the reason.",
    why: "Installing system packages or setting up git prepares a machine. A download whose file is beside the notebook already would only make the pipeline depend on what a server gives that day.",
    example: "!apt install git-lfs; !wget https://…/data.csv, with data.csv beside the notebook",
    fix: "Nothing, if the reason holds. A step that needs a system package runs where that is installed.",
  },
  "written-module": {
    what: "Cells write a Python module that the notebook imports, and which text was imported is not known.",
    why: "A pipeline imports before its steps write, so it carries the module as one cell writes it. Where it is imported before that, or written more than once, there are several texts.",
    example: "%%writefile helper.py in two cells, and import helper",
    fix: "Keep helper.py beside the notebook and delete the cells that write it.",
  },
  "run-not-followed": {
    what: "The notebook runs another file with %run, and what that does cannot be shown to be the same in a pipeline.",
    why: "A script has variables of its own, which IPython copies into the notebook's when it has ended, while its functions keep looking into the script's; without -i it sees none of the notebook's. In a pipeline its lines stand where %run stands, among the notebook's. Where one name would then mean two things, where the script ends itself, finds files by its own place, reaches names by text or starts processes that run it again, or where which file is meant is not known from the text, nothing is guessed.",
    example:
      "%run clean.py, where a function of clean.py reads LIMIT and the notebook sets a LIMIT of its own; or sys.exit() in clean.py",
    fix: "Give one of two equal names another, run the script with %run -i where it is meant to share the notebook's variables, hand paths and values to functions as arguments, or put functions into a module and import it.",
  },
  "run-file-changed": {
    what: "A script or notebook that the promoted notebook runs with %run was changed after the pipeline was made.",
    why: "Its lines are part of the pipeline's steps. A run executes them as they were promoted and verified.",
    example:
      "Editing prepare.py, which story.ipynb runs with %run prepare.py, and then mlops run story",
    fix: "Promote the notebook again, which takes and verifies the change.",
  },
};

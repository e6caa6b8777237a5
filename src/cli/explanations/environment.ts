/** Codes of the Python environment: what a pipeline needs installed, and how that is pinned. */
import type { Explanation } from "./explanation.ts";

export const environmentExplanations: Readonly<Record<string, Explanation>> = {
  "requirement-not-published": {
    what: "The notebook imports a package that was installed from a folder of this machine.",
    why: "requirements.txt is for other machines, and they do not have that folder. The line is a comment, so that nothing is installed in its place.",
    example: "pip install -e ../our-tools, then promoting a notebook that imports our_tools",
    fix: "Publish the package to an index or a git repository and install it from there; or keep the module beside the notebook, where promotion takes it along.",
  },
  "requirement-local-build": {
    what: "An installed version has a local part, like 2.1.0+cpu.",
    why: "Public indexes never have such builds, and the public 2.1.0 is another build that may compute something else, so the pin stays exact.",
    example: "torch==2.1.0+cpu in requirements.txt",
    fix: "Tell pip about the index it came from (--extra-index-url) wherever requirements.txt is installed.",
  },
  "lock-not-made": {
    what: "The pipeline has no requirements.lock.",
    why: "A lock names every file that may be installed by its hash, which only a resolver that reaches a package index can do. Without it indirect dependencies may change from one install to the next; everything else works.",
    example: "mlops promote churn.ipynb on a machine without a network",
    fix: "Promote again where uv, or pip 23 and newer, reaches an index. --no-lock, or promote.lock: false in .mlopsrc.yaml, says that you want none.",
  },
  "lock-stale": {
    what: "A requirements.lock that was made by hand disagrees with what the notebook ran with.",
    why: "The image and CI install from the lock, so they would run other versions than the certificate speaks of. mlops never overwrites a lock it did not make.",
    example: "pandas==2.1.0 in the lock, where the notebook ran with pandas 2.2.3",
    fix: "Remove the lock and promote again: mlops promote churn.ipynb makes requirements.lock with hashes for what the notebook ran with. Or make your own again in the way you made it.",
  },
  "library-moved-on": {
    what: "A cell failed in a way that libraries fail in when they have changed: a name, a module or an argument is gone.",
    why: "A notebook of an earlier year often needs the libraries of that year, and changing it by guesswork would change what it computes.",
    example: "AttributeError: 'DataFrame' object has no attribute 'append'",
    fix: "If the cell worked when it was written, promote with the libraries of that day: mlops promote NOTEBOOK --as-of 2023-03-01, or --as-of git. If it never worked, mend the cell.",
  },
  "as-of-not-a-date": {
    what: "--as-of takes a day.",
    why: "Uploads to the package index after that day are left out.",
    example: "mlops promote churn.ipynb --as-of yesterday",
    fix: "Write it like 2023-03-01, or git for the day of the notebook's last commit.",
  },
  "as-of-no-commit": {
    what: "--as-of git was asked for a notebook that git has no commit of.",
    why: "The day is that of the notebook's last commit.",
    example: "mlops promote new.ipynb --as-of git",
    fix: "Commit the notebook, or name the day.",
  },
  "as-of-no-resolver": {
    what: "An environment of an earlier day cannot be made, because there is neither uv nor pip.",
    why: "One of them has to choose and install the packages.",
    example:
      "mlops promote churn.ipynb --as-of 2023-03-01 --python /usr/bin/python3, without python3-pip",
    fix: "Install uv, or name an interpreter that has pip.",
  },
  "as-of-not-made": {
    what: "The packages of an earlier day could not be installed.",
    why: "The index cannot be reached, or the libraries of that day have no ready files for this Python: they are never built from source.",
    example: "--as-of 2021-06-01 with Python 3.13",
    fix: "Name an interpreter of that time with --python, 3.10 or newer; name a later day; or check the network.",
  },
};

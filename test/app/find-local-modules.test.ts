import { expect, test } from "vitest";
import { findLocalModules } from "../../src/app/find-local-modules.ts";
import { clockNames } from "../../src/pipeline/clock-reads.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { programOf } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

test("a module reads the clock when it, or one that it imports, does", async () => {
  const files = {
    "notebooks/stamps.py":
      "from datetime import datetime as when\n\ndef year():\n    return when.utcnow().year\n",
    "notebooks/ages.py": "from stamps import year\n",
    "notebooks/timed.py": "import time\n\ndef slow():\n    return time.perf_counter()\n",
  };
  const { program } = await programOf(["import ages, timed"]);
  const found = await findLocalModules(
    {
      folder: "notebooks",
      cells: program.cells.map(({ python }) => python),
      notebook: "notebooks/story.ipynb",
      searched: [],
    },
    { files: memoryFiles(files), parser: await pythonParser() },
  );
  expect(found.modules.map(({ path, clock }) => [path, clock])).toEqual([
    ["ages.py", true],
    ["stamps.py", true],
    ["timed.py", false],
  ]);
  const named = { ...program, modules: found.modules };
  expect([...clockNames(named)]).toEqual(["ages"]);
});

interface Story {
  readonly name: string;
  readonly cells: readonly string[];
  /** Project files by path; the notebook stands in `notebooks/`. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** `path ← source`, in order. */
  readonly finds: readonly string[];
  readonly problems?: readonly string[];
}

const STORIES: readonly Story[] = [
  {
    name: "a file beside the notebook",
    cells: ["import helpers, pandas"],
    files: { "notebooks/helpers.py": "" },
    finds: ["helpers.py ← notebooks/helpers.py"],
  },
  {
    name: "a package below it, with all that its modules import in turn",
    cells: ["from utils.clean import tidy"],
    files: {
      "notebooks/utils/__init__.py": "",
      "notebooks/utils/clean.py": "from . import names\nfrom .deep.more import x\n",
      "notebooks/utils/names.py": "import json\n",
      "notebooks/utils/deep/more.py": "from ..other import y\n",
      "notebooks/utils/other.py": "",
      "notebooks/utils/unused.py": "",
    },
    finds: [
      "utils/__init__.py ← notebooks/utils/__init__.py",
      "utils/clean.py ← notebooks/utils/clean.py",
      "utils/deep/more.py ← notebooks/utils/deep/more.py",
      "utils/names.py ← notebooks/utils/names.py",
      "utils/other.py ← notebooks/utils/other.py",
    ],
  },
  {
    name: "a module in another encoding is refused, because its copy would hold other letters",
    cells: ["import names"],
    files: { "notebooks/names.py": Uint8Array.from([0x61, 0x20, 0x23, 0xe9, 0x0a]) },
    finds: [],
    problems: ["local-module-not-utf8 in notebooks/names.py, line 1"],
  },
  {
    name: "a module that only a function imports",
    cells: ["def f():\n    from later import g\n    return g()"],
    files: { "notebooks/later.py": "" },
    finds: ["later.py ← notebooks/later.py"],
  },
  {
    name: "a folder put on sys.path",
    cells: ['import sys\nsys.path.append("../src")', "from features import build"],
    files: { "src/features.py": "" },
    finds: ["features.py ← src/features.py"],
  },
  {
    name: "the folder above, as notebooks below notebooks/ say it",
    cells: [
      "import os, sys",
      "module_path = os.path.abspath(os.path.join('..'))\nif module_path not in sys.path:\n    sys.path.append(module_path)",
      "from src.features import build",
    ],
    files: { "src/features.py": "" },
    finds: ["src/features.py ← src/features.py"],
  },
  {
    name: "folders said with pathlib",
    cells: [
      "import sys\nfrom pathlib import Path\nROOT = Path.cwd().parent\nsys.path.insert(0, str(ROOT / 'lib'))",
      "import prices",
    ],
    files: { "lib/prices.py": "" },
    finds: ["prices.py ← lib/prices.py"],
  },
  {
    name: "nothing where only the run knows the folder",
    cells: ["import sys\nsys.path.append(find_folder())", "import prices"],
    files: { "lib/prices.py": "" },
    finds: [],
  },
  {
    name: "a module that looks around where it stands, which is refused",
    cells: ["import settings"],
    files: {
      "notebooks/settings.py":
        "from pathlib import Path\n# not __file__\nROOT = Path(__file__).parent\n",
    },
    finds: ["settings.py ← notebooks/settings.py"],
    problems: ["local-module-looks-around in notebooks/settings.py, line 3"],
  },
];

test.each(STORIES)("finds $name", async (story) => {
  const { program } = await programOf(story.cells);
  const found = await findLocalModules(
    {
      folder: "notebooks",
      notebook: "notebooks/story.ipynb",
      cells: program.cells.map(({ python }) => python),
      searched: program.moduleFolders,
    },
    { files: memoryFiles(story.files), parser: await pythonParser() },
  );
  expect(found.modules.map(({ path, source }) => `${path} ← ${source}`)).toEqual(story.finds);
  expect(
    found.diagnostics.map(
      ({ code, where }) => `${code} in ${where?.path ?? ""}, line ${String(where?.line)}`,
    ),
  ).toEqual(story.problems ?? []);
});

test("statements that only name folders for modules are blank, so that imports can move", async () => {
  const { program } = await programOf(['import sys\nsys.path.append("../src")\nimport features']);
  expect(program.cells[0]?.python.split("\n").map((line) => line.trim())).toEqual([
    "import sys",
    "",
    "import features",
  ]);
});

import { expect, test } from "vitest";
import { examineNotebooks } from "../../src/app/load-notebook.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

interface FileCase {
  readonly name: string;
  readonly cells: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Severity, code and cell of what is found. */
  readonly found: readonly string[];
  /** Modules that the pipeline carries, by path with their text. */
  readonly modules?: Readonly<Record<string, string>>;
}

const WRITES = "%%writefile helper.py\nfactor = 2";
const TEXT = "factor = 2\n";

const cases: readonly FileCase[] = [
  {
    name: "takes a file that is there instead of fetching it",
    cells: ["!wget https://example.org/data/a.csv", "rows = open('a.csv').read()"],
    files: { "a.csv": "1" },
    found: ["note magic-left-out 1"],
  },
  {
    name: "refuses to fetch what is not there, or only elsewhere on the machine",
    cells: [
      "!wget https://example.org/a.csv",
      "!wget https://example.org/b.csv -O ../b.csv",
      "!wget https://example.org/c.csv -O /tmp/c.csv",
    ],
    files: { "../b.csv": "1", "/tmp/c.csv": "2" },
    found: ["error magic-unsupported 1", "error magic-unsupported 2", "error magic-unsupported 3"],
  },
  {
    name: "refuses to count on a file that the notebook removes",
    cells: ["!wget https://example.org/a.zip && unzip a.zip", "!rm a.zip"],
    files: { "a.zip": "" },
    found: ["error magic-unsupported 1"],
  },
  {
    name: "carries a module as a cell writes it, not as an earlier run left it",
    cells: [WRITES, "import helper"],
    files: { "helper.py": "factor = 1\n" },
    found: [],
    modules: { "helper.py": TEXT },
  },
  {
    name: "refuses a module that is imported before it is written",
    cells: ["import helper", WRITES],
    files: { "helper.py": "factor = 1\n" },
    found: ["error written-module 2"],
    modules: { "helper.py": TEXT },
  },
  {
    name: "carries a module that is written as it is there already, whenever it is imported",
    cells: ["import helper", WRITES],
    files: { "helper.py": TEXT },
    found: [],
    modules: { "helper.py": TEXT },
  },
  {
    name: "refuses a module that is written twice, or added to",
    cells: [WRITES, "import helper", "%%writefile -a helper.py\nfactor = 3"],
    found: ["error written-module 1"],
    modules: { "helper.py": TEXT },
  },
  {
    name: "refuses to run a script that a cell writes",
    cells: ["%%writefile fill.py\nlimit = 3", "%run -i fill.py", "rest = limit + 1"],
    files: { "fill.py": "limit = 1\n" },
    found: ["error run-not-followed 1"],
  },
];

test.each(cases.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
  const { program, diagnostics } = await examineNotebooks(
    ["work/story.ipynb"],
    {
      files: memoryFiles({
        "work/story.ipynb": notebookText(each.cells),
        ...Object.fromEntries(
          Object.entries(each.files ?? {}).map(([path, text]) => [
            path.startsWith("/") ? path : `work/${path}`.replace("work/../", ""),
            text,
          ]),
        ),
      }),
      parser: await pythonParser(),
    },
    { pipeline: "story", environment: {} },
  );
  expect(
    diagnostics.map(({ severity, code, where }) => `${severity} ${code} ${String(where?.cell)}`),
  ).toEqual(each.found);
  expect(Object.fromEntries(program.modules.map(({ path, text }) => [path, text]))).toEqual(
    each.modules ?? {},
  );
});

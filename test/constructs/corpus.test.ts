/** `npm run corpus` over a small folder, as whoever measures runs it. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Row } from "../../bin/dev/corpus/corpus-schema.ts";
import { runProcess } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const GOOD = [
  "import numpy as np\nfrom sklearn.linear_model import LogisticRegression",
  "X = np.loadtxt('x.csv')[:, None]\ny = (X[:, 0] > 2).astype(int)",
  "model = LogisticRegression().fit(X, y)",
  "print(model.score(X, y))",
];

test("every notebook gets its row, its folder stays as it was, and what is on record is not run again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlops-corpus-test-"));
  try {
    const corpus = join(folder, "corpus");
    const files = {
      "one/good.ipynb": notebookText(GOOD),
      "one/x.csv": "1\n2\n3\n4\n",
      "two/raising.ipynb": notebookText(["a = 1", "a / 0"]),
      "two/broken.ipynb": "{",
      "three/endless.ipynb": notebookText(["while True:\n    pass"]),
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(corpus, path, ".."), { recursive: true });
      await writeFile(join(corpus, path), text);
    }
    const rowsFile = join(folder, "rows.ndjson");
    const words = [corpus, "--timeout", "60", "--rows", rowsFile];
    const corpusCommand = async (): Promise<string> =>
      (
        await runProcess(
          process.execPath,
          [
            "--import",
            "tsx",
            join(ROOT, "bin/dev/corpus.ts"),
            ...words,
            "--python",
            await pythonForTests(),
          ],
          { cwd: ROOT },
        )
      ).stdout;
    const printed = await corpusCommand();
    const lines = (await readFile(rowsFile, "utf8")).trim().split("\n");
    const rows = lines.map((line) => Row.parse(JSON.parse(line)));
    expect(Object.fromEntries(rows.map(({ notebook, outcome }) => [notebook, outcome]))).toEqual({
      "one/good.ipynb": "promoted",
      "three/endless.ipynb": "unrunnable",
      "two/broken.ipynb": "unreadable",
      "two/raising.ipynb": "unrunnable",
    });
    expect(rows.find(({ notebook }) => notebook === "one/good.ipynb")?.held?.unknown).toBe(0);
    expect(printed).toContain("notebooks       4");
    expect(printed).toMatch(/held against IPython alone: 1, [1-9]\d* values the same/);
    expect((await readdir(corpus, { recursive: true })).toSorted()).toEqual([
      "one",
      "one/good.ipynb",
      "one/x.csv",
      "three",
      "three/endless.ipynb",
      "two",
      "two/broken.ipynb",
      "two/raising.ipynb",
    ]);
    expect(await corpusCommand()).toContain("notebooks       4");
    expect((await readFile(rowsFile, "utf8")).trim().split("\n")).toEqual(lines);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a plain run tells what a pipeline kept from what the notebook makes, after the cell and at the end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlops-plain-run-"));
  try {
    const value = (name: string, cell: number, kept: string, within = false): unknown => ({
      name,
      variables: name.split("+"),
      cell,
      within,
      digest: kept,
      codec: "json",
    });
    const files = {
      "story.ipynb": notebookText(["a = 1\nb = [2]", "b.append(3)\nc = 5", "f = print\ndel a"]),
      "package/story/__init__.py": "",
      "package/story/_runtime.py":
        "import json\nclass Store:\n    def __init__(self, root): pass\n    def load_value(self, digest, codec): return json.loads(digest)\n",
      "kept.json": JSON.stringify({
        package: join(folder, "package"),
        name: "story",
        store: folder,
        values: [
          value("a", 1, "1"),
          value("b", 1, "[2, 3]"),
          value("a+b", 1, "[1, [2]]"),
          value("c", 2, "6"),
          value("f", 3, "null"),
          value("gone", 3, "null"),
          value("a+c", 2, "[1, 4]", true),
        ],
      }),
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(folder, path, ".."), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const script = join(ROOT, "bin/dev/corpus/plain_run.py");
    const words = [script, join(folder, "story.ipynb"), join(folder, "kept.json")];
    const { stdout } = await runProcess(await pythonForTests(), words, { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      ran: true,
      same: ["a", "a+b", "b"],
      differing: ["c", "f"],
      unknown: ["a+c", "gone"],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

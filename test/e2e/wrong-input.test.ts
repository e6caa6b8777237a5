/** Wrong input: a clear error with the place, the exit code of the house table, and every file as it was. */
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkExit, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const fixtures = join(dirname(dirname(fileURLToPath(import.meta.url))), "fixtures", "notebooks");

const GOOD = ["import pandas as pd", 'df = pd.DataFrame({"a": [1, 2]})', 'df.to_csv("out.csv")'];

test.each<{
  readonly name: string;
  readonly file: string | readonly string[];
  readonly words?: readonly string[];
  readonly exit: number;
  readonly code: string;
  readonly place: RegExp;
}>([
  {
    name: "a file that is not JSON",
    file: "{",
    exit: 2,
    code: "notebook-not-json",
    place: /story\.ipynb/,
  },
  { name: "an empty file", file: "", exit: 2, code: "notebook", place: /story\.ipynb/ },
  {
    name: "JSON that is no notebook",
    file: '{"a": 1}',
    exit: 2,
    code: "notebook-not-a-notebook",
    place: /story\.ipynb/,
  },
  {
    name: "a cell that does not parse",
    file: [GOOD[0] ?? "", "x = (1,\ny = 2"],
    exit: 2,
    code: "python-syntax-error",
    place: /story\.ipynb, cell 2, line \d/,
  },
  {
    name: "a cell that raises",
    file: [...GOOD, "\n\ndf['b'] + 1"],
    exit: 2,
    code: "cell-raised",
    place: /story\.ipynb, cell 4, line 3/,
  },
  {
    name: "a disk that is full when a cell writes",
    file: [GOOD[0] ?? "", 'raise OSError(28, "No space left on device")'],
    exit: 3,
    code: "disk-full",
    place: /story\.ipynb, cell 2, line 1/,
  },
  {
    name: "a missing module",
    file: ["import surely_not_installed", ...GOOD],
    exit: 3,
    code: "module-missing",
    place: /story\.ipynb, cell 1, line 1/,
  },
  {
    name: "a shell assignment",
    file: ["files = !ls", ...GOOD],
    exit: 2,
    code: "magic-unsupported",
    place: /story\.ipynb, cell 1, line 1/,
  },
  {
    name: "no such Python",
    file: GOOD,
    words: ["--python", "/no/such/python"],
    exit: 3,
    code: "python-missing",
    place: /./,
  },
  {
    name: "an endless loop",
    file: [...GOOD, "while True:\n    pass"],
    words: ["--timeout", "3"],
    exit: 2,
    code: "cell-timeout",
    place: /story\.ipynb, cell 4/,
  },
])("$name", async ({ file, words, exit, code, place }) => {
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    await writeFile(
      join(folder, "story.ipynb"),
      typeof file === "string" ? file : notebookText(file),
    );
  });
  const before = await project.snapshot();
  const finished = await project.mlops("promote", "story.ipynb", ...(words ?? []));
  expect(finished.stderr).toMatch(place);
  expect(finished.stderr).toContain(code);
  expect(finished.stderr).toContain("hint:");
  expect(finished.stderr).not.toMatch(/^\s+at .*\.(ts|js):\d+/m);
  checkExit(finished, exit);
  expect(await project.snapshot()).toEqual(before);
});

test("a folder of somebody else's files is not taken", async () => {
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "story.ipynb"), notebookText(GOOD));
    await mkdir(join(folder, "pipelines", "story"), { recursive: true });
    await writeFile(join(folder, "pipelines", "story", "notes.txt"), "mine");
  });
  const before = await project.snapshot();
  const finished = await project.mlops("promote", "story.ipynb");
  checkExit(finished, 2);
  expect(finished.stderr).toContain("output-folder-taken");
  expect(await project.snapshot()).toEqual(before);
});

test("the fixture notebooks of every wrong kind are refused in JSON too", async () => {
  await using project = await storyProject(await pythonForTests(), (folder) =>
    cp(fixtures, folder, {
      recursive: true,
      filter: (path) => path === fixtures || path.endsWith("not-json.ipynb"),
    }),
  );
  const finished = await project.mlops("promote", "not-json.ipynb", "--json");
  const document = JSON.parse(finished.stdout) as {
    readonly ok: boolean;
    readonly exit: number;
    readonly error: { readonly code: string };
  };
  expect(document).toMatchObject({ ok: false, exit: 2, error: { code: "notebook-not-json" } });
});

/**
 * Wrong input, as a user would bring it to the built program: for each a clear error with its code and place, what to do
 * next, the exit code of the house table, no stack trace, and every file as it was.
 */
import { spawnSync } from "node:child_process";
import { appendFile, chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const GOOD = [
  "import json",
  "rows = [{'x': n} for n in range(5)]",
  "with open('out.json', 'w') as file:\n    json.dump(rows, file)",
];

interface WrongInput {
  readonly name: string;
  /** Cells, or the whole text, of story.ipynb. */
  readonly file: readonly string[] | string | Uint8Array;
  /** Further files, by path. */
  readonly others?: Readonly<Record<string, string>>;
  readonly arrange?: (folder: string) => Promise<void>;
  /** What follows `mlops`; `promote story.ipynb` when left out. */
  readonly words?: readonly string[];
  readonly exit: number;
  readonly code: string;
  readonly says: readonly RegExp[];
}

async function projectOf({
  file,
  others,
  arrange,
}: Omit<WrongInput, "exit" | "code" | "says" | "name">): Promise<StoryProject> {
  return storyProject(await pythonForTests(), async (folder) => {
    const text = typeof file === "string" || file instanceof Uint8Array ? file : notebookText(file);
    await writeFile(join(folder, "story.ipynb"), text);
    for (const [path, content] of Object.entries(others ?? {})) {
      await mkdir(join(folder, path, ".."), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await arrange?.(folder);
  });
}

async function check(row: WrongInput): Promise<void> {
  await using project = await projectOf(row);
  const before = await project.snapshot();
  const finished = await project.mlops(...(row.words ?? ["promote", "story.ipynb"]));
  expect(finished.stderr).toContain(`[${row.code}]`);
  for (const said of row.says) expect(finished.stderr).toMatch(said);
  expect(finished.stderr).toMatch(/^hint: \S/m);
  expect(finished.stderr).not.toMatch(/^\s+at .*\.(ts|js):\d+/m);
  checkExit(finished, row.exit);
  expect(await project.snapshot()).toEqual(before);
}

function notebookOf(parts: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [], ...parts });
}

const kernel = (name: string, language: string) => ({
  kernelspec: { name, language, display_name: name },
  language_info: { name: language },
});
const codeCell = (source: string) => ({
  cell_type: "code",
  metadata: {},
  source,
  outputs: [],
  execution_count: null,
  id: "a",
});

test.each<WrongInput>([
  { name: "an empty file", file: "", exit: 2, code: "notebook-not-json", says: [/story\.ipynb/] },
  {
    name: "a notebook without cells",
    file: notebookOf({}),
    exit: 2,
    code: "nothing-to-promote",
    says: [/story\.ipynb/],
  },
  {
    name: "a file that is not JSON",
    file: "{",
    exit: 2,
    code: "notebook-not-json",
    says: [/story\.ipynb/],
  },
  {
    name: "JSON that is no notebook",
    file: '{"a": 1}',
    exit: 2,
    code: "notebook-not-a-notebook",
    says: [/story\.ipynb/],
  },
  {
    name: "JSON nested a hundred thousand times",
    file: "[".repeat(100_000),
    exit: 2,
    code: "notebook-not-json",
    says: [/story\.ipynb/],
  },
  {
    name: "bytes in no encoding of notebooks",
    file: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    exit: 2,
    code: "notebook-not-utf8",
    says: [/story\.ipynb/],
  },
  ...[1, 2].map((nbformat) => ({
    name: `a notebook of format ${String(nbformat)}`,
    file: JSON.stringify({
      nbformat,
      nbformat_minor: 0,
      metadata: {},
      worksheets: [{ cells: [] }],
    }),
    exit: 2,
    code: "notebook-version-unsupported",
    says: [/story\.ipynb/, new RegExp(`${String(nbformat)}`), /nbconvert/],
  })),
  {
    name: "a notebook of a future format",
    file: notebookOf({ nbformat: 7 }),
    exit: 2,
    code: "notebook-version-unsupported",
    says: [/story\.ipynb/, /7/],
  },
  {
    name: "a notebook in R",
    file: notebookOf({ metadata: kernel("ir", "R"), cells: [codeCell("x <- 1")] }),
    exit: 2,
    code: "notebook-language-unsupported",
    says: [/story\.ipynb/, /\bR\b/],
  },
  {
    name: "a notebook in Julia",
    file: notebookOf({ metadata: kernel("julia-1.9", "julia"), cells: [codeCell("x = 1")] }),
    exit: 2,
    code: "notebook-language-unsupported",
    says: [/story\.ipynb/, /julia/i],
  },
  {
    name: "no such notebook",
    file: GOOD,
    words: ["promote", "other.ipynb"],
    exit: 2,
    code: "notebook-missing",
    says: [/other\.ipynb/],
  },
  {
    name: "a folder instead of a notebook",
    file: GOOD,
    words: ["promote", "."],
    exit: 2,
    code: "notebook-missing",
    says: [/folder/],
  },
  {
    name: "a pipe instead of a notebook",
    file: GOOD,
    arrange: async (folder) => {
      const make = "import os, sys; os.mkfifo(sys.argv[1])";
      spawnSync(await pythonForTests(), ["-c", make, join(folder, "pipe.ipynb")]);
    },
    words: ["promote", "pipe.ipynb"],
    exit: 2,
    code: "notebook-missing",
    says: [/pipe/],
  },
  {
    name: "a cell that does not parse",
    file: [...GOOD, "x = (1,\ny = 2"],
    exit: 2,
    code: "python-syntax-error",
    says: [/story\.ipynb, cell 4, line \d/],
  },
  {
    name: "a cell that raises",
    file: [...GOOD, "\n\nrows[0]['y'] + 1"],
    exit: 2,
    code: "cell-raised",
    says: [/story\.ipynb, cell 4, line 3/, /KeyError/],
  },
  {
    name: "a cell that asks a person",
    file: [...GOOD, "name = input('who? ')"],
    exit: 2,
    code: "cell-asks",
    says: [/story\.ipynb, cell 4, line 1/],
  },
  {
    name: "a cell that leaves",
    file: [...GOOD, "import sys\nsys.exit(0)"],
    exit: 2,
    code: "cell-exits",
    says: [/story\.ipynb, cell 4, line 2/, /SystemExit/],
  },
  {
    name: "a cell that kills its process",
    file: [...GOOD, "import os\nos._exit(7)"],
    exit: 2,
    code: "cell-killed-python",
    says: [/story\.ipynb, cell 4, line 2/, /7/],
  },
  {
    name: "an endless loop",
    file: [...GOOD, "while True:\n    pass"],
    words: ["promote", "story.ipynb", "--timeout", "3"],
    exit: 2,
    code: "cell-timeout",
    says: [/story\.ipynb, cell 4/],
  },
  {
    name: "a disk that is full when a cell writes",
    file: [...GOOD, 'raise OSError(28, "No space left on device")'],
    exit: 3,
    code: "disk-full",
    says: [/story\.ipynb, cell 4, line 1/],
  },
  {
    name: "a missing module",
    file: ["import surely_not_installed", ...GOOD],
    exit: 3,
    code: "module-missing",
    says: [/story\.ipynb, cell 1, line 1/, /surely_not_installed/],
  },
  {
    name: "a shell assignment",
    file: ["files = !ls", ...GOOD],
    exit: 2,
    code: "magic-unsupported",
    says: [/story\.ipynb, cell 1, line 1/],
  },
  {
    name: "a data file that is missing",
    file: [...GOOD, "with open('data/rows.csv') as file:\n    text = file.read()"],
    exit: 2,
    code: "data-missing",
    says: [/story\.ipynb, cell 4, line 1/, /data\/rows\.csv/],
  },
  {
    name: "no such Python",
    file: GOOD,
    words: ["promote", "story.ipynb", "--python", "/no/such/python"],
    exit: 3,
    code: "python-missing",
    says: [/\/no\/such\/python/],
  },
  {
    name: "a Python that is too old",
    file: GOOD,
    arrange: async (folder) => {
      const path = join(folder, "old-python");
      await writeFile(path, "#!/bin/sh\nprintf '3.6.15\\n/usr/bin/python3\\n'\n");
      await chmod(path, 0o755);
    },
    words: ["promote", "story.ipynb", "--python", "./old-python"],
    exit: 3,
    code: "python-too-old",
    says: [/3\.10/],
  },
  {
    name: "an output name taken by somebody's own files",
    file: GOOD,
    others: { "pipelines/story/notes.txt": "mine" },
    exit: 2,
    code: "output-folder-taken",
    says: [/pipelines\/story/, /--name/],
  },
  {
    name: "a name that leads out of the folder",
    file: GOOD,
    words: ["promote", "story.ipynb", "--name", "../../x"],
    exit: 2,
    code: "usage-wrong-value",
    says: [/\.\.\/\.\.\/x/],
  },
  {
    name: "links that go in a circle",
    file: [...GOOD, "with open('loop') as file:\n    file.read()"],
    arrange: async (folder) => {
      await symlink("loop", join(folder, "loop"));
    },
    exit: 2,
    code: "data-missing",
    says: [/story\.ipynb, cell 4, line 1/],
  },
  ...(
    [
      ["that is not YAML", "version: [1", "yaml-syntax"],
      ["with an unknown key", "version: 1\nserve:\n  prot: 1\n", "config-unknown-key"],
      ["with a wrong type", "version: 1\nserve:\n  port: high\n", "config-wrong-value"],
      ["of a future version", "version: 99\n", "config-wrong-value"],
      ["that is a list", "- version: 1\n", "config-wrong-value"],
    ] as const
  ).map(([name, text, code]) => ({
    name: `settings ${name}`,
    file: GOOD,
    others: { ".mlopsrc.yaml": text },
    exit: 2,
    code,
    says: [/\.mlopsrc\.yaml/],
  })),
])("$name", check);

test("data that change while a notebook is promoted stop the promotion", async () => {
  await using project = await projectOf({
    file: [
      ...GOOD,
      "with open('rows.csv') as file:\n    count = len(file.read())",
      "with open('count.txt', 'w') as file:\n    file.write(str(count))",
    ],
    others: { "rows.csv": "1\n2\n" },
  });
  const child = project.start("promote", "story.ipynb", "--events");
  let said = "";
  const changes: Promise<void>[] = [];
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (changes.length === 0 && said.includes('"kind":"phase-finished","phase":"observe"'))
      changes.push(appendFile(join(project.folder, "rows.csv"), "3\n"));
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  await Promise.all(changes);
  expect(said).toContain("rows.csv");
  expect(code).toBe(2);
  expect([...(await project.snapshot()).keys()]).toEqual(["rows.csv", "story.ipynb"]);
});

test("wrong input is refused in JSON too", async () => {
  await using project = await projectOf({ file: "{" });
  const finished = await project.mlops("promote", "story.ipynb", "--json");
  const document = JSON.parse(finished.stdout) as {
    readonly ok: boolean;
    readonly exit: number;
    readonly error: { readonly code: string };
  };
  expect(document).toMatchObject({ ok: false, exit: 2, error: { code: "notebook-not-json" } });
});

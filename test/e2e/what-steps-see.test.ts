/** A step runs again when anything it saw has changed, also what no file's content says; and only then. */
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { type HandStep, writeHandPackage } from "../support/hand-package.ts";
import { pythonForTests } from "../support/python-environment.ts";

interface RunDocument {
  readonly result: {
    readonly run: {
      readonly steps: readonly {
        readonly step: string;
        readonly decision: string;
        readonly because: string;
      }[];
    };
  };
}

interface Story {
  readonly project: StoryProject;
  /** A folder beside the project. */
  readonly outside: string;
}

/** Writes below the project, or at an absolute path. */
async function write(folder: string, path: string, text: string): Promise<void> {
  const target = path.startsWith("/") ? path : join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

async function executed(project: StoryProject, ...words: string[]): Promise<readonly string[]> {
  const finished = await project.mlops("run", "tally", "--json", "--no-register", ...words);
  checkExit(finished, 0);
  const { steps } = (JSON.parse(finished.stdout) as RunDocument).result.run;
  return steps.filter(({ decision }) => decision === "execute").map(({ step }) => step);
}

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly steps: (story: Story) => readonly HandStep[];
  /** What is done to the folder, and the steps that must run for it; each after the one before. */
  readonly changes: readonly {
    readonly what: string;
    readonly change: (story: Story) => Promise<void>;
    readonly runs: readonly string[];
  }[];
}

const add =
  (path: string, text = "7\n"): Case["changes"][number]["change"] =>
  ({ project }) =>
    write(project.folder, path, text);
const remove =
  (path: string): Case["changes"][number]["change"] =>
  ({ project }) =>
    rm(join(project.folder, path), { recursive: true });
const touch =
  (path: string): Case["changes"][number]["change"] =>
  ({ project }) =>
    utimes(join(project.folder, path), new Date(), new Date());
/** `total` hangs on `look` by value; `other` on nothing. */
const after: HandStep = {
  name: "total",
  inputs: ["seen"],
  outputs: ["sum"],
  lines: ["return seen"],
};
const other: HandStep = { name: "other", outputs: ["one"], lines: ["return 1"] };
const look = (...lines: readonly string[]): HandStep => ({
  name: "look",
  outputs: ["seen"],
  lines,
});

test.each<Case>([
  {
    name: "files of a folder whose name is computed",
    files: { "data/a.txt": "1\n" },
    steps: () => [
      look(
        "import glob, os",
        "folder = ''.join(['da', 'ta'])",
        "return [open(path).read() for path in sorted(glob.glob(os.path.join(folder, '*.txt')))]",
      ),
      after,
      other,
    ],
    changes: [
      { what: "a new file", change: add("data/b.txt"), runs: ["look", "total"] },
      { what: "a touched file", change: touch("data/b.txt"), runs: [] },
      { what: "a deleted file", change: remove("data/a.txt"), runs: ["look", "total"] },
      { what: "a file elsewhere", change: add("notes/a.txt"), runs: [] },
    ],
  },
  {
    name: "a path that is asked for in vain",
    files: {},
    steps: () => [
      look("from pathlib import Path", "return Path('extra' + '.txt').exists()"),
      after,
      other,
    ],
    changes: [
      { what: "it appears", change: add("extra.txt"), runs: ["look", "total"] },
      // The same was seen at the beginning, and what follows from it is still in the store.
      { what: "it goes", change: remove("extra.txt"), runs: ["look"] },
    ],
  },
  {
    name: "an attempt to open what is not there",
    files: {},
    steps: () => [
      look(
        "try:",
        "    return open('extra' + '.txt').read()",
        "except FileNotFoundError:",
        "    return ''",
      ),
      after,
    ],
    changes: [
      { what: "it appears", change: add("extra.txt"), runs: ["look", "total"] },
      { what: "it changes", change: add("extra.txt", "8\n"), runs: ["look", "total"] },
    ],
  },
  {
    name: "a listing whose files are not opened",
    files: { "parts/a": "1" },
    steps: () => [look("import os", "return sorted(os.listdir('par' + 'ts'))"), after],
    changes: [
      { what: "a new name", change: add("parts/b"), runs: ["look", "total"] },
      { what: "other content under an old name", change: add("parts/b", "9"), runs: [] },
    ],
  },
  {
    name: "data in a file that is called .py",
    files: { "table.py": "a,b\n1,2\n" },
    steps: () => [look("return open('table' + '.py').read()"), after],
    changes: [
      { what: "it changes", change: add("table.py", "a,b\n1,3\n"), runs: ["look", "total"] },
    ],
  },
  {
    name: "a file outside the project whose place is computed",
    files: {},
    steps: ({ outside }) => [
      look(`return open(''.join([${JSON.stringify(outside)}, '/far.txt'])).read()`),
      after,
      other,
    ],
    changes: [
      {
        what: "it changes",
        change: ({ outside }) => write(outside, "far.txt", "2\n"),
        runs: ["look", "total"],
      },
    ],
  },
  {
    name: "what the step itself makes",
    files: {},
    steps: () => [
      look(
        "import os",
        "if not os.path.exists('made'):",
        "    os.mkdir('made')",
        "known = sorted(os.listdir('.'))",
        "with open('made/kept.txt', 'w') as file:",
        "    file.write('kept')",
        "return len([name for name in known if name.endswith('.txt')])",
      ),
      after,
    ],
    changes: [
      { what: "nothing", change: () => Promise.resolve(), runs: [] },
      { what: "its file is deleted", change: remove("made/kept.txt"), runs: [] },
      { what: "its folder is deleted", change: remove("made"), runs: [] },
    ],
  },
])("of $name", async ({ files, steps, changes }) => {
  const outside = await mkdtemp(join(tmpdir(), "mlops-beside-"));
  try {
    await write(outside, "far.txt", "1\n");
    await using project = await storyProject(await pythonForTests(), async (folder) => {
      for (const [path, text] of Object.entries(files)) await write(folder, path, text);
      const story = { project: { folder } as StoryProject, outside };
      await writeHandPackage(folder, "tally", { steps: steps(story), params: {} });
    });
    const all = steps({ project, outside }).map(({ name }) => name);
    expect(await executed(project)).toEqual(all);
    expect(await executed(project)).toEqual([]);
    for (const { what, change, runs } of changes) {
      await change({ project, outside });
      expect([what, await executed(project)]).toEqual([what, runs]);
      expect([what, await executed(project)]).toEqual([what, []]);
    }
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
});

test("an input that a step changes in place is given to the next execution as it was made", async () => {
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    await writeHandPackage(folder, "tally", {
      steps: [
        { name: "make", outputs: ["seen"], lines: ["return [1, 2]"] },
        {
          name: "spoil",
          inputs: ["seen"],
          params: ["by"],
          outputs: ["spoiled"],
          lines: ["seen.append(by)", "return sum(seen)"],
        },
        { name: "count", inputs: ["seen"], outputs: ["length"], lines: ["return len(seen)"] },
      ],
      params: { by: 3 },
    });
  });
  await executed(project);
  expect(await executed(project, "--force=spoil", "--force=count", "--jobs", "1")).toEqual([
    "spoil",
    "count",
  ]);
  // Nothing differs from the first run, so nothing has to run again.
  expect(await executed(project)).toEqual([]);
  expect(await executed(project, "--param", "by=4")).toEqual(["spoil"]);
  expect(await executed(project, "--force=count")).toEqual(["count"]);
  expect(await executed(project)).toEqual([]);
});

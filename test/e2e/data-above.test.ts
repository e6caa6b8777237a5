/** A notebook in a folder of notebooks, its data in a folder beside that: promoted, run, run again when the data change. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

interface Promoted {
  readonly result: {
    readonly certificate: { readonly verdict: string };
    readonly plan: {
      readonly root: string;
      readonly steps: readonly {
        readonly name: string;
        readonly reads: readonly string[];
        readonly writes: readonly string[];
      }[];
    };
  };
}

interface Ran {
  readonly result: {
    readonly run: {
      readonly steps: readonly { readonly step: string; readonly decision: string }[];
    };
  };
}

function project(cells: readonly string[]): Promise<StoryProject> {
  return storyProject(pythonPath, async (folder) => {
    for (const name of ["notebooks/eda", "data/raw", ".git", "docs"])
      await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, "data/raw/ages.csv"), "age\n31\n42\n58\n");
    await writeFile(join(folder, "docs/notes.md"), "nothing to do with it\n");
    await writeFile(join(folder, "notebooks/eda/ages.ipynb"), notebookText(cells));
  });
}

const pythonPath = await pythonForTests();
const PROMOTE = ["promote", "notebooks/eda/ages.ipynb", "--no-lock", "--json"];

async function executed(made: StoryProject): Promise<readonly string[]> {
  const finished = await made.mlops("run", "ages", "--json");
  checkExit(finished, 0);
  const { steps } = (JSON.parse(finished.stdout) as Ran).result.run;
  return steps.filter(({ decision }) => decision === "execute").map(({ step }) => step);
}

test.each<{ readonly name: string; readonly cells: readonly string[] }>([
  {
    name: "by a relative path",
    cells: [
      'from pathlib import Path\nlines = Path("../../data/raw/ages.csv").read_text().split()',
      "mean = sum(map(int, lines[1:])) / (len(lines) - 1)",
      'Path("../../out").mkdir(exist_ok=True)\nPath("../../out/mean.txt").write_text(str(mean))',
    ],
  },
  {
    name: "from the parents of the working directory",
    cells: [
      'from pathlib import Path\nROOT = Path.cwd().parents[1]\nlines = (ROOT / "data" / "raw" / "ages.csv").read_text().split()',
      "mean = sum(map(int, lines[1:])) / (len(lines) - 1)",
      '(ROOT / "out").mkdir(exist_ok=True)\n(ROOT / "out" / "mean.txt").write_text(str(mean))',
    ],
  },
  {
    name: "by a path that only the run knows",
    cells: [
      'import os\nfrom pathlib import Path\nup = os.sep.join(os.getcwd().split(os.sep)[:-2])\nlines = Path(up + "/data/raw/ages.csv").read_text().split()',
      "mean = sum(map(int, lines[1:])) / (len(lines) - 1)",
      'os.makedirs(up + "/out", exist_ok=True)\nPath(up + "/out/mean.txt").write_text(str(mean))',
    ],
  },
  {
    name: "below the top of the repository, looked for upwards",
    cells: [
      'from pathlib import Path\nROOT = Path.cwd()\nwhile not (ROOT / ".git").exists():\n    ROOT = ROOT.parent\nlines = (ROOT / "data" / "raw" / "ages.csv").read_text().split()',
      "mean = sum(map(int, lines[1:])) / (len(lines) - 1)",
      '(ROOT / "out").mkdir(exist_ok=True)\n(ROOT / "out" / "mean.txt").write_text(str(mean))',
    ],
  },
  {
    name: "in a try by a path that only the run knows",
    cells: [
      'import os\nfrom pathlib import Path\nup = os.sep.join(os.getcwd().split(os.sep)[:-2])\ntry:\n    lines = Path(up + "/data/raw/ages.csv").read_text().split()\nexcept OSError:\n    lines = ["age", "1"]',
      "mean = sum(map(int, lines[1:])) / (len(lines) - 1)",
      'os.makedirs(up + "/out", exist_ok=True)\nPath(up + "/out/mean.txt").write_text(str(mean))',
    ],
  },
  {
    name: "after going there",
    cells: [
      'import os\nfrom pathlib import Path\nos.chdir("../..")',
      'lines = Path("data/raw/ages.csv").read_text().split()',
      "mean = sum(map(int, lines[1:])) / (len(lines) - 1)",
      'os.makedirs("out", exist_ok=True)\nPath("out/mean.txt").write_text(str(mean))',
    ],
  },
])("data above the notebook, found $name", async ({ name, cells }) => {
  await using made = await project(cells);
  const before = await made.snapshot();
  const promoted = await made.mlops(...PROMOTE);
  checkExit(promoted, 0);
  const { certificate, plan } = (JSON.parse(promoted.stdout) as Promoted).result;
  expect(certificate.verdict).toBe("verified");
  expect(plan.root).toBe("../../notebooks/eda");
  expect(plan.steps.flatMap(({ reads }) => reads)).toEqual(["../../data/raw/ages.csv"]);
  expect(plan.steps.flatMap(({ writes }) => writes)).toContain("../../out/mean.txt");
  // Only copies were worked on.
  const changed = [...(await made.snapshot())].filter(
    ([path, digest]) => before.get(path) !== digest,
  );
  expect(changed.filter(([path]) => !path.startsWith("pipelines/"))).toEqual([]);
  const text = await readFile(join(made.folder, "pipelines/ages/certificate.json"), "utf8");
  expect(text).toContain('"../../data/raw/ages.csv"');
  expect(text).not.toContain(made.folder);

  expect((await executed(made)).length).toBe(plan.steps.length);
  expect(await readFile(join(made.folder, "out/mean.txt"), "utf8")).toMatch(/^43\.6/);
  if (name !== "by a relative path") return;
  expect(await executed(made)).toEqual([]);
  await rm(join(made.folder, "out"), { recursive: true });
  expect(await executed(made)).toEqual([]);
  expect(await readdir(join(made.folder, "out"))).toEqual(["mean.txt"]);
  await writeFile(join(made.folder, "docs/notes.md"), "still nothing\n");
  expect(await executed(made)).toEqual([]);
  await writeFile(join(made.folder, "data/raw/ages.csv"), "age\n31\n42\n59\n");
  expect(await executed(made)).not.toEqual([]);
  expect(await readFile(join(made.folder, "out/mean.txt"), "utf8")).toBe("44.0");
});

test("a folder above that is listed is an input, whatever is opened in it", async () => {
  await using made = await project([
    'import os\nnames = sorted(os.listdir("../../data/raw"))',
    'count = len(names)\nwith open("count.txt", "w") as file:\n    file.write(str(count))',
  ]);
  const promoted = await made.mlops(...PROMOTE);
  checkExit(promoted, 0);
  const { certificate } = (JSON.parse(promoted.stdout) as Promoted).result;
  expect(certificate.verdict).toBe("verified");
  expect(await executed(made)).not.toEqual([]);
  expect(await executed(made)).toEqual([]);
  await writeFile(join(made.folder, "data/raw/more.csv"), "age\n");
  expect(await executed(made)).not.toEqual([]);
  expect(await readFile(join(made.folder, "notebooks/eda/count.txt"), "utf8")).toBe("2");
});

test("data outside of the project are refused with the way to have them in it", async () => {
  await using made = await project(['text = open("../../../ages.csv").read()', "print(text)"]);
  const beside = join(made.folder, "..", "ages.csv");
  await writeFile(beside, "age\n");
  try {
    const refused = await made.mlops("promote", "notebooks/eda/ages.ipynb", "--no-lock");
    checkExit(refused, 2);
    expect(refused.stderr).toMatch(
      /cell 1, line 1.*there is no file|there is no file .*ages\.csv/s,
    );
    expect(refused.stderr).toContain("outside the project");
    expect(await readdir(made.folder)).not.toContain("pipelines");
  } finally {
    await rm(beside);
  }
});

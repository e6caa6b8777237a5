/** What a run executes and what it leaves, and what happens to steps that fail, hang or get in each other's way. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { type HandStep, moduleText, writeHandPackage } from "../support/hand-package.ts";
import { pythonForTests } from "../support/python-environment.ts";

interface RunDocument {
  readonly result: {
    readonly run: {
      readonly status: string;
      readonly steps: readonly {
        readonly step: string;
        readonly decision: string;
        readonly because: string;
        readonly attempts: number;
        readonly manifest?: {
          readonly outputs: Readonly<Record<string, { readonly digest: string }>>;
          readonly files: Readonly<Record<string, string>>;
        };
      }[];
    };
    readonly failure?: {
      readonly step: string;
      readonly message: string;
      readonly cell?: number;
      readonly line?: number;
      readonly attempts: number;
      readonly notRetried?: string;
    };
  };
}

/** read → shift, scale → add; note stands alone. */
const read: HandStep = {
  name: "read",
  params: ["path"],
  reads: ["numbers.txt"],
  outputs: ["numbers"],
  lines: [
    "with open(path) as file:",
    "    numbers = [int(line) for line in file]",
    "return numbers",
  ],
};
const shift: HandStep = {
  name: "shift",
  inputs: ["numbers"],
  params: ["by"],
  outputs: ["shifted"],
  lines: ["return [number + by for number in numbers]"],
};
const scale: HandStep = {
  name: "scale",
  inputs: ["numbers"],
  params: ["factor"],
  outputs: ["scaled"],
  lines: ["return [number * factor for number in numbers]"],
};
const add: HandStep = {
  name: "add",
  inputs: ["shifted", "scaled"],
  outputs: ["total"],
  lines: ["return sum(shifted) + sum(scaled)"],
};
const note: HandStep = {
  name: "note",
  params: ["title"],
  outputs: ["heading"],
  lines: ["return title.upper()"],
};
const STEPS = [read, shift, scale, add, note];
const ALL = STEPS.map((step) => step.name);

async function projectOf(
  steps: readonly HandStep[],
  params: Readonly<Record<string, string | number>> = {},
): Promise<StoryProject> {
  return storyProject(await pythonForTests(), async (folder) => {
    await writeHandPackage(folder, "tally", { steps, params });
    await writeFile(join(folder, "numbers.txt"), "1\n2\n3\n");
  });
}

const tally = (): Promise<StoryProject> =>
  projectOf(STEPS, { path: "numbers.txt", by: 1, factor: 2, title: "sums" });

const run = (project: StoryProject, ...words: readonly string[]): Promise<RunDocument> =>
  runExpecting(project, "success", words);

async function runExpecting(
  project: StoryProject,
  end: "success" | "failure",
  words: readonly string[] = [],
): Promise<RunDocument> {
  const finished = await project.mlops("run", "tally", "--json", "--no-register", ...words);
  checkExit(finished, end === "success" ? 0 : 1);
  return JSON.parse(finished.stdout) as RunDocument;
}

const executed = ({ result }: RunDocument): readonly string[] =>
  result.run.steps.filter((step) => step.decision === "execute").map((step) => step.step);

const madeBy = ({ result }: RunDocument, name: string): unknown =>
  result.run.steps.find((step) => step.step === name)?.manifest?.outputs;

const reasonOf = ({ result }: RunDocument, name: string): string | undefined =>
  result.run.steps.find((step) => step.step === name)?.because;

async function editStep(project: StoryProject, step: HandStep, lines: readonly string[]) {
  const path = join(project.folder, "pipelines", "tally", "tally", `${step.name}.py`);
  await writeFile(path, moduleText("tally", { ...step, lines }, ALL.indexOf(step.name) + 1));
}

test("exactly the steps run again that depend on what changed", async () => {
  await using project = await tally();
  expect(executed(await run(project))).toEqual(ALL);
  expect(executed(await run(project))).toEqual([]);

  for (const [param, steps] of [
    ["by=5", ["shift", "add"]],
    ["factor=3", ["scale", "add"]],
    ['title="other"', ["note"]],
  ] as const)
    expect([param, executed(await run(project, "--param", param))]).toEqual([param, steps]);
  // What was made with the values of params.yaml is still there.
  expect(executed(await run(project))).toEqual([]);

  // Data that changed, but not what is read from it: nothing after that step runs.
  await writeFile(join(project.folder, "numbers.txt"), "01\n2\n3\n");
  const touched = await run(project);
  expect(executed(touched)).toEqual(["read"]);
  expect(reasonOf(touched, "read")).toBe("numbers.txt changed");
  await writeFile(join(project.folder, "numbers.txt"), "4\n5\n6\n");
  expect(executed(await run(project))).toEqual(["read", "shift", "scale", "add"]);

  // An edit that makes the same stops there; one that makes something else goes on to what needs it.
  await editStep(project, shift, ["return [by + number for number in numbers]"]);
  const same = await run(project);
  expect(executed(same)).toEqual(["shift"]);
  expect(reasonOf(same, "shift")).toBe("its code changed");
  await editStep(project, shift, ["return [by - number for number in numbers]"]);
  const other = await run(project);
  expect(executed(other)).toEqual(["shift", "add"]);
  expect(reasonOf(other, "add")).toBe("its input shifted changed");
});

test("an artifact that is gone from the store is made again, and what needs it only if it came out differently", async () => {
  await using project = await tally();
  const first = await run(project);
  const digest = first.result.run.steps.find((step) => step.step === "scale")?.manifest?.outputs[
    "scaled"
  ]?.digest;
  const hex = digest?.replace("sha256:", "") ?? "";
  const stored = await readdir(join(project.folder, ".mlops", "store"), { recursive: true });
  const blob = stored.find((path) => path.replaceAll("/", "").includes(hex.slice(2)));
  expect(blob).toBeDefined();
  await rm(join(project.folder, ".mlops", "store", blob ?? ""));
  const again = await run(project);
  expect(executed(again)).toEqual(["scale"]);
  expect(reasonOf(again, "scale")).toBe("its output scaled is no longer in the store");
  expect(executed(await run(project))).toEqual([]);
});

test("--from, --force, --only and --jobs choose what is executed", async () => {
  await using project = await tally();
  const first = await run(project, "--jobs", "2");
  expect(executed(first)).toEqual(ALL);
  expect(executed(await run(project, "--from", "shift"))).toEqual(["shift", "add"]);
  expect(executed(await run(project, "--force=note"))).toEqual(["note"]);
  expect(executed(await run(project, "--force", "--jobs", "2"))).toEqual(ALL);
  const only = await run(project, "--only", "add", "--force=add");
  expect(only.result.run.steps.map(({ step, decision }) => `${step} ${decision}`)).toEqual([
    "read fresh",
    "shift fresh",
    "scale fresh",
    "add execute",
  ]);
  const unknown = await project.mlops("run", "tally", "--from", "shfit");
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('did you mean "shift"?');
});

test("--only takes what a step behind the clock made last, and says so; without it the step runs", async () => {
  const now: HandStep = {
    name: "now",
    outputs: ["time"],
    outside: ["clock"],
    lines: ["import time", "return time.time()"],
  };
  const older: HandStep = {
    name: "older",
    inputs: ["time"],
    outputs: ["before"],
    lines: ["return time - 1"],
  };
  await using project = await projectOf([now, older]);
  const never = await project.mlops("run", "tally", "--only", "older");
  expect(never.stderr).toContain("[step-not-current]");
  const first = await run(project);
  const only = await run(project, "--only", "older", "--force=older");
  expect(executed(only)).toEqual(["older"]);
  expect(reasonOf(only, "now")).toBe("it reads the clock; --only takes what it made last");
  expect(madeBy(only, "older")).toEqual(madeBy(first, "older"));
  expect(executed(await run(project))).toEqual(["now", "older"]);
});

test("a step that fails the first time is started again as often as it may be", async () => {
  await using project = await projectOf(
    [
      {
        name: "flaky",
        params: ["mark"],
        outputs: ["one"],
        retries: 1,
        lines: [
          "import os, pathlib",
          "if not os.path.exists(mark):",
          "    pathlib.Path(mark).write_text('1')",
          '    raise OSError("the share is away")',
          "return 1",
        ],
      },
    ],
    { mark: "tried" },
  );
  const document = await run(project);
  expect(document.result.run.steps[0]).toMatchObject({ step: "flaky", attempts: 2 });
  await rm(join(project.folder, "tried"));
  const refused = await runExpecting(project, "failure", ["--force", "--retries", "0"]);
  expect(refused.result.failure).toMatchObject({ step: "flaky", attempts: 1, cell: 1, line: 4 });
  expect(refused.result.failure?.message).toContain("the share is away");
});

test("a package that the interpreter lacks is the environment's fault, not a step's", async () => {
  await using project = await tally();
  checkExit(await project.mlops("run", "tally", "--no-register"), 0);
  await editStep(project, add, ["import not_installed_here", "return 0"]);
  const late = await project.mlops("run", "tally", "--no-register");
  checkExit(late, 3);
  expect(late.stderr).toMatch(
    /pipelines\/tally: tally imports not_installed_here, which the Python environment does not have \(.+\) \[module-missing\]/,
  );
  expect(late.stderr).toMatch(/-m pip install -r pipelines\/tally\/requirements\.txt/);
  // A file of the package that is not there is the package's own mistake.
  await editStep(project, add, ["from . import forgotten", "return 0"]);
  const own = await project.mlops("run", "tally", "--no-register");
  checkExit(own, 1);
  expect(own.stdout).toContain("forgotten");
});

test("a step that hangs is ended at its limit, with the place where it hung", async () => {
  await using project = await projectOf([
    { name: "quick", outputs: ["one"], lines: ["return 1"] },
    {
      name: "hang",
      inputs: ["one"],
      outputs: ["two"],
      timeout: 0.5,
      lines: ["import time", "time.sleep(600)", "return 2"],
    },
    { name: "after", inputs: ["two"], outputs: ["three"], lines: ["return 3"] },
  ]);
  const document = await runExpecting(project, "failure");
  expect(document.result.failure).toMatchObject({ step: "hang", cell: 2, line: 2 });
  expect(document.result.failure?.message).toMatch(/0\.5 s/);
  expect(document.result.run.steps.map((step) => step.step)).toEqual(["quick", "hang"]);
  await editStep(project, { name: "hang", inputs: ["one"], lines: [] }, ["return 2"]);
  const mended = await run(project);
  expect(executed(mended)).toEqual(["hang", "after"]);
});

test("steps of which one unexpectedly wrote a file beside the other are both done again alone", async () => {
  const lazy = (name: string, lines: readonly string[]): HandStep => ({
    name,
    inputs: ["numbers"],
    outputs: [`${name}ward`],
    lines: ["import time", "time.sleep(3)", ...lines],
  });
  await using project = await projectOf(
    [
      read,
      lazy("left", [
        "if sum(numbers) > 10:",
        "    with open('left.txt', 'w') as file:",
        "        file.write('big')",
        "return sum(numbers)",
      ]),
      lazy("right", ["return max(numbers)"]),
    ],
    { path: "numbers.txt" },
  );
  await run(project, "--jobs", "2");
  await writeFile(join(project.folder, "numbers.txt"), "40\n50\n");
  const events = await project.mlops(
    "run",
    "tally",
    "--no-register",
    "--jobs",
    "2",
    "--events",
    "--json",
  );
  checkExit(events, 0);
  const starts = (step: string): number =>
    events.stderr.match(new RegExp(`"kind":"step-decided","step":"${step}"`, "g"))?.length ?? 0;
  expect([starts("read"), starts("left"), starts("right")]).toEqual([1, 2, 2]);
  const document = JSON.parse(events.stdout) as RunDocument;
  expect(executed(document)).toEqual(["read", "left", "right"]);
  expect(
    Object.keys(
      document.result.run.steps.find((step) => step.step === "left")?.manifest?.files ?? {},
    ),
  ).toEqual(["left.txt"]);
  expect(executed(await run(project))).toEqual([]);
});

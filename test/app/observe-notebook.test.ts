import { expect, test } from "vitest";
import { type ObserveInput, observeNotebook } from "../../src/app/observe-notebook.ts";
import { MlopsError } from "../../src/base/errors.ts";
import { sha256FromHex } from "../../src/base/hash.ts";
import type { WorkerCallOptions } from "../../src/ports/worker.ts";
import { fakeWorkers } from "../support/fake-workers.ts";
import { memoryArtifacts } from "../support/memory-artifacts.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { programOf } from "../support/notebooks.ts";
import { ranStatement } from "../support/ran-statement.ts";

const DATA = "notebooks/data.csv";

const STATEMENT = ranStatement(1);

const ENVIRONMENT = {
  kind: "environment",
  python: "3.11.7",
  implementation: "CPython",
  platform: "Linux",
  imported: [],
  loaded: [],
  wallMs: 5,
};

interface Story {
  /** Records of each run. */
  readonly records?: readonly unknown[];
  readonly cell?: string;
  readonly fresh?: boolean;
  /** What happens between the two runs. */
  readonly between?: (files: ReturnType<typeof memoryFiles>) => Promise<void>;
}

/** Observes the same notebook twice; how often it ran. */
async function runsOf(story: Story): Promise<number> {
  const files = memoryFiles({ [DATA]: "a\n1\n", "notebooks/story.ipynb": "{}" });
  const records = story.records ?? [STATEMENT, ENVIRONMENT];
  const workers = fakeWorkers({
    observe: (_header, options: WorkerCallOptions) => {
      for (const record of records) options.onEvent?.(record);
      return { result: { finished: true } };
    },
  });
  const { program } = await programOf([story.cell ?? "x = 1"]);
  const input: ObserveInput = {
    program,
    work: { root: "notebooks", above: 0 },
    pipelinesFolder: "pipelines",
    python: "python3",
    reference: undefined,
    timeoutMs: 1000,
    allowNetwork: false,
    allowWrite: false,
    signal: new AbortController().signal,
    onCell: () => undefined,
    fresh: story.fresh ?? false,
    onReused: () => undefined,
    onReachingUp: () => undefined,
  };
  const ports = { files, workers, artifacts: memoryArtifacts(files), templates: "/templates" };
  const first = await observeNotebook(input, ports);
  await story.between?.(files);
  expect(await observeNotebook(input, ports)).toEqual(first);
  return workers.calls.filter((call) => call.operation === "observe").length;
}

async function keptRuns(files: ReturnType<typeof memoryFiles>): Promise<readonly string[]> {
  const found = await files.list(".mlops/cache/observations");
  return found.filter((path) => !path.endsWith("index.json"));
}

test.each<{ readonly name: string; readonly story: Story; readonly runs: number }>([
  { name: "a notebook that did not change runs once", story: {}, runs: 1 },
  { name: "asked for a fresh run, it runs again", story: { fresh: true }, runs: 2 },
  {
    name: "a data file that changed makes it run again",
    story: { between: (files) => files.writeAtomic(DATA, "a\n2\n") },
    runs: 2,
  },
  {
    name: "a new file beside it makes it run again, because programs list folders",
    story: { between: (files) => files.writeAtomic("notebooks/more.csv", "a\n") },
    runs: 2,
  },
  {
    name: "saving the notebook again does not",
    story: { between: (files) => files.writeAtomic("notebooks/story.ipynb", "{ }") },
    runs: 1,
  },
  {
    name: "a damaged record is a miss",
    story: {
      between: async (files) => {
        for (const path of await keptRuns(files)) {
          const whole = `.mlops/cache/observations/${path}`;
          const text = (await files.readText(whole)) ?? "";
          await files.writeAtomic(whole, text.replace('"wallMs":1,', '"wallMs":2,'));
        }
      },
    },
    runs: 2,
  },
  {
    name: "a record that is no JSON is a miss",
    story: {
      between: async (files) => {
        for (const path of await keptRuns(files))
          await files.writeAtomic(`.mlops/cache/observations/${path}`, "half a rec");
      },
    },
    runs: 2,
  },
  {
    name: "what reached for the network is not kept",
    story: { records: [{ ...STATEMENT, network: ["example.org:443"] }, ENVIRONMENT] },
    runs: 2,
  },
  {
    name: "what started another process is not kept",
    story: { records: [{ ...STATEMENT, subprocesses: ["make data"] }, ENVIRONMENT] },
    runs: 2,
  },
  {
    name: "what read a file elsewhere is not kept",
    story: {
      records: [
        { ...STATEMENT, filesRead: [{ path: "/mnt/share/a.csv", sha256: null }] },
        ENVIRONMENT,
      ],
    },
    runs: 2,
  },
  {
    name: "what imported a module elsewhere is not kept",
    story: { records: [STATEMENT, { ...ENVIRONMENT, ownModules: ["/home/ann/lib/a.py"] }] },
    runs: 2,
  },
  {
    name: "what read the notebook's own file is not kept",
    story: {
      records: [
        {
          ...STATEMENT,
          filesRead: [{ path: "story.ipynb", sha256: sha256FromHex("a".repeat(64)) }],
        },
        ENVIRONMENT,
      ],
    },
    runs: 2,
  },
  {
    name: "what reads the clock is not kept",
    story: { cell: "import datetime\nnow = datetime.datetime.now()" },
    runs: 2,
  },
  {
    name: "text that was printed past Python is no broken record",
    story: {
      records: [STATEMENT, { kind: "text", stream: "stdout", text: "from C\n" }, ENVIRONMENT],
    },
    runs: 1,
  },
])("$name", async ({ story, runs }) => {
  expect(await runsOf(story)).toBe(runs);
});

test("a record that cannot be read ends the promotion instead of being left out", async () => {
  const error: unknown = await runsOf({
    records: [{ ...STATEMENT, wallMs: "long" }, ENVIRONMENT],
  }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MlopsError);
  expect(error).toMatchObject({
    code: "observation-unreadable",
    where: { path: "story.ipynb" },
  });
});

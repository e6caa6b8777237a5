/**
 * `kill -9` of the program or of any process below it at many random moments of many commands: the next command works, no
 * package is half-written, no process stays, what was stored is whole, and a killed run is on record as interrupted.
 *
 * MLOPS_SOAK_SEED repeats a sequence (every failure names its seed and round); MLOPS_SOAK_KILLS sets how many.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openRegistry } from "../../src/adapters/sqlite/open.ts";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { descendantsOf, expectNoProcessIn } from "../support/process-tree.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { randomFrom } from "../support/random-from.ts";

const KILLS = Number(process.env["MLOPS_SOAK_KILLS"] ?? 200);
const SEED = Number(process.env["MLOPS_SOAK_SEED"] ?? 1);

/** What the last step writes, by the factor that the notebook has. */
const WRITTEN = { 2: "[0, 2, 4, 8, 10, 14, 16]", 3: "[0, 3, 6, 12, 15, 21, 24]" } as const;
type Factor = keyof typeof WRITTEN;

function notebookWith(factor: Factor): string {
  return notebookText([
    "import json\nimport subprocess\nimport time",
    "#: ## Load",
    "with open('rows.json') as file:\n    rows = json.load(file)\ntime.sleep(0.15)",
    "#: ## Clean",
    "kept = [row for row in rows if row % 3 or row < 4]\nsubprocess.run(['sleep', '0.15'], check=True)",
    "#: ## Scale",
    `FACTOR = ${String(factor)}\nscaled = [row * FACTOR for row in kept if row != 3]\ntime.sleep(0.1)`,
    "#: ## Save",
    "with open('kept.json', 'w') as file:\n    json.dump(scaled, file)",
  ]);
}

interface Action {
  readonly name: string;
  readonly words: readonly string[];
  /** How many of a hundred kills. */
  readonly share: number;
  readonly prepare?: (round: number) => Promise<void>;
}

test(`${String(KILLS)} kills at random moments spoil nothing`, async () => {
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "rows.json"), "[0, 1, 2, 3, 4, 5, 6, 7, 8]");
    await writeFile(join(folder, "story.ipynb"), notebookWith(2));
  });
  const { folder, mlops } = project;
  let factor: Factor = 2;
  const edit = async (next: Factor): Promise<void> => {
    factor = next;
    await writeFile(join(folder, "story.ipynb"), notebookWith(factor));
  };
  const actions: readonly Action[] = [
    { name: "run", words: ["run", "story", "--force"], share: 45 },
    { name: "run of what changed", words: ["run", "story", "--param", "factor=5"], share: 5 },
    {
      name: "promote",
      words: ["promote", "story.ipynb", "--fresh"],
      share: 30,
      prepare: () => edit(factor === 2 ? 3 : 2),
    },
    { name: "verify", words: ["verify", "story"], share: 10 },
    { name: "clean", words: ["clean", "--yes"], share: 5 },
    { name: "snapshot", words: ["datasets", "snapshot", "rows.json"], share: 5 },
  ];
  const packages = new Map<string, Factor>();
  const packageNow = async (): Promise<string> => {
    const files = [...(await project.snapshot())].filter(([path]) => path.startsWith("pipelines/"));
    return JSON.stringify(files);
  };
  for (const each of [3, 2] as const) {
    await edit(each);
    checkExit(await mlops("promote", "story.ipynb"), 0);
    packages.set(await packageNow(), each);
  }
  const durations = new Map<string, number>();
  for (const { name, words } of actions) {
    const started = performance.now();
    checkExit(await mlops(...words), 0);
    durations.set(name, performance.now() - started);
  }

  const random = randomFrom(SEED);
  const tally = { killed: 0, late: 0, below: 0, interrupted: 0 };
  for (let round = 1; round <= KILLS; round += 1) {
    const action = choose(actions, random() * 100);
    const at = random() * (durations.get(action.name) ?? 1000);
    const [which, isBelow] = [random(), random() < 0.4];
    const place = `seed ${String(SEED)}, round ${String(round)}: ${action.name}, ${at.toFixed(0)} ms, ${isBelow ? "below" : "program"}`;
    await action.prepare?.(round);
    const before = new Set((await runsOf(project)).map(({ id }) => id));
    const child = project.start(...action.words);
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stdout?.resume();
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const timer = setTimeout(() => {
      const below = isBelow && child.pid !== undefined ? descendantsOf(child.pid) : [];
      const victim = below[Math.floor(which * below.length)];
      if (victim === undefined) child.kill("SIGKILL");
      else {
        tally.below += 1;
        killQuietly(victim);
      }
    }, at);
    await ended;
    clearTimeout(timer);
    if (child.signalCode === "SIGKILL") tally.killed += 1;
    else if (child.exitCode === 0) tally.late += 1;
    // A program that lost a process below it says so, and never as a bug of its own.
    expect(said, `${place}`).not.toContain("[bug]");
    await expectNoProcessIn(folder, place);
    expect(packages.has(await packageNow()), `${place}: a package that was never promoted`).toBe(
      true,
    );
    await checkStored(folder, place);

    const next = await mlops("run", "story", "--json");
    expect(next.code, `${place}\n${next.stderr}\n${next.stdout}`).toBe(0);
    const now = packages.get(await packageNow()) ?? 2;
    expect(await readFile(join(folder, "kept.json"), "utf8"), `${place}`).toBe(WRITTEN[now]);
    for (const { id, status } of await runsOf(project)) {
      expect(status, `${place}: run ${id}`).not.toBe("running");
      if (!before.has(id) && status === "interrupted") tally.interrupted += 1;
    }
    // Half of a promotion may have been recorded; the next one ends it, whatever it finds.
    const again = action.name === "promote" ? await mlops("promote", "story.ipynb") : undefined;
    expect(again?.code ?? 0, `${place}\n${again?.stderr ?? ""}`).toBe(0);
    const isLatest = packages.get(await packageNow()) === factor;
    expect(again === undefined || isLatest, `${place}: another package than the notebook's`).toBe(
      true,
    );
  }
  process.stdout.write(`${JSON.stringify({ seed: SEED, kills: KILLS, ...tally })}\n`);
  expect(tally.killed).toBeGreaterThan(KILLS / 4);
  expect(tally.interrupted).toBeGreaterThan(KILLS / 20);
  checkExit(await mlops("models", "verify"), 0);
  checkExit(await mlops("verify", "story"), 0);
});

function choose(actions: readonly Action[], percent: number): Action {
  let sum = 0;
  for (const action of actions) {
    sum += action.share;
    if (percent < sum) return action;
  }
  throw new Error("the shares do not add up to 100");
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}

async function runsOf(
  project: StoryProject,
): Promise<readonly { readonly id: string; readonly status: string }[]> {
  const listed = await project.mlops("runs", "list", "--json");
  checkExit(listed, 0);
  const { result } = JSON.parse(listed.stdout) as {
    readonly result: { readonly runs: readonly { readonly id: string; readonly status: string }[] };
  };
  return result.runs;
}

/** Every blob is what its name says, and the registry is whole, its chain of events included. */
async function checkStored(folder: string, place: string): Promise<void> {
  const blobs = join(folder, ".mlops", "store", "blobs");
  for (const first of await readdir(blobs))
    for (const rest of await readdir(join(blobs, first))) {
      const bytes = await readFile(join(blobs, first, rest));
      const digest = createHash("sha256").update(bytes).digest("hex");
      expect([digest, digest.slice(2)], `${place}: blob ${first}/${rest}`).toContain(rest);
    }
  const path = join(folder, ".mlops", "registry.db");
  const db = new Database(path);
  expect(db.pragma("integrity_check", { simple: true }), `${place}`).toBe("ok");
  db.close();
  const registry = openRegistry(path);
  expect(registry.audit.firstBroken(), `${place}`).toBeUndefined();
  registry.close();
}

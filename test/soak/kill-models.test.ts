/**
 * `kill -9` at random moments of the commands that change what the registry knows of models: bytes, event log, tables and
 * lock file agree afterwards, no half file stays where others look, and the same command then does its work or says why not.
 *
 * MLOPS_SOAK_SEED repeats a sequence; MLOPS_SOAK_KILLS sets how many.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { become, buyersProject, cloneOf } from "../support/buyers-project.ts";
import { checkExit, type StoryProject } from "../support/churn-project.ts";
import { expectNoProcessIn } from "../support/process-tree.ts";
import { randomFrom } from "../support/random-from.ts";

const KILLS = Math.ceil(Number(process.env["MLOPS_SOAK_KILLS"] ?? 200) / 2);
const SEED = Number(process.env["MLOPS_SOAK_SEED"] ?? 1);

interface Action {
  readonly where: StoryProject;
  readonly words: readonly string[];
  readonly prepare?: () => Promise<unknown>;
}

test(`${String(KILLS)} kills of what changes models leave registry, store and lock file agreed`, async () => {
  await using project = await buyersProject();
  await become(project.folder, "Grace");
  const forced = ["--force", "-m", "soak"];
  checkExit(await project.mlops("models", "alias", "buyers@v1", "production", ...forced), 0);
  await using clone = await cloneOf(project);
  const exported = join(project.folder, "exported");
  checkExit(await project.mlops("models", "export", "buyers@v1", "--out", exported), 0);
  const out = join(clone.folder, "out");
  const emptied = (folder: string) => async (): Promise<void> =>
    rm(folder, { recursive: true, force: true });
  const actions: readonly Action[] = [
    { where: project, words: ["models", "request", "buyers@v1", "--env", "staging", "--no-tests"] },
    { where: project, words: ["models", "approve", "buyers@v1", ...forced] },
    { where: project, words: ["models", "withdraw", "buyers@v1"] },
    { where: project, words: ["models", "alias", "buyers@v1", "staging"] },
    { where: project, words: ["models", "alias", "buyers", "staging", "--remove"] },
    { where: project, words: ["models", "tag", "buyers@v1", "round=soak"] },
    { where: project, words: ["models", "register", "buyers", "--model", "again"] },
    {
      where: project,
      words: ["models", "delete", "again@v1"],
    },
    {
      where: project,
      words: ["models", "push", "buyers@v1"],
      prepare: emptied(join(project.folder, "shared", "blobs")),
    },
    {
      where: clone,
      words: ["models", "pull"],
      prepare: emptied(join(clone.folder, ".mlops")),
    },
    { where: clone, words: ["models", "import", exported, "--model", "taken"] },
    { where: clone, words: ["models", "export", "buyers@v1", "--out", out], prepare: emptied(out) },
  ];
  const durations: number[] = [];
  for (const { where, words, prepare } of actions) {
    await prepare?.();
    const started = performance.now();
    expect([0, 1, 2]).toContain((await where.mlops(...words)).code);
    durations.push(performance.now() - started);
  }
  checkExit(await project.mlops("models", "push"), 0);
  checkExit(await clone.mlops("models", "pull"), 0);

  const random = randomFrom(SEED);
  const tally = { killed: 0, late: 0 };
  for (let round = 1; round <= KILLS; round += 1) {
    const index = Math.floor(random() * actions.length);
    const action = actions[index];
    if (action === undefined) throw new Error("there is no such action");
    const { where, words, prepare } = action;
    const atMs = random() * (durations[index] ?? 1000);
    const place = `seed ${String(SEED)}, round ${String(round)}: ${words.join(" ")}, ${atMs.toFixed(0)} ms`;
    await prepare?.();
    const child = where.start(...words);
    child.stdout?.resume();
    child.stderr?.resume();
    const code = new Promise<number | null>((resolve) => child.once("close", resolve));
    const timer = setTimeout(() => child.kill("SIGKILL"), atMs);
    const ended = await code;
    clearTimeout(timer);
    if (ended === null) tally.killed += 1;
    else tally.late += 1;
    await expectNoProcessIn(where.folder, place);
    const verified = await where.mlops("models", "verify");
    expect([place, verified.code, verified.code === 0 ? "" : verified.stdout]).toEqual([
      place,
      0,
      "",
    ]);
    const names = await readdir(where.folder);
    expect([place, names.filter((name) => /\.(?:new|tmp)$/.test(name))]).toEqual([place, []]);
    const again = await where.mlops(...words);
    // Refused is what a state may make of it: withdrawn already, nothing to approve. A crash is not.
    if (again.code === null || again.code > 2) throw new Error(`${place}: ${again.stderr}`);
  }
  expect(tally.killed).toBeGreaterThan(KILLS / 3);
  process.stderr.write(`killed ${String(tally.killed)}, too late ${String(tally.late)}\n`);
});

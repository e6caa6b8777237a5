/**
 * Random edits, each followed by `mlops run` and by a run of a copy that has never run: both make the same, and exactly
 * those steps are executed that depend on the edit.
 *
 * MLOPS_SOAK_SEED repeats a sequence (every failure names its seed and round); MLOPS_SOAK_ROUNDS sets how many.
 */
import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { sha256OfJson } from "../../src/base/hash.ts";
import { checkExit, PROGRAM, runProcess, storyProject } from "../support/churn-project.ts";
import { type HandStep, moduleText, writeHandPackage } from "../support/hand-package.ts";
import { pythonForTests } from "../support/python-environment.ts";

const ROUNDS = Number(process.env["MLOPS_SOAK_ROUNDS"] ?? 100);
const SEED = Number(process.env["MLOPS_SOAK_SEED"] ?? 1);
/** What a run's outcome must not depend on. */
const PRODUCED = /^(\.mlops|out)(\/|$)/;

/** `VARIANT` stands for a number that an edit of the step changes; the sum of a step takes it modulo 3, so that some edits change nothing. */
const STEPS: readonly HandStep[] = [
  {
    name: "gather",
    outputs: ["rows"],
    lines: [
      "import glob, os",
      "paths = sorted(glob.glob(os.path.join('da' + 'ta', '*.txt')))",
      "return [int(line) + VARIANT % 3 for path in paths for line in open(path)]",
    ],
  },
  {
    name: "extra",
    outputs: ["bonus"],
    lines: [
      "from pathlib import Path",
      "place = Path('opt' + 'ional.txt')",
      "return (int(place.read_text()) if place.exists() else 0) + VARIANT % 3",
    ],
  },
  {
    name: "draw",
    params: ["draws"],
    outputs: ["lot"],
    random: "global",
    lines: ["import random", "return [random.random() + VARIANT % 3 for _ in range(draws)]"],
  },
  {
    name: "grow",
    inputs: ["rows"],
    params: ["by"],
    outputs: ["grown"],
    lines: ["rows.append(by)", "rows.sort()", "return rows[: 5 + VARIANT % 3]"],
  },
  {
    name: "count",
    inputs: ["rows"],
    outputs: ["length"],
    lines: ["print('rows', len(rows))", "return len(rows) + VARIANT % 3"],
  },
  {
    name: "mode",
    outputs: ["label"],
    lines: ["import os", "return os.environ.get('STORY_MODE', 'none') + str(VARIANT % 3)"],
  },
  {
    name: "redraw",
    inputs: ["length"],
    outputs: ["other"],
    random: "global",
    lines: ["import random", "return random.randint(0, length + 10) + VARIANT % 3"],
  },
  {
    name: "save",
    inputs: ["grown", "bonus"],
    outputs: ["place"],
    writes: ["out/sum.txt"],
    lines: [
      "import os",
      "os.makedirs('out', exist_ok=True)",
      "with open('out/sum.txt', 'w') as file:",
      "    file.write(str(sum(grown) + bonus + VARIANT % 3))",
      "return 'out/sum.txt'",
    ],
  },
  {
    name: "report",
    inputs: ["place", "label", "lot", "other"],
    reads: ["out/sum.txt"],
    outputs: ["line"],
    lines: [
      "with open(place) as file:",
      "    return [label, file.read(), len(lot), other, VARIANT % 3]",
    ],
  },
];

interface Manifest {
  readonly outputs: Readonly<Record<string, { readonly digest: string }>>;
  readonly files: Readonly<Record<string, string>>;
  readonly filesRead: Readonly<Record<string, string>>;
  readonly looked?: Readonly<Record<string, string>>;
  readonly random: { readonly before: string | null; readonly after: string | null };
  readonly metrics: readonly unknown[];
  readonly text: string;
}

interface Ran {
  readonly step: string;
  readonly decision: string;
  readonly because: string;
  readonly manifest: Manifest;
}

/** What edits change. */
interface World {
  readonly folder: string;
  readonly variants: Map<string, number>;
  readonly params: { by: number; draws: number };
  mode: string | undefined;
  shared: number;
  /** Digests of stored values that were deleted. */
  readonly missing: Set<string>;
}

function withVariant(step: HandStep, variant: number): HandStep {
  return { ...step, lines: step.lines.map((line) => line.replaceAll("VARIANT", String(variant))) };
}

async function writeCode(world: World): Promise<void> {
  const code = join(world.folder, "pipelines", "tally", "tally");
  for (const [at, step] of STEPS.entries()) {
    const text = moduleText("tally", withVariant(step, world.variants.get(step.name) ?? 0), at + 1);
    await writeFile(join(code, `${step.name}.py`), text);
  }
  await mkdir(join(code, "_local"), { recursive: true });
  await writeFile(join(code, "_local", "units.py"), `UNIT = ${String(world.shared)}\n`);
  const params = Object.entries(world.params).map(([name, value]) => `${name}: ${String(value)}\n`);
  await writeFile(join(code, "..", "params.yaml"), params.join(""));
}

type Draw = (below: number) => number;

/** Numbers from 0 up to, but without, a limit; the same for the same seed. */
function drawsFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const EDITS: Readonly<Record<string, (world: World, draw: Draw) => Promise<unknown>>> = {
  nothing: () => Promise.resolve(),
  parameter: async (world, draw) => {
    if (draw(2) === 0) world.params.by = draw(3);
    else world.params.draws = draw(3);
  },
  "line of a step": async (world, draw) => {
    const step = STEPS[draw(STEPS.length)];
    if (step !== undefined) world.variants.set(step.name, draw(6));
  },
  "shared module": async (world, draw) => (world.shared = draw(3)),
  "environment variable": async (world, draw) => (world.mode = [undefined, "a", "b"][draw(3)]),
  "data file": (world, draw) =>
    writeFile(join(world.folder, "data", `${String(draw(3))}.txt`), `${String(draw(9))}\n`),
  "deleted data file": (world, draw) =>
    rm(join(world.folder, "data", `${String(draw(3))}.txt`), { force: true }),
  "touched data file": (world) =>
    utimes(join(world.folder, "data", "always.txt"), new Date(), new Date()),
  "file that was not there": (world, draw) =>
    draw(2) === 0
      ? rm(join(world.folder, "optional.txt"), { force: true })
      : writeFile(join(world.folder, "optional.txt"), String(draw(3))),
  "deleted output file": (world) => rm(join(world.folder, "out"), { recursive: true, force: true }),
  "deleted stored value": async (world, draw) => {
    const blobs = join(world.folder, ".mlops", "store", "blobs");
    const all = (await readdir(blobs, { recursive: true })).filter((path) => path.includes("/"));
    const path = all.sort()[draw(all.length)];
    if (path === undefined) return;
    await rm(join(blobs, path));
    world.missing.add(`sha256:${path.split("/").at(-1) ?? ""}`);
  },
};

async function runIn(folder: string, world: World): Promise<readonly Ran[]> {
  const { STORY_MODE: _mode, ...environment } = process.env;
  const python = await pythonForTests();
  const env = {
    ...environment,
    ...(world.mode === undefined ? {} : { STORY_MODE: world.mode }),
    MLOPS_PYTHON: python,
    GIT_CEILING_DIRECTORIES: dirname(folder),
  };
  const finished = await runProcess(
    process.execPath,
    [PROGRAM, "run", "tally", "--json", "--no-register"],
    { cwd: folder, env },
  );
  checkExit(finished, 0);
  return (JSON.parse(finished.stdout) as { result: { run: { steps: Ran[] } } }).result.run.steps;
}

/** What must be the same whether a step was executed or taken from the store. */
function madeBy({ manifest }: Ran): unknown {
  const { outputs, files, random, metrics, text } = manifest;
  return { outputs, files, random, metrics, text };
}

test(`whatever is edited, a run makes what a first run would, and executes no more than it must (seed ${String(SEED)})`, async () => {
  const draw = drawsFrom(SEED);
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    await mkdir(join(folder, "data"));
    await writeFile(join(folder, "data", "always.txt"), "1\n2\n");
    await writeHandPackage(folder, "tally", {
      steps: STEPS.map((step) => withVariant(step, 0)),
      params: { by: 1, draws: 1 },
      environment: ["STORY_MODE"],
    });
  });
  const { folder } = project;
  const world: World = {
    folder,
    variants: new Map(),
    params: { by: 1, draws: 1 },
    mode: undefined,
    shared: 0,
    missing: new Set(),
  };
  /** Of each fingerprint: what its newest execution saw of files. */
  const known = new Map<string, { readonly saw: string; readonly made: Manifest }>();
  const names = Object.keys(EDITS);
  for (let round = 0; round < ROUNDS; round += 1) {
    const edit = round === 0 ? "nothing" : (names[draw(names.length)] ?? "nothing");
    const where = `seed ${String(SEED)}, round ${String(round)}: ${edit}`;
    await EDITS[edit]?.(world, draw);
    await writeCode(world);
    const copy = await copyWithoutResults(folder);
    const [ran, first] = [await runIn(folder, world), await runIn(copy, world)];
    const [sum, firstSum] = await Promise.all(
      [folder, copy].map((made) => readFile(join(made, "out", "sum.txt"), "utf8")),
    );
    await rm(copy, { recursive: true, force: true });
    expect([where, ran.map(madeBy)]).toEqual([where, first.map(madeBy)]);
    expect([where, sum]).toEqual([where, firstSum]);
    const due: string[] = [];
    for (const [at, step] of STEPS.entries()) {
      const made = first[at]?.manifest;
      if (made === undefined) throw new Error(`${where}: ${step.name} has no result`);
      const { saw, fingerprint } = dependenciesOf(step, made, first, world);
      const before = known.get(fingerprint);
      const isGone = Object.values(before?.made.outputs ?? {}).some(({ digest }) =>
        world.missing.has(digest),
      );
      const isFileGone = Object.values(before?.made.files ?? {}).some((digest) =>
        world.missing.has(digest),
      );
      if (before?.saw !== saw || isGone) due.push(step.name);
      else if (isFileGone && ran[at]?.decision === "execute") due.push(step.name);
      if (due.includes(step.name)) {
        for (const { digest } of Object.values(made.outputs)) world.missing.delete(digest);
        for (const digest of Object.values(made.files)) world.missing.delete(digest);
        known.set(fingerprint, { saw, made });
      }
    }
    const executed = ran.filter(({ decision }) => decision === "execute");
    expect([where, executed.map(({ step, because }) => `${step}: ${because}`)]).toEqual([
      where,
      ran
        .filter(({ step }) => due.includes(step))
        .map(({ step, because }) => `${step}: ${because}`),
    ]);
  }
});

/** From what a first run says, without looking at how the program decides. */
function dependenciesOf(
  step: HandStep,
  made: Manifest,
  first: readonly Ran[],
  world: World,
): { readonly saw: string; readonly fingerprint: string } {
  const outputs = new Map(
    first.flatMap(({ manifest }) =>
      Object.entries(manifest.outputs).map(([name, { digest }]) => [name, digest] as const),
    ),
  );
  return {
    saw: sha256OfJson([made.filesRead, made.looked ?? {}]),
    fingerprint: sha256OfJson([
      step.name,
      world.variants.get(step.name) ?? 0,
      world.shared,
      world.mode ?? null,
      (step.params ?? []).map((name) => world.params[name as "by" | "draws"]),
      (step.inputs ?? []).map((name) => outputs.get(name) ?? null),
      made.random.before,
    ]),
  };
}

/** The project as it would be cloned. */
async function copyWithoutResults(folder: string): Promise<string> {
  const copy = `${folder}-first`;
  await cp(folder, copy, {
    recursive: true,
    filter: (path) => !PRODUCED.test(path.slice(folder.length + 1)),
  });
  return copy;
}

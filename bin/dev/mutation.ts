/**
 * How much `mlops verify` notices: a promoted pipeline is verified once as it is, then once for each mutant of its
 * step modules and helpers. A mutant is caught when its verdict is `differs`.
 *
 * Only steps that a mutant can reach are run again; every other step's results are those of the first verification.
 * That changes no verdict: what a step makes either differs, and then the mutant is caught, or is the same, and then
 * the steps after it see what they saw before.
 */
import { execFile, spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { copyScratch } from "../../src/app/copy-scratch.ts";
import { loadPipeline } from "../../src/app/load-pipeline.ts";
import {
  type VerifiedPackage,
  type VerifyPackageInput,
  type VerifyPackagePorts,
  verifyPackage,
} from "../../src/app/verify-package.ts";
import { readPlanRecord } from "../../src/app/verify-pipeline.ts";
import { prepareWorker } from "../../src/app/verify-steps.ts";
import { workFolderOfPlan } from "../../src/app/work-folder.ts";
import { sha256 } from "../../src/base/hash.ts";
import { wire } from "../../src/cli/wire.ts";
import type { Plan } from "../../src/pipeline/plan.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

/** What `mutants.py` prints. */
const Mutant = z.object({
  operator: z.string(),
  line: z.int(),
  before: z.string(),
  after: z.string(),
  start: z.int(),
  end: z.int(),
  text: z.string(),
});
type Mutant = z.infer<typeof Mutant>;

export interface MutationInput {
  /** Absolute folder of a project in which the pipeline was promoted. */
  readonly project: string;
  readonly pipeline: string;
  readonly python: string;
  /** Mutants at most, chosen by `seed`; `undefined` takes all. */
  readonly limit: number | undefined;
  readonly seed: number;
  readonly onMutant: (done: number, total: number) => void;
}

/** One mutant and how verification answered. */
export interface MutantOutcome extends Verdict {
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  readonly before: string;
  readonly after: string;
}

/** Whether a mutant was caught, and if not, whether it changes anything at all. */
interface Verdict {
  /** `survived`: something inside the step differs. `equivalent`: nothing does, on these data. */
  readonly kind: "caught" | "survived" | "equivalent";
  /** The first difference, or what the mutant changed inside its step although nothing that leaves it differs. */
  readonly evidence: string;
}

interface Bench {
  readonly input: MutationInput;
  readonly plan: Plan;
  readonly verification: VerifyPackageInput;
  readonly ports: VerifyPackagePorts;
  readonly original: VerifiedPackage;
  /** Absolute folder of the package. */
  readonly code: string;
  /** Steps that run code of a file, by file name. */
  readonly reached: ReadonlyMap<string, readonly string[]>;
}

/** @throws Error when the pipeline does not verify unchanged. Files are as before when it returns. */
export async function measureMutants(input: MutationInput): Promise<readonly MutantOutcome[]> {
  const wiring = wire({ emit: () => undefined });
  try {
    const ports = {
      files: await wiring.files(input.project),
      workers: await wiring.workers(),
      artifacts: await wiring.artifacts(join(input.project, ".mlops", "store")),
      ids: await wiring.ids(),
      registry: await wiring.registry(join(input.project, ".mlops", "registry.db")),
    };
    const pipeline = await loadPipeline(input.pipeline, "pipelines", ports.files);
    const revision = ports.registry.pipelines.latestRevision(pipeline.name);
    if (revision === undefined) throw new Error(`${input.pipeline} was never promoted`);
    const { plan, reference } = await readPlanRecord(revision.planDigest, ports);
    if (reference === undefined) throw new Error(`${input.pipeline} has no reference`);
    const folder = ports.files.absolute(pipeline.folder);
    const surroundings = {
      package: folder,
      root: join(folder, pipeline.file.root),
      python: input.python,
      stepTimeoutMs: 60_000,
      signal: new AbortController().signal,
    };
    const prepared = await prepareWorker(surroundings, ports.workers);
    try {
      const verification: VerifyPackageInput = {
        plan,
        reference,
        folder,
        prepared,
        packageDigest: sha256(""),
        root: join(pipeline.folder, pipeline.file.root),
        pipelinesFolder: "pipelines",
        python: input.python,
        stepTimeoutMs: surroundings.stepTimeoutMs,
        signal: surroundings.signal,
        onStep: () => undefined,
      };
      const original = await verifyPackage(verification, ports);
      if (original.certificate.verdict === "differs")
        throw new Error(`${input.pipeline} does not verify unchanged`);
      const code = join(folder, pipeline.packageName);
      const reached = await reachedSteps(plan, code);
      return await tryAll({ input, plan, verification, ports, original, code, reached });
    } finally {
      await prepared.worker.close();
    }
  } finally {
    await wiring.close();
  }
}

async function tryAll(bench: Bench): Promise<readonly MutantOutcome[]> {
  const { input } = bench;
  const all: { readonly file: string; readonly mutant: Mutant }[] = [];
  for (const file of bench.reached.keys()) {
    const { stdout } = await run(input.python, [join(here, "mutants.py"), join(bench.code, file)], {
      maxBuffer: 1 << 26,
    });
    for (const mutant of z.array(Mutant).parse(JSON.parse(stdout))) all.push({ file, mutant });
  }
  const chosen = sample(all, input.limit ?? all.length, input.seed);
  const outcomes: MutantOutcome[] = [];
  for (const { file, mutant } of chosen) {
    outcomes.push(await tryOne(bench, file, mutant));
    input.onMutant(outcomes.length, chosen.length);
  }
  return outcomes;
}

async function tryOne(bench: Bench, file: string, mutant: Mutant): Promise<MutantOutcome> {
  const path = join(bench.code, file);
  const text = await readFile(path, "utf8");
  const steps = bench.reached.get(file) ?? [];
  await writeFile(path, text.slice(0, mutant.start) + mutant.text + text.slice(mutant.end));
  try {
    const others = <T>(made: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
      new Map([...made].filter(([step]) => !steps.includes(step)));
    const { manifests, settings } = bench.original;
    const given = { manifests: others(manifests), settings: others(settings) };
    const { certificate, failure } = await verifyPackage(
      { ...bench.verification, given },
      bench.ports,
    );
    const caught = certificate.verdict === "differs";
    const first = certificate.comparisons.find((comparison) => !comparison.same);
    const difference = `${first?.kind ?? ""} ${first?.name ?? ""}: ${first?.difference ?? ""}`;
    const verdict: Verdict = caught
      ? { kind: "caught", evidence: failure?.message ?? difference }
      : await whatChanged(bench, steps, { path, text });
    const { line, operator, before, after } = mutant;
    return { file, line, operator, before, after, ...verdict };
  } finally {
    await writeFile(path, text);
  }
}

/** Step modules by their step; shared modules by every step that imports them. Settings only change how things are shown. */
async function reachedSteps(
  plan: Plan,
  code: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const reached = new Map<string, readonly string[]>();
  const users: string[] = [];
  for (const step of plan.steps) {
    const file = `${step.name.replaceAll("-", "_")}.py`;
    reached.set(file, [step.name]);
    if (/from \.helpers import/.test(await readFile(join(code, file), "utf8")))
      users.push(step.name);
  }
  if (users.length > 0 && (await readdir(code)).includes("helpers.py"))
    reached.set("helpers.py", users);
  return reached;
}

/** Variables that end a step with another value and what else it leaves, by running it with and without the mutant. */
async function whatChanged(
  bench: Bench,
  steps: readonly string[],
  file: { readonly path: string; readonly text: string },
): Promise<Verdict> {
  const mutated = await readFile(file.path, "utf8");
  const changed: string[] = [];
  for (const step of steps) {
    const found = await changedLocals(bench, step, { ...file, mutated });
    for (const [name, difference] of Object.entries(found)) changed.push(`${name} (${difference})`);
  }
  return changed.length === 0
    ? {
        kind: "equivalent",
        evidence:
          "equivalent on this data: the step prints and writes the same and ends with the same value in every variable, the same random state, settings, environment and folder",
      }
    : {
        kind: "survived",
        evidence: `only ${changed.join(", ")} inside the step; nothing that leaves it depends on that`,
      };
}

async function changedLocals(
  bench: Bench,
  name: string,
  file: { readonly path: string; readonly text: string; readonly mutated: string },
): Promise<Readonly<Record<string, string>>> {
  const { plan, input, original, verification, ports } = bench;
  const step = plan.steps.find((candidate) => candidate.name === name);
  const made = new Map(
    [...original.manifests.values()].flatMap((manifest) => Object.entries(manifest.outputs)),
  );
  const taken = plan.parameters.filter((parameter) => step?.params.includes(parameter.name));
  const { root, pipelinesFolder } = verification;
  const work = workFolderOfPlan(plan, root);
  const scratches = [
    await copyScratch(work, pipelinesFolder, ports.files),
    await copyScratch(work, pipelinesFolder, ports.files),
  ];
  const request = {
    folder: verification.folder,
    package: plan.name.replaceAll("-", "_"),
    step: name,
    store: ports.artifacts.root,
    run: ports.ids.runId(),
    params: Object.fromEntries(taken.map((parameter) => [parameter.name, parameter.value])),
    inputs: Object.fromEntries(
      (step?.inputs ?? []).map((artifact) => [artifact, made.get(artifact)]),
    ),
    roots: scratches.map((scratch) => scratch.root),
    randomBefore: original.manifests.get(name)?.random.before ?? null,
    path: file.path,
    original: file.text,
    mutated: file.mutated,
  };
  try {
    const script = join(here, "step_locals.py");
    const text = await answerOf(input.python, script, JSON.stringify(request));
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } finally {
    await ports.artifacts.removeRun(request.run);
    for (const scratch of scratches) await scratch.remove();
  }
}

function answerOf(python: string, script: string, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [script], {
      env: { ...process.env, PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1", MPLBACKEND: "Agg" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let text = "";
    let problem = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (problem += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`${script} ended with ${String(code)}: ${problem}`));
    });
    child.stdin.end(question);
  });
}

/** Some of many, the same ones for the same seed, in their order. */
function sample<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const ranked = all.map((item, at) => ({
    item,
    at,
    rank: sha256(`${String(seed)}:${String(at)}`),
  }));
  return ranked
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

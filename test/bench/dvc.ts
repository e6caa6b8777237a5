/**
 * `mlops run` against `dvc repro` on the same steps: each stage starts the step that promotion wrote, by the package's own
 * command line. What DVC keeps of a stage is its manifest alone, so that it never pays for hashing or copying artifacts.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonName } from "../../src/base/python-name.ts";
import { parseYaml, renderYaml } from "../../src/base/yaml.ts";
import { PipelineFile } from "../../src/pipeline/schema.ts";
import { median } from "./median.ts";
import { type PromotedExample, promoteExample } from "./promoted-example.ts";

const COLD_RUNS = 3;
const NO_OP_RUNS = 9;
const PACKAGE = "pipelines/churn";

/** Says that it was skipped where DVC cannot be installed. */
export async function measureDvc(): Promise<string> {
  using example = await promoteExample("churn");
  const tools = mkdtempSync(join(tmpdir(), "mlops-bench-dvc-"));
  try {
    const dvc = installDvc(example.python, tools);
    if (dvc === undefined) return "against dvc repro: skipped, DVC could not be installed";
    startDvc(dvc, example);
    const repro = [dvc, "repro", "--quiet"] as const;
    const cold = alternate(COLD_RUNS, example, [
      { command: [...repro, "--force", "--no-run-cache"], before: () => undefined },
      {
        command: example.run,
        before: example.forgetRuns,
      },
    ]);
    const noOp = alternate(NO_OP_RUNS, example, [
      { command: repro, before: () => undefined },
      { command: example.run, before: () => undefined },
    ]);
    return [
      "against dvc repro, the steps of churn, medians of alternating runs",
      line("cold", cold),
      line("nothing to do", noOp),
    ].join("\n");
  } finally {
    rmSync(tools, { recursive: true });
  }
}

interface Rival {
  readonly command: readonly [string, ...string[]];
  readonly before: () => void;
}

/** Medians, in the order of the rivals. */
function alternate(
  rounds: number,
  example: PromotedExample,
  rivals: readonly Rival[],
): readonly number[] {
  const times = rivals.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [at, { command, before }] of rivals.entries()) {
      before();
      times[at]?.push(example.time(command));
    }
  return times.map(median);
}

function line(name: string, [dvc = Number.NaN, mlops = Number.NaN]: readonly number[]): string {
  const ratio = mlops / dvc;
  return `  ${name.padEnd(14)} dvc repro ${dvc.toFixed(0).padStart(6)} ms   mlops run ${mlops.toFixed(0).padStart(6)} ms   × ${ratio.toFixed(2)} (at most 1: ${ratio <= 1 ? "held" : "missed"})`;
}

/** The program in an environment of its own; `undefined` without a package index. */
function installDvc(python: string, folder: string): string | undefined {
  const environment = join(folder, "environment");
  const own = join(environment, "bin", "python");
  for (const command of [
    [python, "-m", "venv", environment],
    [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "dvc"],
  ] as const) {
    const [file, ...parameters] = command;
    if (spawnSync(file, parameters).status !== 0) return undefined;
  }
  const program = join(environment, "bin", "dvc");
  return existsSync(program) ? program : undefined;
}

function startDvc(dvc: string, example: PromotedExample): void {
  writeFileSync(join(example.folder, "dvc.yaml"), dvcFile(example));
  example.time([dvc, "init", "--quiet"]);
  for (const setting of ["core.analytics", "core.check_update"])
    example.time([dvc, "config", setting, "false"]);
  example.time([dvc, "repro", "--quiet"]);
}

/** A stage a step: it depends on its module, its data, and the manifests of the steps it takes something from. */
function dvcFile({ folder, python }: PromotedExample): string {
  const path = `${PACKAGE}/pipeline.yaml`;
  const { steps } = PipelineFile.parse(
    parseYaml(readFileSync(join(folder, path), "utf8"), path).value,
  );
  const manifestOf = (name: string): string => `.dvc-store/runs/bench/${name}/manifest.json`;
  const stages = steps.map((step, at) => {
    const before = steps.slice(0, at);
    const needed = before.filter(
      (other) =>
        other.outputs.some((name) => step.inputs.includes(name)) ||
        (step.random === "global" && other.random === "global"),
    );
    const stage = {
      cmd: `PYTHONPATH=${PACKAGE} ${python} -m churn step ${step.name} --run bench --store .dvc-store`,
      deps: [
        `${PACKAGE}/churn/${pythonName(step.name)}.py`,
        ...step.reads,
        ...needed.map(({ name }) => manifestOf(name)),
      ],
      outs: [manifestOf(step.name)],
    };
    return [step.name, stage] as const;
  });
  return renderYaml({ stages: Object.fromEntries(stages) });
}

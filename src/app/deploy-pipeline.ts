/**
 * `mlops deploy --level 1`: the files that make a pipeline train by itself, and the record that they were made.
 * Nothing is sent anywhere: the user commits the files. The second time, nothing changes and nothing is recorded.
 */

import * as posix from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import { ConfigError, ConflictError, UsageError } from "../base/errors.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { pythonName } from "../base/python-name.ts";
import { parseYaml } from "../base/yaml.ts";
import { checkManifests } from "../deploy/check-manifests.ts";
import { buildTrainingWorkflow, workflowPath } from "../deploy/ci-github.ts";
import { longestGapDays, parseCron, shortestGapMinutes } from "../deploy/cron.ts";
import { buildTrainingImage } from "../deploy/image.ts";
import { jobVariables } from "../deploy/pipeline-variables.ts";
import type { MetricGate } from "../deploy/schema.ts";
import type { TrainingDeployment } from "../deploy/training-deployment.ts";
import { readWorkflow } from "../deploy/workflow-file.ts";
import { parseRequirements } from "../maturity/requirements.ts";
import { checkStepsAgree } from "../pipeline/declared-steps.ts";
import { promoteAgain } from "../pipeline/sources.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Git } from "../ports/git.ts";
import type { Ids } from "../ports/ids.ts";
import type { Registry } from "../ports/registry.ts";
import type { PythonParser } from "../python/parse.ts";
import { type PythonModule, readPythonModule } from "../python/python-module.ts";
import type { Deployment } from "../registry/deployment.ts";
import type { Identity } from "../registry/identity.ts";
import { isSameDeployment, lastDeployment, recordDeployment } from "./deployment-record.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { planWrites, renderWriteDiff, type WritePlan } from "./plan-writes.ts";
import { applyWrites, type WriteOutcome } from "./write-files.ts";

/** What is asked for; `undefined` takes what is configured, deployed before, or the default. */
export interface DeployInput {
  readonly pipeline: LoadedPipeline;
  readonly level: number;
  readonly target: string;
  readonly schedule: string | undefined;
  readonly timeoutMinutes: number | undefined;
  /** Name of the environment that is recorded and, when given, guards the job. */
  readonly environment: string | undefined;
  readonly gates: readonly MetricGate[];
  /** Only say what would change. */
  readonly dryRun: boolean;
}

export interface DeployPorts {
  /** Rooted at the project. */
  readonly files: Files;
  readonly registry: Registry;
  readonly git: Git;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly parser: PythonParser;
  /** Absolute folder of the templates that ship with the program. */
  readonly templates: string;
}

/** What a deployment did, or on a dry run would do. */
export interface DeployResult {
  readonly pipeline: string;
  /** `undefined` when the registry has no revision of the pipeline, so that nothing could be recorded. */
  readonly subject: string | undefined;
  readonly level: 1;
  readonly target: "github";
  readonly environment: string;
  readonly schedule: string;
  readonly gates: readonly MetricGate[];
  readonly files: readonly {
    readonly path: string;
    readonly change: WritePlan["changes"][number]["kind"];
  }[];
  readonly writes: WriteOutcome;
  readonly diff: string;
  /** The new record; `undefined` on a dry run, or when nothing changed. */
  readonly deployment: Deployment | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What runs training where nobody named an environment. */
const DEFAULT_ENVIRONMENT = "ci";
/** Mondays at three in the night, UTC. */
const DEFAULT_SCHEDULE = "0 3 * * 1";
const DEFAULT_TIMEOUT_MINUTES = 60;
/** GitHub starts no schedule more often. */
const LEAST_GAP_MINUTES = 5;

/**
 * @throws UsageError `deploy-level-unavailable`, `schedule-invalid`; ConflictError `steps-disagree`;
 *   ConfigError `requirements-missing`, `lock-without-hashes`, `gate-metric-unknown`, `python-without-image`, `pipeline-root-outside`.
 */
export async function deployPipeline(
  input: DeployInput,
  ports: DeployPorts,
): Promise<DeployResult> {
  checkAvailable(input.level, input.target);
  const { pipeline } = input;
  await checkSteps(pipeline, ports);
  const deployment: TrainingDeployment = {
    folder: pipeline.folder,
    pipeline: pipeline.file,
    params: pipeline.params,
    requirements: await chooseRequirements(pipeline, ports.files),
    schedule: await chooseSchedule(input, ports.files),
    timeoutMinutes: input.timeoutMinutes ?? DEFAULT_TIMEOUT_MINUTES,
    environment: input.environment,
    gates: input.gates,
  };
  const generated = await buildFiles(deployment, ports);
  const diagnostics = [
    ...(await checkFiles(generated, deployment, ports)),
    ...gateDiagnostics(deployment),
    ...variableDiagnostics(deployment),
  ];
  const environment = input.environment ?? DEFAULT_ENVIRONMENT;
  const target = { level: 1, target: "github", environment } as const;
  const earlier = lastDeployment(pipeline.name, target, ports.registry);
  const plan = await planWrites(
    { files: generated, folder: ".", base: earlier?.files ?? {} },
    ports,
  );
  const revision = ports.registry.pipelines.latestRevision(pipeline.name);
  const subject =
    revision === undefined ? undefined : `${pipeline.name}:r${String(revision.revision)}`;
  const common = {
    pipeline: pipeline.name,
    subject,
    ...target,
    schedule: deployment.schedule,
    gates: input.gates,
    files: plan.changes.map((change) => ({ path: change.path, change: change.kind })),
    diff: renderWriteDiff(plan),
    diagnostics: subject === undefined ? [...diagnostics, noRevision(pipeline)] : diagnostics,
  };
  if (input.dryRun)
    return {
      ...common,
      writes: { written: [], removed: [], conflicts: [] },
      deployment: undefined,
    };
  const gitCommit = (await ports.git.state(ports.files.absolute(".")))?.commit;
  const actor: Identity = {
    name: (await ports.git.author(ports.files.absolute("."))) ?? "unknown",
    grade: "asserted",
  };
  let made: Deployment | undefined;
  const writes = await applyWrites(plan, ports, () => {
    const unchanged =
      earlier !== undefined &&
      earlier.subject === subject &&
      isSameDeployment(earlier.files, generated);
    if (subject === undefined || unchanged) return;
    made = recordDeployment({ subject, ...target, gitCommit, actor, generated }, ports);
  });
  return { ...common, writes, deployment: made };
}

function checkAvailable(level: number, target: string): void {
  if (level === 1 && target === "github") return;
  const what = level === 1 ? `--target ${target}` : `--level ${String(level)}`;
  throw new UsageError(`deploy ${what} is not available in this version.`, {
    code: "deploy-level-unavailable",
    hint: "available now: mlops deploy --level 1 --target github (image, scheduled training with tests and quality gate)",
  });
}

/** pipeline.yaml and the package must say the same before CI runs the one and people read the other. */
async function checkSteps(
  pipeline: LoadedPipeline,
  ports: Pick<DeployPorts, "files" | "parser">,
): Promise<void> {
  const read = async (name: string): Promise<PythonModule | undefined> => {
    const path = `${pipeline.folder}/${pipeline.packageName}/${name}`;
    const text = await ports.files.readText(path);
    return text === undefined ? undefined : readPythonModule(path, ports.parser.parse(text));
  };
  const modules = new Map<string, PythonModule>();
  for (const step of pipeline.file.steps) {
    const module = await read(`${pythonName(step.name)}.py`);
    if (module !== undefined) modules.set(step.name, module);
  }
  const yamlPath = `${pipeline.folder}/pipeline.yaml`;
  const [first, ...others] = checkStepsAgree({
    file: pipeline.file,
    yamlPath,
    table: await read("_pipeline.py"),
    modules,
  });
  if (first === undefined) return;
  throw new ConflictError(`${first.message}.`, {
    code: first.code,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    ...(first.where === undefined ? {} : { where: first.where }),
    diagnostics: others,
  });
}

async function chooseRequirements(
  pipeline: LoadedPipeline,
  files: Files,
): Promise<TrainingDeployment["requirements"]> {
  const path = `${pipeline.folder}/requirements.lock`;
  const lock = await files.readText(path);
  if (lock !== undefined) {
    const bare = parseRequirements(path, lock).requirements.find((one) => one.hashes === 0);
    if (bare === undefined) return "requirements.lock";
    throw new ConfigError(
      `${path}, line ${String(bare.line)}: ${bare.name} has no hash, so pip would refuse the whole file.`,
      {
        code: "lock-without-hashes",
        where: { path, line: bare.line },
        hint: `remove it and let promotion make it with hashes: ${promoteAgain(pipeline.file)}`,
      },
    );
  }
  if ((await files.kind(`${pipeline.folder}/requirements.txt`)) === "file")
    return "requirements.txt";
  throw new ConfigError(
    `${pipeline.folder} has no requirements.txt, so nothing says what CI must install.`,
    {
      code: "requirements-missing",
      where: { path: pipeline.folder },
      hint: `bring it back from git, or promote again: ${promoteAgain(pipeline.file)}`,
    },
  );
}

/** What was asked for, else what pipeline.yaml or the workflow on disk says (a person may have changed it there), else the default. */
async function chooseSchedule(input: DeployInput, files: Files): Promise<string> {
  const chosen = input.schedule ?? input.pipeline.file.schedule;
  if (chosen !== undefined) return checkSchedule(chosen);
  const path = workflowPath(input.pipeline.name);
  const text = await files.readText(path);
  const found =
    text === undefined
      ? undefined
      : readWorkflow(path, text, parseYaml(text, path).value)?.crons[0];
  return found !== undefined && parseCron(found).ok ? found : DEFAULT_SCHEDULE;
}

function checkSchedule(text: string): string {
  const refuse = (why: string): UsageError =>
    new UsageError(`the schedule "${text}" cannot be used: ${why}.`, {
      code: "schedule-invalid",
      hint: 'five fields in UTC, for example --schedule "0 3 * * 1" for Mondays at 03:00',
    });
  const cron = parseCron(text);
  if (!cron.ok) throw refuse(cron.error);
  if (longestGapDays(cron.value) === undefined) throw refuse("there is no such day in any year");
  const gap = shortestGapMinutes(cron.value);
  if (gap !== undefined && gap < LEAST_GAP_MINUTES)
    throw refuse(`GitHub starts a schedule at most every ${String(LEAST_GAP_MINUTES)} minutes`);
  return text.trim().replace(/\s+/g, " ");
}

async function buildFiles(
  deployment: TrainingDeployment,
  ports: Pick<DeployPorts, "files" | "templates">,
): Promise<readonly GeneratedFile[]> {
  const template = async (name: string): Promise<string> => {
    const text = await ports.files.readText(`${ports.templates}/${name}`);
    if (text === undefined) throw new Error(`the installation lacks templates/${name}`);
    return text;
  };
  const image = buildTrainingImage(deployment, {
    dockerfile: await template("docker/Dockerfile.train"),
    dockerignore: await template("docker/dockerignore"),
  });
  const workflow = buildTrainingWorkflow(deployment, {
    workflow: await template("ci/github-train.yml"),
    checkMetrics: await template("ci/check_metrics.py"),
  });
  return [...image, ...workflow].sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Errors here are ours, not the user's: they stop everything before anything is written. */
async function checkFiles(
  generated: readonly GeneratedFile[],
  deployment: TrainingDeployment,
  ports: Pick<DeployPorts, "files">,
): Promise<readonly Diagnostic[]> {
  const present = new Map<string, boolean>();
  for (const file of generated)
    for (let path: string = file.path; path !== "." && path !== "/"; path = posix.dirname(path))
      present.set(path, true);
  // Existence is asked twice: the first round collects the paths that matter.
  const asked: string[] = [];
  checkManifests(generated, {
    deployment,
    exists: (path) => {
      asked.push(path);
      return true;
    },
  });
  for (const path of asked)
    if (!present.has(path)) present.set(path, (await ports.files.kind(path)) !== "missing");
  const found = checkManifests(generated, {
    deployment,
    exists: (path) => present.get(path) === true,
  });
  const [wrong] = found.filter((one) => one.severity === "error");
  if (wrong === undefined) return found;
  throw new ConfigError(`${wrong.message}.`, {
    code: wrong.code,
    ...(wrong.where === undefined ? {} : { where: wrong.where }),
    diagnostics: found.filter((one) => one !== wrong),
  });
}

function gateDiagnostics(deployment: TrainingDeployment): readonly Diagnostic[] {
  if (deployment.gates.length > 0) return [];
  const [metric] = deployment.pipeline.steps.flatMap((step) => step.metrics);
  if (metric === undefined) return [];
  return [
    {
      code: "deploy-no-quality-gate",
      severity: "note",
      message:
        "no threshold is configured: the job shows the metrics, but a bad model does not fail it",
      hint: `in .mlopsrc.yaml: deploy: { gates: { ${deployment.pipeline.name}: [{ metric: ${metric}, min: 0.8 }] } }`,
      where: { path: ".mlopsrc.yaml" },
    },
  ];
}

/** What the generated workflow reads from the repository's settings is not there by itself. */
function variableDiagnostics(deployment: TrainingDeployment): readonly Diagnostic[] {
  return jobVariables(deployment)
    .filter(({ required }) => required)
    .map(({ kept, secret }) => ({
      code: "deploy-variable-needed",
      severity: "warning",
      message: `the job reads ${kept} from the ${secret ? "secrets" : "variables"} of the repository`,
      hint: secret ? `gh secret set ${kept}` : `gh variable set ${kept}`,
      where: { path: workflowPath(deployment.pipeline.name) },
    }));
}

function noRevision(pipeline: LoadedPipeline): Diagnostic {
  return {
    code: "deploy-not-recorded",
    severity: "warning",
    message: `the registry has no revision of ${pipeline.name}, so the deployment is not recorded`,
    hint: `the registry (.mlops) is not in git; promote here to have one: ${promoteAgain(pipeline.file)}`,
  };
}

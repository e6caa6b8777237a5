/**
 * The training workflow for GitHub Actions and the script that checks its metrics.
 * Values that people type into the "Run workflow" form reach the shell through environment variables only, never as text of a command.
 */
import * as posix from "node:path/posix";
import type { RelativePath } from "../base/brand.ts";
import { ConfigError } from "../base/errors.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { relativePath } from "../base/relative-path.ts";
import { shellWord } from "../base/shell-word.ts";
import { fillYaml, type YamlValue } from "../base/yaml.ts";
import { checkedRoot, imageOf } from "./image.ts";
import { jobEnvironment, variableChecks } from "./pipeline-variables.ts";
import {
  installCommand,
  packageName,
  rawData,
  type TrainingDeployment,
} from "./training-deployment.ts";

/** Texts of `templates/ci/github-train.yml` and `templates/ci/check_metrics.py`. */
export interface WorkflowTemplates {
  readonly workflow: string;
  readonly checkMetrics: string;
}

/** The runner of the generated tests; any pytest from 7 on will do, a fixed one keeps the job reproducible. It supports Python 3.10 to 3.15. */
const PYTEST = "pytest==9.2.0";

/** GitHub refused more inputs than this for years, and servers of that age are in use; beyond it one JSON input carries all. */
const MOST_INPUTS = 10;

/** Where the workflow of a pipeline lies. */
export function workflowPath(pipeline: string): RelativePath {
  return relativePath(`.github/workflows/${pipeline}-train.yml`);
}

/** Builds the workflow and `ci/check_metrics.py`. */
export function buildTrainingWorkflow(
  deployment: TrainingDeployment,
  templates: WorkflowTemplates,
): readonly GeneratedFile[] {
  const { folder, pipeline } = deployment;
  checkGates(deployment);
  const parameters = parameterInputs(deployment);
  const text = fillYaml(templates.workflow, {
    NAME: `${pipeline.name}: train`,
    CRON: deployment.schedule,
    INPUTS: parameters.inputs,
    PATHS: triggerPaths(deployment),
    GROUP: `${pipeline.name}-train-\${{ github.ref }}`,
    TIMEOUT: deployment.timeoutMinutes,
    ENVIRONMENT: deployment.environment,
    FOLDER: folder,
    PYTHON: imageOf(deployment).python,
    REQUIREMENTS: posix.join(folder, deployment.requirements),
    INSTALL: script([installCommand(deployment.requirements), `python -m pip install ${PYTEST}`]),
    TEST: script(["python -m pytest tests"]),
    PARAMETERS: trainEnvironment(deployment, parameters),
    TRAIN: script([
      ...variableChecks(deployment),
      ...runId(),
      ...parameters.lines,
      ...trainCommand(deployment, parameters.lines.length > 0),
    ]),
    CHECK_NAME: deployment.gates.length > 0 ? "Quality gate" : "Show metrics",
    CHECK: script([...runId(), ...checkCommand(deployment)]),
    ARTIFACT: `${pipeline.name}-\${{ github.run_id }}-\${{ github.run_attempt }}`,
    MANIFESTS: `\${{ runner.temp }}/${pipeline.name}-store/runs`,
  });
  return [
    { path: workflowPath(pipeline.name), text, mode: 0o644 },
    {
      path: relativePath(posix.join(folder, "ci/check_metrics.py")),
      text: templates.checkMetrics,
      mode: 0o644,
    },
  ];
}

/** A run id that leads back to the CI run: 32 hex digits made from its number and attempt, so each step of the job computes the same one. */
function runId(): readonly string[] {
  return [
    `run="$(printf '%s-%s' "$GITHUB_RUN_ID" "$GITHUB_RUN_ATTEMPT" | sha256sum | cut -c1-32)"`,
  ];
}

function storeWord(deployment: TrainingDeployment): string {
  return `"$RUNNER_TEMP/${deployment.pipeline.name}-store"`;
}

function trainCommand(deployment: TrainingDeployment, withParameters: boolean): readonly string[] {
  const command = `python -m ${packageName(deployment.pipeline)} run --store ${storeWord(deployment)} --run "$run"`;
  return [withParameters ? `${command} \${parameters[@]+"\${parameters[@]}"}` : command];
}

function checkCommand(deployment: TrainingDeployment): readonly string[] {
  const thresholds = deployment.gates.flatMap((gate) => [
    ...(gate.min === undefined ? [] : [`--min ${shellWord(`${gate.metric}=${String(gate.min)}`)}`]),
    ...(gate.max === undefined ? [] : [`--max ${shellWord(`${gate.metric}=${String(gate.max)}`)}`]),
  ]);
  return [
    [
      "python ci/check_metrics.py",
      `--store ${storeWord(deployment)}`,
      '--run "$run"',
      ...thresholds,
    ].join(" "),
  ];
}

interface ParameterInputs {
  /** `undefined` where the pipeline has no parameters. */
  readonly inputs: YamlValue;
  readonly environment: Readonly<Record<string, string>> | undefined;
  /** Shell that fills the array `parameters` from the environment. */
  readonly lines: readonly string[];
}

/** An empty input means the value of params.yaml; the form has no defaults of its own, which would silently win over later edits there. */
function parameterInputs(deployment: TrainingDeployment): ParameterInputs {
  const names = Object.keys(deployment.params).sort();
  if (names.length === 0) return { inputs: undefined, environment: undefined, lines: [] };
  if (names.length > MOST_INPUTS) return jsonInput(names);
  const inputs: Record<string, YamlValue> = {};
  const environment: Record<string, string> = {};
  const lines = ["parameters=()"];
  for (const name of names) {
    const variable = `PARAMETER_${name.replaceAll("-", "_").toUpperCase()}`;
    inputs[name] = {
      description: `Parameter ${name}; empty for the value in params.yaml`,
      type: "string",
      required: false,
    };
    environment[variable] = `\${{ inputs['${name}'] }}`;
    lines.push(
      `if [ -n "\${${variable}:-}" ]; then parameters+=(--param "${name}=$${variable}"); fi`,
    );
  }
  return { inputs, environment, lines };
}

function trainEnvironment(
  deployment: TrainingDeployment,
  { environment }: ParameterInputs,
): Readonly<Record<string, string>> | undefined {
  const all = { ...environment, ...jobEnvironment(deployment) };
  return Object.keys(all).length === 0 ? undefined : all;
}

function jsonInput(names: readonly string[]): ParameterInputs {
  const description = `Parameters that differ from params.yaml, as JSON: {"${names[0] ?? "name"}": 1}`;
  return {
    inputs: { parameters: { description, type: "string", required: false } },
    environment: { PARAMETERS: "${{ inputs.parameters }}" },
    lines: [
      "parameters=()",
      'if [ -n "${PARAMETERS:-}" ]; then',
      '  pairs="$(python -c \'import json, os; [print(f"{name}={value if isinstance(value, str) else json.dumps(value)}") for name, value in json.loads(os.environ["PARAMETERS"]).items()]\')"',
      '  while IFS= read -r pair; do parameters+=(--param "$pair"); done <<< "$pairs"',
      "fi",
    ],
  };
}

/** The package, this workflow, and the raw data that lies in the repository. */
function triggerPaths(deployment: TrainingDeployment): readonly string[] {
  const root = checkedRoot(deployment);
  const data = rawData(deployment.pipeline).map((path) => posix.normalize(posix.join(root, path)));
  return [
    `${deployment.folder}/**`,
    workflowPath(deployment.pipeline.name),
    ...data.filter(isInProject).map(globLiteral),
  ];
}

function isInProject(path: string): boolean {
  return (
    path !== ".." && !path.startsWith("../") && !posix.isAbsolute(path) && !/^[a-z]+:\//.test(path)
  );
}

/** Escapes what path filters read as a pattern. */
function globLiteral(path: string): string {
  return path.replace(/[\\*?+[\]!]/g, "\\$&");
}

function checkGates(deployment: TrainingDeployment): void {
  const metrics = [...new Set(deployment.pipeline.steps.flatMap((step) => step.metrics))].sort();
  for (const gate of deployment.gates) {
    if (metrics.includes(gate.metric)) continue;
    throw new ConfigError(
      `deploy.gates.${deployment.pipeline.name} names the metric "${gate.metric}", which no step of the pipeline computes.`,
      {
        code: "gate-metric-unknown",
        where: { path: ".mlopsrc.yaml" },
        hint:
          metrics.length === 0
            ? "the pipeline records no metrics"
            : `its metrics are ${metrics.join(", ")}`,
      },
    );
  }
}

function script(lines: readonly string[]): string {
  return ["set -euo pipefail", ...lines, ""].join("\n");
}

/** Plan → pipeline.yaml and params.yaml, the two files of a pipeline that people edit. */
import { renderYaml } from "../base/yaml.ts";
import type { Plan } from "../pipeline/plan.ts";
import { parameterLiteral } from "./python-text.ts";

/** Empty lists are left out, as people would. */
export function renderPipelineYaml(plan: Plan): string {
  const document = {
    version: 1,
    name: plan.name,
    notebook: { path: plan.notebook.path, sha256: plan.notebook.sha256 },
    ...(plan.notebooks === undefined
      ? {}
      : {
          notebooks: plan.notebooks.map(({ path, sha256, firstCell }) => ({
            path,
            sha256,
            "first-cell": firstCell,
          })),
        }),
    ...(plan.origins === undefined
      ? {}
      : {
          origins: plan.origins.map(({ path, sha256, firstCell, ownCell }) => ({
            path,
            sha256,
            "first-cell": firstCell,
            ...(ownCell === undefined ? {} : { cell: ownCell }),
          })),
        }),
    ...(plan.modules === undefined
      ? {}
      : { modules: plan.modules.map(({ source, sha256 }) => ({ path: source, sha256 })) }),
    root: plan.root,
    python: plan.python,
    steps: plan.steps.map((step) => ({
      name: step.name,
      cells: [...step.cells],
      ...list("inputs", step.inputs),
      ...list("params", step.params),
      ...list("reads", step.reads),
      ...list("outputs", step.outputs),
      ...list("writes", step.writes),
      ...list("metrics", step.metrics),
      ...(step.random === "none" ? {} : { random: step.random }),
      ...list("outside", step.outside ?? []),
    })),
    artifacts: Object.fromEntries(
      plan.artifacts.map((artifact) => [
        artifact.name,
        {
          codec: artifact.codec,
          ...(needsVariables(artifact) ? { variables: [...artifact.variables] } : {}),
        },
      ]),
    ),
    ...(plan.serve === undefined
      ? {}
      : {
          serve: {
            model: plan.serve.model,
            ...(plan.serve.raw === undefined ? {} : { raw: plan.serve.raw }),
            ...(plan.serve.target === undefined ? {} : { target: plan.serve.target }),
            entity: plan.serve.entity ?? null,
            time: plan.serve.time ?? null,
            unseen: plan.serve.unseen,
          },
        }),
    ...(plan.environment.length === 0
      ? {}
      : {
          environment: plan.environment.map(({ name, secret, required }) => ({
            name,
            ...(secret ? { secret } : {}),
            ...(required ? {} : { required }),
          })),
        }),
    decisions: plan.decisions.map((decision) => ({ ...decision })),
  };
  const head = [
    `# The plan of ${plan.name}: which cells became which step, and what passes between them.`,
    "# Yours to edit; promoting the notebook again keeps your decisions. Working directory and data paths: `root`.",
    ...(plan.notebooks === undefined
      ? []
      : ["# Cells are counted on from notebook to notebook: `first-cell` is where each begins."]),
    ...(plan.origins === undefined
      ? []
      : [
          "# Files that %run brings in stand at its place, and cells are counted on through them (`origins`).",
        ]),
  ];
  return `${head.join("\n")}\n${renderYaml(document)}`;
}

/** Flat `name: value`; floats keep their point, so that Python reads the type it wrote. */
export function renderParamsYaml(plan: Plan): string {
  const head = `# Parameters of ${plan.name}; \`--param name=value\` overrides one for a run.`;
  if (plan.parameters.length === 0) return `${head}\n{}\n`;
  const lines = plan.parameters.map((parameter) => {
    const text =
      typeof parameter.value === "string"
        ? JSON.stringify(parameter.value)
        : typeof parameter.value === "boolean"
          ? String(parameter.value)
          : parameterLiteral(parameter);
    return `${parameter.name}: ${text}`;
  });
  return `${[head, ...lines].join("\n")}\n`;
}

function list(key: string, values: readonly string[]): Record<string, readonly string[]> {
  return values.length === 0 ? {} : { [key]: [...values] };
}

function needsVariables(artifact: Plan["artifacts"][number]): boolean {
  return (
    artifact.variables.length > 1 || artifact.variables[0] !== artifact.name.replaceAll("-", "_")
  );
}

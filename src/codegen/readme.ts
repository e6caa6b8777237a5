/** README of a generated pipeline: what it does, the graph, which cell went where, how to run it. */
import { pythonName } from "../base/python-name.ts";
import type { Plan } from "../pipeline/plan.ts";
import { notebookPaths } from "../pipeline/sources.ts";
import { shortCells } from "./cell-range.ts";

/** What the README says beside the plan. */
export interface ReadmeFacts {
  /** One sentence about answering requests: how, or why not. */
  readonly serving: string;
  /** Whether there is a requirements.lock. */
  readonly locked: boolean;
}

/** The README's text. */
export function renderReadme(plan: Plan, { serving, locked }: ReadmeFacts): string {
  const packageName = pythonName(plan.name);
  const lines = [
    `# ${plan.name}`,
    "",
    `A training pipeline made by \`mlops\` from ${notebookPaths(plan)
      .map((path) => `\`${path}\``)
      .join(
        " and ",
      )}. It needs Python ${plan.python} and the packages of \`requirements.txt\`; \`mlops\` itself is not needed to run it.`,
    "",
    "```sh",
    locked
      ? "pip install --require-hashes -r requirements.lock   # or -r requirements.txt, without hashes"
      : "pip install -r requirements.txt",
    `python -m ${packageName} run                # every step, artifacts in .store/`,
    `python -m ${packageName} describe           # steps, inputs, outputs, parameters`,
    "python -m pytest tests",
    "```",
    "",
    "## Steps",
    "",
    "```mermaid",
    ...renderMermaid(plan),
    "```",
    "",
    "| Step | Does | From | Makes | Parameters | Metrics |",
    "| --- | --- | --- | --- | --- | --- |",
    ...plan.steps.map(
      (step) =>
        `| [${step.name}](${packageName}/${pythonName(step.name)}.py) | ${escapeCell(step.summary)} | ${shortCells(plan, step.cells)} | ${codes([...step.outputs, ...step.writes])} | ${codes(step.params)} | ${codes(step.metrics)} |`,
    ),
    "",
    "## Parameters",
    "",
    plan.parameters.length === 0
      ? "None."
      : `In \`params.yaml\`; override one with \`--param name=value\`.`,
    "",
    ...(plan.parameters.length === 0
      ? []
      : [
          "| Parameter | Value | Kind |",
          "| --- | --- | --- |",
          ...plan.parameters.map(
            (parameter) =>
              `| \`${parameter.name}\` | \`${escapeCell(String(parameter.value))}\` | ${parameter.kind} |`,
          ),
          "",
        ]),
    ...fixedLines(plan),
    ...environmentLines(plan),
    "## Serving",
    "",
    serving,
    "",
    "## Left out",
    "",
    plan.leftOut.length === 0
      ? "Nothing."
      : "Exploration that no result depends on stays in the notebook:",
    "",
    ...leftOutByReason(plan),
  ];
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}

/** Where it computes something else than the notebook, on purpose. */
function fixedLines({ notebook: { fixed } }: Plan): readonly string[] {
  if (fixed === undefined) return [];
  const said = fixed.places.flatMap(({ cell, line, was, now }) => [
    `- cell ${String(cell)}, line ${String(line)}: ${was === "" ? "put in" : `\`${was}\` is`}`,
    "",
    "  ```python",
    ...now.split("\n").map((text) => `  ${text}`),
    "  ```",
    "",
  ]);
  return [
    "## Not as in the notebook",
    "",
    "What the features learn from data they learn from the training rows only, so values and metrics are others than the notebook's. To undo it, remove `kind: fix` from the decisions in `pipeline.yaml` and promote again.",
    "",
    ...said,
  ];
}

/** Steps as boxes, artifacts on the arrows. */
export function renderMermaid(plan: Plan): readonly string[] {
  const lines = ["flowchart TD"];
  for (const step of plan.steps) lines.push(`  ${pythonName(step.name)}["${step.name}"]`);
  for (const step of plan.steps) {
    const byProducer = new Map<string, string[]>();
    for (const input of step.inputs) {
      const producer = plan.artifacts.find((artifact) => artifact.name === input)?.producer;
      if (producer === undefined) continue;
      const names = byProducer.get(producer);
      if (names === undefined) byProducer.set(producer, [input]);
      else names.push(input);
    }
    for (const [producer, names] of byProducer)
      lines.push(`  ${pythonName(producer)} -- "${names.join(", ")}" --> ${pythonName(step.name)}`);
  }
  return lines;
}

function environmentLines({ environment }: Plan): readonly string[] {
  if (environment.length === 0) return [];
  return [
    "## Environment",
    "",
    "Read from the environment of the process, never stored (`.env.example` lists the names):",
    "",
    ...environment.map(
      ({ name, secret, required }) =>
        `- \`${name}\`: ${secret ? "a secret" : "a setting"}${required ? "" : ", may be missing"}`,
    ),
    "",
  ];
}

function leftOutByReason(plan: Plan): readonly string[] {
  const cells = new Map<string, number[]>();
  for (const { statement, because } of plan.leftOut) {
    const known = cells.get(because);
    if (known === undefined) cells.set(because, [statement.cell]);
    else known.push(statement.cell);
  }
  return [...cells].map(([because, numbers]) => `- ${shortCells(plan, numbers)}: ${because}`);
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

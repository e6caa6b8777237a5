/** Small pipelines written by hand, for tests of running them: standard library only, so that a run takes no time. */
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RUNTIME_MODULES } from "../../src/pipeline/runtime-modules.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const RUNTIME = ["__main__.py", ...RUNTIME_MODULES];

/** One step: `lines` are its body, which ends by returning what `outputs` names. Names are Python's and contract's alike. */
export interface HandStep {
  readonly name: string;
  readonly inputs?: readonly string[];
  readonly params?: readonly string[];
  readonly outputs?: readonly string[];
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  readonly outside?: readonly ("clock" | "network" | "subprocess")[];
  readonly random?: "none" | "global";
  readonly timeout?: number;
  readonly retries?: number;
  readonly lines: readonly string[];
}

/** Writes `pipelines/<name>` below the folder; every value that crosses is JSON. */
export async function writeHandPackage(
  folder: string,
  name: string,
  content: {
    readonly steps: readonly HandStep[];
    readonly params?: Readonly<Record<string, string | number>>;
    /** Variables that it may read. */
    readonly environment?: readonly string[];
  },
): Promise<void> {
  const code = join(folder, "pipelines", name, name);
  await mkdir(code, { recursive: true });
  for (const file of RUNTIME) await cp(join(root, "templates", "project", file), join(code, file));
  const texts: Record<string, string> = {
    "../pipeline.yaml": pipelineText(name, content.steps, content.environment ?? []),
    "../params.yaml": Object.entries(content.params ?? {})
      .map(([key, value]) => `${key}: ${String(value)}\n`)
      .join(""),
    "__init__.py": "",
    "_pipeline.py": tableText(name, content.steps),
  };
  for (const [at, step] of content.steps.entries())
    texts[`${step.name}.py`] = moduleText(name, step, at + 1);
  for (const [path, text] of Object.entries(texts)) await writeFile(join(code, path), text);
}

/** The module of a step; the body begins on line 4, below the comment that names its cell. */
export function moduleText(pipeline: string, step: HandStep, cell: number): string {
  const given = [...(step.inputs ?? []), ...(step.params ?? [])];
  const head = given.length === 0 ? "" : `*, ${given.join(", ")}`;
  const body = [`# ${pipeline}.ipynb, cell ${String(cell)}, line 1`, ...step.lines];
  return `"""Made by hand."""\n\ndef ${step.name}(${head}):\n${body.map((line) => `    ${line}\n`).join("")}`;
}

function pipelineText(
  name: string,
  steps: readonly HandStep[],
  environment: readonly string[],
): string {
  return JSON.stringify({
    version: 1,
    name,
    notebook: { path: `${name}.ipynb`, sha256: `sha256:${"0".repeat(64)}` },
    root: "../..",
    environment: environment.map((variable) => ({ name: variable, required: false })),
    python: "3.11",
    steps: steps.map(({ lines: _lines, timeout, retries, ...step }, at) => ({
      ...step,
      cells: [at + 1],
      ...(timeout === undefined && retries === undefined
        ? {}
        : { resources: { timeout, retries } }),
    })),
    artifacts: Object.fromEntries(outputsOf(steps).map((output) => [output, { codec: "json" }])),
  });
}

function tableText(name: string, steps: readonly HandStep[]): string {
  const tuple = (words: readonly string[] = []): string =>
    `(${words.map((word) => `"${word}",`).join("")})`;
  const rows = steps.map(
    (step) =>
      `Step(name="${step.name}", function=${step.name}.${step.name}, module="${step.name}", ` +
      `inputs=${tuple(step.inputs)}, params=${tuple(step.params)}, outputs=${tuple(step.outputs)}, ` +
      `reads=${tuple(step.reads)}, writes=${tuple(step.writes)}, random="${step.random ?? "none"}"),`,
  );
  const artifacts = outputsOf(steps).map(
    (output) => `"${output}": Artifact(codec="json", variables=("${output}",)),`,
  );
  return [
    `from . import ${steps.map((step) => step.name).join(", ")}`,
    "from ._runtime import Artifact, Pipeline, Step",
    `PIPELINE = Pipeline(name="${name}", root="../..", steps=(`,
    ...rows,
    "), artifacts={",
    ...artifacts,
    "})",
    "",
  ].join("\n");
}

function outputsOf(steps: readonly HandStep[]): readonly string[] {
  return steps.flatMap((step) => step.outputs ?? []);
}

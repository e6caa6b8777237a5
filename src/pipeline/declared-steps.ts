/**
 * What the generated package itself says about its steps: the table in `_pipeline.py` and the signatures of the step functions.
 * `run`, `deploy` and `assess` compare it with pipeline.yaml; where people edit one, the other must follow.
 */

import type { Diagnostic } from "../base/diagnostic.ts";
import { pythonName } from "../base/python-name.ts";
import type { PythonArgument, PythonModule } from "../python/python-module.ts";
import type { PipelineFile, PipelineStep } from "./schema.ts";

/** One `Step(…)` of `_pipeline.py`. */
export interface DeclaredStep {
  readonly name: string;
  readonly line: number;
  readonly lists: Readonly<Record<ListName, readonly string[]>>;
  /** Python name of each parameter that is not just its name with `_`. */
  readonly paramVariables: Readonly<Record<string, string>>;
}

const LISTS = ["inputs", "params", "outputs", "metrics", "reads", "writes"] as const;
type ListName = (typeof LISTS)[number];

/** Reads the table; calls named `Step` with a literal name count. */
export function readDeclaredSteps(module: PythonModule): readonly DeclaredStep[] {
  return module.calls
    .filter((call) => /(^|\.)Step$/.test(call.callee))
    .flatMap((call) => {
      const argument = (keyword: string): PythonArgument | undefined =>
        call.arguments.find((one) => one.keyword === keyword);
      const name = strings(argument("name")?.text ?? "")[0];
      if (name === undefined) return [];
      const pairs = strings(argument("param_variables")?.text ?? "");
      const paramVariables: Record<string, string> = {};
      for (let at = 0; at + 1 < pairs.length; at += 2)
        paramVariables[pairs[at] ?? ""] = pairs[at + 1] ?? "";
      const listed = (list: ListName): readonly string[] => strings(argument(list)?.text ?? "");
      const lists = {
        inputs: listed("inputs"),
        params: listed("params"),
        outputs: listed("outputs"),
        metrics: listed("metrics"),
        reads: listed("reads"),
        writes: listed("writes"),
      };
      return [{ name, line: call.line, lists, paramVariables }];
    });
}

/** The Python name of a parameter in the signature of a step. */
export function parameterVariable(declared: DeclaredStep | undefined, parameter: string): string {
  const renamed = declared?.paramVariables[parameter];
  return renamed ?? pythonName(parameter);
}

/** Where pipeline.yaml, `_pipeline.py` and the step functions lie and what they say. */
export interface StepSources {
  readonly file: PipelineFile;
  readonly yamlPath: string;
  /** `_pipeline.py`; `undefined` when it is missing. */
  readonly table: PythonModule | undefined;
  /** The module of each step by step name; a missing one has no entry. */
  readonly modules: ReadonlyMap<string, PythonModule>;
}

/** Every disagreement, with both places in the message. Empty when all agree. */
export function checkStepsAgree(sources: StepSources): readonly Diagnostic[] {
  const { file, table, yamlPath } = sources;
  if (table === undefined)
    return [
      problem(sources, "the package has no _pipeline.py, so nothing says what it runs", {
        path: yamlPath,
      }),
    ];
  if (table.brokenAt !== undefined)
    return [
      problem(sources, `${table.path} is not Python`, { path: table.path, line: table.brokenAt }),
    ];
  const declared = new Map(readDeclaredSteps(table).map((step) => [step.name, step]));
  const found: Diagnostic[] = [];
  for (const step of file.steps) {
    const one = declared.get(step.name);
    if (one === undefined)
      found.push(
        problem(sources, `step ${step.name} stands in ${yamlPath}, but not in ${table.path}`, {
          path: table.path,
        }),
      );
    else found.push(...listProblems(sources, step, one), ...signatureProblems(sources, step, one));
  }
  const wanted = new Set(file.steps.map((step) => step.name));
  for (const one of declared.values()) {
    if (!wanted.has(one.name))
      found.push(
        problem(
          sources,
          `step ${one.name} stands in ${table.path}, line ${String(one.line)}, but not in ${yamlPath}`,
          { path: table.path, line: one.line },
        ),
      );
  }
  const order = [...declared.keys()].filter((name) => wanted.has(name));
  const yamlOrder = file.steps.map((step) => step.name).filter((name) => declared.has(name));
  if (found.length === 0 && order.join(" ") !== yamlOrder.join(" ")) {
    found.push(
      problem(sources, `the steps of ${yamlPath} and ${table.path} are in different order`, {
        path: table.path,
      }),
    );
  }
  return found;
}

function listProblems(
  sources: StepSources,
  step: PipelineStep,
  declared: DeclaredStep,
): readonly Diagnostic[] {
  return LISTS.flatMap((list) => {
    const inYaml = step[list];
    const inTable = declared.lists[list];
    if (same(inYaml, inTable)) return [];
    const where = { path: sources.table?.path ?? sources.yamlPath, line: declared.line };
    return [
      problem(
        sources,
        `step ${step.name}: ${list} are [${inYaml.join(", ")}] in ${sources.yamlPath} and [${inTable.join(", ")}] in ${where.path}, line ${String(declared.line)}`,
        where,
      ),
    ];
  });
}

function signatureProblems(
  sources: StepSources,
  step: PipelineStep,
  declared: DeclaredStep,
): readonly Diagnostic[] {
  const module = sources.modules.get(step.name);
  const name = pythonName(step.name);
  if (module === undefined)
    return [
      problem(sources, `step ${step.name} has no module ${name}.py`, { path: sources.yamlPath }),
    ];
  if (module.brokenAt !== undefined)
    return [
      problem(sources, `${module.path} is not Python`, {
        path: module.path,
        line: module.brokenAt,
      }),
    ];
  const body = module.functions.find((one) => one.name === name);
  if (body === undefined)
    return [problem(sources, `${module.path} has no function ${name}`, { path: module.path })];
  const inputs = step.inputs.flatMap(
    (input) => sources.file.artifacts[input]?.variables ?? [pythonName(input)],
  );
  // Two groups may hold a variable of the same name; the step takes it once.
  const wanted = [
    ...new Set([
      ...inputs,
      ...step.params.map((parameter) => parameterVariable(declared, parameter)),
    ]),
  ];
  if (same([...wanted].sort(), [...body.parameters].sort())) return [];
  const where = { path: module.path, line: body.line };
  return [
    problem(
      sources,
      `step ${step.name}: ${sources.yamlPath} gives it (${wanted.join(", ")}), but ${module.path}, line ${String(body.line)} takes (${body.parameters.join(", ")})`,
      where,
    ),
  ];
}

function problem(
  sources: StepSources,
  message: string,
  where: NonNullable<Diagnostic["where"]>,
): Diagnostic {
  return {
    code: "steps-disagree",
    severity: "error",
    message,
    hint: `make them agree by hand, or take the edits back: mlops pipelines restore ${sources.file.name}`,
    where,
  };
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, at) => value === right[at]);
}

/** The string literals in a tuple, list or dict of literals, in order. */
function strings(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g)].map((match) =>
    (match[1] ?? match[2] ?? "").replace(/\\(["'\\])/g, "$1"),
  );
}

/**
 * What changed between two states of a pipeline, in its own terms: steps, parameters, dependencies, served columns.
 * Knows nothing of files; what a state says is read elsewhere.
 */
import { pythonName } from "../base/python-name.ts";
import type { PipelineStep } from "./schema.ts";

/** A state of a pipeline, as its files say it. Values of the maps are what is compared and shown. */
export interface PipelineOutline {
  readonly steps: readonly PipelineStep[];
  /** Code of a step's module without comments and docstring lines that only say where it came from, by step name. */
  readonly code: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlyMap<string, string>;
  /** Raw columns that the served model takes. */
  readonly columns: ReadonlyMap<string, string>;
}

/** A named value that differs; `null` where it is not there. */
export interface ChangedValue {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A step that is not as it was. */
export type ChangedStep =
  | { readonly kind: "added" | "removed"; readonly step: string }
  | { readonly kind: "renamed"; readonly step: string; readonly before: string }
  | { readonly kind: "changed"; readonly step: string; readonly what: readonly string[] };

export interface PipelineDiff {
  /** Removed ones first, then in the order of the newer state. */
  readonly steps: readonly ChangedStep[];
  readonly parameters: readonly ChangedValue[];
  readonly dependencies: readonly ChangedValue[];
  readonly columns: readonly ChangedValue[];
}

/** Empty lists when the two say the same. */
export function diffPipelines(before: PipelineOutline, after: PipelineOutline): PipelineDiff {
  return {
    steps: diffSteps(before, after),
    parameters: diffValues(before.parameters, after.parameters),
    dependencies: diffValues(before.dependencies, after.dependencies),
    columns: diffValues(before.columns, after.columns),
  };
}

function diffSteps(before: PipelineOutline, after: PipelineOutline): readonly ChangedStep[] {
  const was = new Map(before.steps.map((step) => [step.name, step]));
  const is = new Map(after.steps.map((step) => [step.name, step]));
  // The same cells under another name are the same step.
  const renamed = new Map<string, string>();
  for (const step of after.steps) {
    if (was.has(step.name)) continue;
    const old = before.steps.find(
      (candidate) =>
        !is.has(candidate.name) &&
        ![...renamed.values()].includes(candidate.name) &&
        candidate.cells.join() === step.cells.join(),
    );
    if (old !== undefined) renamed.set(step.name, old.name);
  }
  const gone = new Set(renamed.values());
  const changes: ChangedStep[] = before.steps
    .filter((step) => !is.has(step.name) && !gone.has(step.name))
    .map((step) => ({ kind: "removed", step: step.name }));
  for (const step of after.steps) {
    const old = renamed.get(step.name);
    const earlier = was.get(old ?? step.name);
    if (earlier === undefined) {
      changes.push({ kind: "added", step: step.name });
      continue;
    }
    if (old !== undefined) changes.push({ kind: "renamed", step: step.name, before: old });
    const what = [
      ...LISTS.flatMap((list) =>
        listChange(list, earlier[list].map(String), step[list].map(String)),
      ),
      ...SETTINGS.flatMap((setting) =>
        JSON.stringify(earlier[setting]) === JSON.stringify(step[setting]) ? [] : [setting],
      ),
      ...(codeOf(before, earlier.name) === codeOf(after, step.name, earlier.name) ? [] : ["code"]),
    ];
    if (what.length > 0) changes.push({ kind: "changed", step: step.name, what });
  }
  return changes;
}

const LISTS = ["cells", "inputs", "params", "reads", "outputs", "writes", "metrics"] as const;
const SETTINGS = ["random", "outside", "description", "resources"] as const;

function listChange(
  name: string,
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  const added = after.filter((item) => !before.includes(item));
  const removed = before.filter((item) => !after.includes(item));
  if (added.length === 0 && removed.length === 0)
    return before.join() === after.join() ? [] : [`order of ${name}`];
  return [
    `${name} ${[...removed.map((item) => `-${item}`), ...added.map((item) => `+${item}`)].join(" ")}`,
  ];
}

/** A renamed step has another function name, which is no change of its code. */
function codeOf(outline: PipelineOutline, step: string, nameBefore = step): string {
  const code = outline.code.get(step) ?? "";
  if (step === nameBefore) return code;
  const [now, before] = [pythonName(step), pythonName(nameBefore)];
  return code.replaceAll(`def ${now}(`, `def ${before}(`);
}

function diffValues(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly ChangedValue[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const change = { name, before: before.get(name) ?? null, after: after.get(name) ?? null };
    return change.before === change.after ? [] : [change];
  });
}

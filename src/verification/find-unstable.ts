/** What two runs of the notebook itself did not agree on, with the evidence: no pipeline can be held to it. */
import type { Observation } from "../observation/schema.ts";
import type { Plan } from "../pipeline/plan.ts";
import { filesWritten, metricsOf, settingsOf, textOf } from "./of-steps.ts";
import type { Unstable } from "./reference-schema.ts";

export interface TwoRuns {
  readonly plan: Plan;
  readonly one: Observation;
  readonly two: Observation;
  /**
   * Artifacts whose stored values were compared by content, with the first difference, `undefined` where there is none.
   * Where it has no entry the digests that the runs took of each variable decide.
   */
  readonly stored: ReadonlyMap<string, string | undefined>;
}

/** By kind, in the order of the plan. */
export function findUnstable(runs: TwoRuns): readonly Unstable[] {
  return [
    ...unstableValues(runs),
    ...unstableMetrics(runs),
    ...unstableTexts(runs),
    ...unstableFiles(runs),
    ...unstableSettings(runs),
  ];
}

function unstableValues({ plan, one, two, stored }: TwoRuns): readonly Unstable[] {
  const [before, after] = [digestsOf(one), digestsOf(two)];
  return plan.artifacts.flatMap((artifact): readonly Unstable[] => {
    const producer = plan.steps.find((step) => step.name === artifact.producer);
    if (stored.has(artifact.name)) {
      const difference = stored.get(artifact.name);
      const cell = producer?.cells.at(-1) ?? null;
      if (difference === undefined) return [];
      const evidence = `two runs of the notebook gave ${difference}`;
      return [{ kind: "value", name: artifact.name, cell, evidence }];
    }
    return artifact.variables.flatMap((variable): readonly Unstable[] => {
      const cell = producer?.cells.findLast((number) => after.has(`${String(number)}:${variable}`));
      const key = `${String(cell)}:${variable}`;
      const [left, right] = [before.get(key) ?? null, after.get(key) ?? null];
      // A value that has no digest, or that a run did not look at, says nothing.
      if (cell === undefined || left === null || right === null || left === right) return [];
      const evidence = `two runs of the notebook gave ${variable} different content after cell ${String(cell)} (${left}, ${right})`;
      return [{ kind: "value", name: artifact.name, cell, evidence }];
    });
  });
}

function digestsOf(run: Observation): ReadonlyMap<string, string | null> {
  return new Map(
    run.cells.flatMap((cell) =>
      cell.values.map((value) => [`${String(cell.cell)}:${value.name}`, value.digest] as const),
    ),
  );
}

/** Only where both runs recorded: the first run of a promotion only watches. */
function unstableMetrics({ plan, one, two }: TwoRuns): readonly Unstable[] {
  const [left, right] = [metricsOf(plan, one), metricsOf(plan, two)];
  return plan.steps.flatMap((step) =>
    Object.entries(right[step.name] ?? {}).flatMap(([name, values]): readonly Unstable[] => {
      const other = left[step.name]?.[name];
      if (other === undefined || JSON.stringify(other) === JSON.stringify(values)) return [];
      const cell = plan.metrics.find((metric) => metric.name === name)?.call.cell ?? null;
      const evidence = `two runs of the notebook gave ${other.join(", ")} and ${values.join(", ")}`;
      return [{ kind: "metric", name, cell, evidence }];
    }),
  );
}

function unstableTexts({ plan, one, two }: TwoRuns): readonly Unstable[] {
  return plan.steps.flatMap((step): readonly Unstable[] => {
    const [left, right] = [textOf(plan, step.name, one), textOf(plan, step.name, two)];
    const cell = step.cells[0] ?? null;
    return left === right
      ? []
      : [{ kind: "text", name: step.name, cell, evidence: firstDifferentLine(left, right) }];
  });
}

function unstableFiles({ plan, one, two }: TwoRuns): readonly Unstable[] {
  const left = filesWritten(plan, one);
  return Object.entries(filesWritten(plan, two)).flatMap(([path, digest]): readonly Unstable[] => {
    const other = left[path];
    const evidence = `two runs of the notebook wrote ${other ?? "nothing"} and ${digest}`;
    return other === undefined || other === digest
      ? []
      : [{ kind: "file", name: path, cell: null, evidence }];
  });
}

/** A setting that holds a path of the folder that the run was in, or one that only a run made, for two. */
function unstableSettings({ plan, one, two }: TwoRuns): readonly Unstable[] {
  const [left, right] = [settingsOf(plan, one), settingsOf(plan, two)];
  const found = new Map<string, Unstable>();
  for (const step of plan.steps) {
    const [before, after] = [left[step.name] ?? {}, right[step.name] ?? {}];
    for (const name of Object.keys({ ...before, ...after })) {
      if (before[name] === after[name]) continue;
      const evidence = settingEvidence(name, before[name], after[name]);
      found.set(name, { kind: "setting", name, cell: null, evidence });
    }
  }
  return [...found.values()];
}

function settingEvidence(
  name: string,
  before: string | null | undefined,
  after: string | null | undefined,
): string {
  const [left, right] = [before ?? "nothing", after ?? "nothing"];
  if (before === undefined)
    return `only the second of two runs of the notebook set ${name} (to ${right})`;
  if (after === undefined)
    return `only the first of two runs of the notebook set ${name} (to ${left})`;
  return `two runs of the notebook set ${name} to ${left} and ${right}`;
}

function firstDifferentLine(one: string, two: string): string {
  const [left, right] = [one.split("\n"), two.split("\n")];
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at === -1 ? left.length : at;
  return `two runs of the notebook printed ${JSON.stringify(left[line] ?? "")} and ${JSON.stringify(right[line] ?? "")}`;
}

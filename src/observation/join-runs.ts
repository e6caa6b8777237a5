/** Runs of several notebooks, each in a process of its own, as one observation; and whether their order is right. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { NotebookPart } from "../notebook/cell.ts";
import { partOfCell } from "../notebook/notebook-parts.ts";
import type { EnvironmentObservation, Observation } from "./schema.ts";

/** Everything they showed, in their order. Without an environment when one of them did not come to its end. */
export function joinRuns(runs: readonly Observation[]): Observation {
  const environments = runs.flatMap(({ environment }) => environment ?? []);
  return {
    statements: runs.flatMap(({ statements }) => statements),
    cells: runs.flatMap(({ cells }) => cells),
    captures: runs.flatMap(({ captures }) => captures),
    environment: environments.length === runs.length ? joinEnvironments(environments) : undefined,
  };
}

/** One interpreter ran them all, so what differs is only what each of them loaded. */
function joinEnvironments(
  environments: readonly EnvironmentObservation[],
): EnvironmentObservation | undefined {
  const [first] = environments;
  if (first === undefined || environments.length === 1) return first;
  const { ownModules, chosen, installed, sources, ...rest } = first;
  const all = <Key extends "ownModules" | "chosen" | "sources">(
    key: Key,
  ): readonly NonNullable<EnvironmentObservation[Key]>[number][] =>
    environments.flatMap((one) => [...(one[key] ?? [])]) as NonNullable<
      EnvironmentObservation[Key]
    >[number][];
  return {
    ...rest,
    imported: distinct(environments.flatMap(({ imported }) => imported)),
    loaded: byDistribution(environments.flatMap(({ loaded }) => loaded)),
    ...(ownModules === undefined ? {} : { ownModules: distinct(all("ownModules")) }),
    ...(chosen === undefined ? {} : { chosen: byDistribution(all("chosen")) }),
    ...(installed === undefined ? {} : { installed }),
    ...(sources === undefined ? {} : { sources: byDistribution(all("sources")) }),
    wallMs: environments.reduce((sum, { wallMs }) => sum + wallMs, 0),
  };
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function byDistribution<Item extends { readonly distribution: string }>(
  items: readonly Item[],
): Item[] {
  return distinct(items).sort((a, b) => (a.distribution < b.distribution ? -1 : 1));
}

/** An error for each file that a notebook reads as it was left by an earlier time, because a later notebook writes it. */
export function findWrongOrder(
  run: Observation,
  notebook: { readonly path: string; readonly parts?: readonly NotebookPart[] },
): readonly Diagnostic[] {
  const { parts } = notebook;
  if (parts === undefined) return [];
  const lastWriter = new Map<string, number>();
  for (const { cell, filesWritten } of run.statements)
    for (const { path } of filesWritten) lastWriter.set(path, partOfCell(parts, cell));
  const found = new Map<string, Diagnostic>();
  const written = new Set<string>();
  for (const { cell, filesRead, filesWritten } of run.statements) {
    const part = partOfCell(parts, cell);
    for (const { path } of filesRead) {
      const writer = lastWriter.get(path) ?? -1;
      if (writer <= part || written.has(path) || found.has(path)) continue;
      found.set(path, {
        code: "notebooks-out-of-order",
        severity: "error",
        message: `${path} is read here, and ${parts[writer]?.path ?? "a later notebook"}, which runs after this one, writes it: this run read what an earlier run had left`,
        hint: "give the notebooks in the order in which they depend on each other",
        where: { path: notebook.path, cell },
      });
    }
    for (const { path } of filesWritten) written.add(path);
  }
  return [...found.values()];
}

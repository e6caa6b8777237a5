/** The notebooks that a pipeline is made from: one, or several whose cells are counted on. */
import { hasSeveralFiles, partOfCell, placeOfCell } from "../notebook/notebook-parts.ts";
import type { Plan, Step } from "./plan.ts";

/** What a plan and pipeline.yaml have in common. `notebooks` is there when there are several. */
export interface NotebookSources {
  readonly notebook: { readonly path: string };
  readonly notebooks?: readonly { readonly path: string }[] | undefined;
}

/** Paths in the order in which the notebooks are run. */
export function notebookPaths({ notebook, notebooks }: NotebookSources): readonly string[] {
  return notebooks?.map(({ path }) => path) ?? [notebook.path];
}

/** What to type to promote the same again. */
export function promoteAgain(made: NotebookSources & { readonly name: string }): string {
  const paths = notebookPaths(made);
  return `mlops promote ${paths.join(" ")}${paths.length === 1 ? "" : ` --name ${made.name}`}`;
}

/** Position of the notebook that a step is made from, from 0; no step is made from two. */
export function notebookOfStep(plan: Pick<Plan, "notebooks">, step: Step): number {
  return notebookOfCell(plan, step.statements[0]?.cell ?? 1);
}

/** Which of the plan's notebooks a cell stands in, from 0. */
export function notebookOfCell(plan: Pick<Plan, "notebooks">, cell: number): number {
  return partOfCell(plan.notebooks, cell);
}

/** A cell for people, as its own notebook counts it; with the file's name where there are several. */
export function namedCell(
  plan: Pick<Plan, "notebook" | "notebooks" | "origins">,
  cell: number,
): string {
  const { path, cell: own } = placeOfCell(plan, cell);
  if (own === undefined) return path;
  return hasSeveralFiles(plan) ? `${path}, cell ${String(own)}` : `cell ${String(own)}`;
}

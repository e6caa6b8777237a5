/** The folder that a notebook's code works in, with the folders above it whose files are its data too. */
import { join, normalize } from "node:path/posix";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import { levelsOfSteps, type StepFiles } from "../pipeline/reach.ts";
import { foldersAbove } from "../python/folders-above.ts";
import type { PythonParser } from "../python/parse.ts";

/** Of a plan, or of pipeline.yaml. */
interface StepsWithFiles {
  readonly steps: readonly StepFiles[];
}

export interface WorkFolder {
  /** Relative to the project, or absolute. */
  readonly root: string;
  /** How many folders above `root` belong to it: 1 for a notebook that reads `../data/raw.csv`. */
  readonly above: number;
}

/**
 * As far up as the paths lead that the notebook and the project's own modules write, or as its pipeline was known to reach
 * before: a run then need not fail first to show it.
 *
 * @param root Folder of the notebook.
 */
export function workFolderOfNotebook(
  { cells, modules }: Pick<NotebookProgram, "cells" | "modules">,
  root: string,
  known: { readonly parser: PythonParser; readonly levelsBefore?: number },
): WorkFolder {
  const { parser, levelsBefore = 0 } = known;
  const leading = (texts: readonly string[]): number =>
    texts.some((text) => LEADS_UP.test(text))
      ? foldersAbove(texts.map((text) => parser.parse(text)))
      : 0;
  const levels = [
    leading(cells.map(({ python }) => python)),
    ...modules.map(({ text }) => leading([text])),
    levelsBefore,
  ];
  return { root, above: levelsInProject(root, Math.max(...levels)) };
}

const LEADS_UP = /\.\.|pardir|parent|dirname/;

/**
 * As far up as the steps are known to read and write.
 *
 * @param root Working directory of the steps.
 */
export function workFolderOfPlan({ steps }: StepsWithFiles, root: string): WorkFolder {
  return { root, above: levelsInProject(root, levelsOfSteps(steps)) };
}

/** A work folder that also has what the steps of a plan are known to read and write. */
export function workFolderAlso(work: WorkFolder, plan: StepsWithFiles): WorkFolder {
  const { above } = workFolderOfPlan(plan, work.root);
  return { ...work, above: Math.max(work.above, above) };
}

/** The highest folder that belongs to a work folder. */
export function topOf({ root, above }: WorkFolder): string {
  return normalize(join(root, ...Array.from({ length: above }, () => "..")));
}

/** So many levels above a folder, but none above the project. */
export function levelsInProject(root: string, levels: number): number {
  const plain = normalize(root).replace(/\/$/, "");
  if (!isInProject(plain) || plain === ".") return 0;
  return Math.min(levels, plain.split("/").length);
}

/** Whether a path is the project or in it. */
export function isInProject(path: string): boolean {
  return !/^(?:\.\.)?(?:\/|$)/.test(path);
}

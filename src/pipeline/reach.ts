/** How far above its own folder a pipeline's files stand: data often lie beside the folder of the notebooks. */
import { normalize } from "node:path/posix";

/** How many folders above the root the highest of these paths starts from; addresses and whole paths start from none. */
export function levelsAbove(paths: Iterable<string>): number {
  let most = 0;
  for (const path of paths) {
    const parts = normalize(path).split("/");
    most = Math.max(most, parts.filter((part) => part === "..").length);
  }
  return most;
}

/** What is known of the files of a step. */
export interface StepFiles {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** The same for all that a plan's steps read and write. */
export function levelsOfSteps(steps: readonly StepFiles[]): number {
  return levelsAbove(steps.flatMap(({ reads, writes }) => [...reads, ...writes]));
}

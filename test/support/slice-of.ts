/** What `mlops inspect --slice` prints. */
import { expect } from "vitest";
import { runMlops } from "./run-mlops.ts";
import type { TempProject } from "./temp-project.ts";

/** The script, of a slice that there is. */
export async function sliceOf(
  project: TempProject,
  notebook: string,
  slice: string,
): Promise<string> {
  const run = await runMlops(["inspect", notebook, "--slice", slice], {
    directory: project.path("."),
  });
  expect(run).toMatchObject({ exit: 0 });
  return run.stdout;
}

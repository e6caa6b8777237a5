/**
 * Prints how long things take, as ratios measured in one run, because absolute times of two machines cannot be
 * compared. Each measurement is a line in the table below; its file exports one function. Names as arguments
 * (`npm run bench -- analysis`) choose some of them, and of what one measures in several shapes, some shapes
 * (`npm run bench -- analysis:aliases "analysis:one cell"`).
 */
import { measureAnalysis } from "./analysis.ts";
import { measureColdRun } from "./cold-run.ts";
import { measureDvc } from "./dvc.ts";
import { measureNoOpRun } from "./no-op-run.ts";
import { measureObservation } from "./observation.ts";
import { measureOneRow } from "./one-row.ts";
import { measureRegistryWrites } from "./registry-writes.ts";
import { measureRunsList } from "./runs-list.ts";
import { measureStartUp } from "./start-up.ts";

const measurements: Readonly<
  Record<string, (shapes: readonly string[]) => Promise<string> | string>
> = {
  "start-up": measureStartUp,
  "no-op-run": measureNoOpRun,
  "cold-run": measureColdRun,
  dvc: measureDvc,
  analysis: measureAnalysis,
  observation: measureObservation,
  "one-row": measureOneRow,
  "registry-writes": measureRegistryWrites,
  "runs-list": measureRunsList,
};

const asked = process.argv.slice(2);
for (const [name, measure] of Object.entries(measurements)) {
  const shapes = asked.flatMap((one) =>
    one.startsWith(`${name}:`) ? [one.slice(name.length + 1)] : [],
  );
  if (asked.length === 0 || asked.includes(name) || shapes.length > 0)
    console.log(await measure(shapes));
}

/**
 * Prints how long things take, as ratios measured in one run, because absolute times of two machines cannot be
 * compared. Each measurement is a line in the table below; its file exports one function.
 */
import { measureAnalysis } from "./analysis.ts";
import { measureStartUp } from "./start-up.ts";

const measurements: readonly (() => Promise<string>)[] = [measureStartUp, measureAnalysis];

for (const measure of measurements) console.log(await measure());

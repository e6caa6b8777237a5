/**
 * The first `mlops run` of an example after promotion against its notebook as one plain Python script, same interpreter and folder:
 * its steps, which is what the notebook does, and the steps with the model registered, which the notebook does not.
 */
import { chooseShapes } from "./choose-shapes.ts";
import { median } from "./median.ts";
import { promoteExample } from "./promoted-example.ts";

const RUNS = 5;
const MOST = 1.2;

const EXAMPLES = [
  { name: "churn" },
  { name: "house-prices" },
  { name: "demand-forecast" },
  { name: "segments" },
];

/** Medians of alternating runs, and of the ratios of neighbors. @param names Examples; none for all. */
export async function measureColdRun(names: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const { name } of chooseShapes(EXAMPLES, names)) {
    using example = await promoteExample(name);
    const scripts: number[] = [];
    const runs: number[] = [];
    const registered: number[] = [];
    for (let round = 0; round < RUNS; round += 1) {
      scripts.push(example.time(example.script));
      example.forgetRuns();
      runs.push(example.time([...example.run, "--no-register"]));
      example.forgetRuns();
      registered.push(example.time(example.run));
    }
    const seconds = (times: readonly number[]): string => `${(median(times) / 1000).toFixed(2)} s`;
    const against = (times: readonly number[]): string => {
      const ratio = median(times.map((time, at) => time / (scripts[at] ?? Number.NaN)));
      const verdict = ratio <= MOST ? "held" : "missed";
      return `${seconds(times)} × ${ratio.toFixed(2)} (at most ${String(MOST)}: ${verdict})`;
    };
    lines.push(
      `  ${name.padEnd(16)} script ${seconds(scripts)}   steps ${against(runs)}   with its model registered ${against(registered)}`,
    );
  }
  return [`cold run, median of ${String(RUNS)} alternating pairs`, ...lines].join("\n");
}

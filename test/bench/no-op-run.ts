/** `mlops run` with nothing to do against `node -e 0`, on the Node that runs this. */
import { median } from "./median.ts";
import { promoteExample } from "./promoted-example.ts";

const RUNS = 21;
const WARM_UPS = 3;
const LIMIT_MS = 150;

/** Medians of alternating runs, and of what each run took more than the bare one beside it. */
export async function measureNoOpRun(): Promise<string> {
  using example = await promoteExample("churn");
  example.time(example.run);
  const bare: number[] = [];
  const runs: number[] = [];
  for (let round = -WARM_UPS; round < RUNS; round += 1) {
    const times = [example.time([process.execPath, "-e", "0"]), example.time(example.run)] as const;
    if (round < 0) continue;
    bare.push(times[0]);
    runs.push(times[1]);
  }
  const more = median(runs.map((time, at) => time - (bare[at] ?? Number.NaN)));
  const line = (name: string, times: readonly number[]): string =>
    `  ${name.padEnd(26)} ${median(times).toFixed(1).padStart(7)} ms`;
  return [
    `run with nothing to do, Node ${process.versions.node}, median of ${String(RUNS)} alternating runs`,
    line("node -e 0", bare),
    `${line("mlops run, 10 steps", runs)}  +${more.toFixed(1)} ms (at most +${String(LIMIT_MS)}: ${more <= LIMIT_MS ? "held" : "missed"})`,
  ].join("\n");
}

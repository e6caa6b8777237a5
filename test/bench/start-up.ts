/** `mlops --version` and `mlops --help` against `node -e 0`, on the Node that runs this. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { median } from "./median.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(root, "bin", "mlops.js");
const RUNS = 21;
const WARM_UPS = 3;

/** Medians of alternating runs, so that a slow moment of the machine hits all alike. */
export async function measureStartUp(): Promise<string> {
  const rivals = [
    { name: "node -e 0", parameters: ["-e", "0"] },
    { name: "mlops --version", parameters: [program, "--version"] },
    { name: "mlops --help", parameters: [program, "--help"] },
  ].map((rival) => ({ ...rival, times: [] as number[] }));
  for (let run = -WARM_UPS; run < RUNS; run += 1) {
    for (const { parameters, times } of rivals) {
      const started = performance.now();
      const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: "utf8" });
      if (status !== 0) throw new Error(`${parameters.join(" ")} failed: ${stderr}`);
      if (run >= 0) times.push(performance.now() - started);
    }
  }
  const bare = median(rivals[0]?.times ?? []);
  const lines = rivals.map(({ name, times }) => {
    const time = median(times);
    const more = `+${(time - bare).toFixed(1)} ms`.padStart(10);
    return `  ${name.padEnd(16)} ${time.toFixed(1).padStart(7)} ms ${more}   × ${(time / bare).toFixed(2)}`;
  });
  const title = `start-up, Node ${process.versions.node}, median of ${String(RUNS)} alternating runs`;
  return [title, ...lines].join("\n");
}

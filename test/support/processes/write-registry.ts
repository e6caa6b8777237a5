/** A process of its own that writes to a registry: `write-registry.ts <path> <worker> <count>`. Prints each run once it is acknowledged. */
import { writeSync } from "node:fs";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { eventOf, runOf, stepOf } from "../registry-contract-values.ts";

const [path = "", worker = "0", count = "0"] = process.argv.slice(2);
const registry = openRegistry(path);
for (let index = 0; index < Number(count); index += 1) {
  const run = runOf(Number(worker) * 1000 + index);
  registry.runs.start(run);
  registry.runs.addStep(run.id, stepOf("train", "1", [["roc-auc", index]]));
  registry.runs.finish(run.id, "succeeded", run.startedAtMs + 1);
  registry.audit.append(eventOf("run.finished", run.id));
  // Not console.log: the line has to be out before the next write begins, because this process may be killed at any moment.
  writeSync(1, `${run.id}\n`);
}
registry.close();

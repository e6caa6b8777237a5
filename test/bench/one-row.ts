/** One row through the generated predict.py against the model's own `predict`, in one process each time. */
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promoteExample } from "./promoted-example.ts";

/** At most twice the model, and so many milliseconds for the notebook's own lines. */
const FACTOR = 2;
const MORE_MS = 5;

const EXAMPLES = [
  { name: "churn", packageName: "churn", table: "data/churn.csv", model: "churn_model.joblib" },
  {
    name: "house-prices",
    packageName: "house_prices",
    table: "data/houses.csv",
    model: "models/house_prices.joblib",
  },
] as const;

interface Measured {
  readonly predict: number;
  readonly model: number;
}

/** A line for each example. */
export async function measureOneRow(): Promise<string> {
  const lines = [`one row through predict.py, processor time, median of alternating calls`];
  for (const { name, packageName, table, model } of EXAMPLES) {
    using example = await promoteExample(name);
    example.time(example.run);
    const script = join(dirname(fileURLToPath(import.meta.url)), "one_row.py");
    const folder = join(example.folder, "pipelines", name);
    const files = [table, model].map((path) => join(example.folder, path));
    const output = execFileSync(example.python, [script, folder, packageName, ...files], {
      encoding: "utf8",
    });
    const measured = JSON.parse(output) as Measured;
    const limit = FACTOR * measured.model + MORE_MS;
    lines.push(
      `  ${name.padEnd(14)} ${measured.predict.toFixed(1)} ms, the model alone ${measured.model.toFixed(1)} ms (at most ${String(FACTOR)} × that + ${String(MORE_MS)}: ${measured.predict <= limit ? "held" : "missed"})`,
    );
  }
  return lines.join("\n");
}

/** Notebooks for feature tests: scripts whose cells are separated by `# %%`. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Result } from "../../src/base/result.ts";
import type { ColumnsAfter } from "../../src/features/answer/target-trace.ts";
import type { FeatureFiles, FeatureTemplates } from "../../src/features/generate-feature-files.ts";
import { generateFeatureFiles } from "../../src/features/generate-feature-files.ts";
import { stageFeatures } from "../../src/features/stage-features.ts";
import type { FeatureRefusal, FeatureStaging } from "../../src/features/staging.ts";
import type { StageFeaturesInput } from "../../src/features/staging-input.ts";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { pythonParser } from "./python-parser.ts";

/** Stages a script; every cell keeps its own line numbers. */
export async function stageScript(
  script: string,
  modelVariable?: string,
  columnsAfter?: ColumnsAfter,
  declared: Pick<StageFeaturesInput, "entity" | "time" | "parameters"> = {},
): Promise<Result<FeatureStaging, FeatureRefusal>> {
  const parser = await pythonParser();
  const units = script.split(/^# %%\n/mu).map((text, index) => ({ id: String(index + 1), text }));
  return stageFeatures({
    notebook: "story.ipynb",
    facts: analyzeProgram(units, parser),
    cellNumbers: units.map((_, index) => index + 1),
    parser,
    unseen: "other",
    ...declared,
    ...(modelVariable === undefined ? {} : { modelVariable }),
    ...(columnsAfter === undefined ? {} : { columnsAfter }),
  });
}

/** A notebook that groups `rows`, made of the table `df` by the lines given. */
export function entityScript(lines: string): string {
  return `import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
# %%
df = pd.read_csv("purchases.csv")
${lines}
model = KMeans(n_clusters=2, n_init=3, random_state=1)
groups = model.fit_predict(rows)
`;
}

/** The files generated from a staging, as package `packageName`. */
export async function featureFiles(
  staging: FeatureStaging,
  packageName: string,
): Promise<FeatureFiles> {
  const names = [
    "support",
    "statistics",
    "history",
    "entities",
    "predict",
    "test",
    "historyTest",
    "entityTest",
  ] as const;
  const files = [
    "feature_support.py",
    "feature_statistics.py",
    "feature_history.py",
    "entity_support.py",
    "predict.py",
    "test_features.py",
    "test_history.py",
    "test_entity_features.py",
  ];
  const texts = await Promise.all(files.map(readTemplate));
  const templates = Object.fromEntries(
    names.map((name, at) => [name, texts[at] ?? ""]),
  ) as unknown as FeatureTemplates;
  return generateFeatureFiles(staging, {
    pipeline: packageName,
    packageName,
    notebook: "story.ipynb",
    describeCell: (cell) => `story.ipynb, cell ${String(cell)}`,
    templates,
  });
}

/** Folder of the feature templates. */
export const featureTemplateFolder = fileURLToPath(
  new URL("../../templates/python/features/", import.meta.url),
);
/** Folder of the feature fixtures. */
export const featureFixtureFolder = fileURLToPath(
  new URL("../fixtures/features/", import.meta.url),
);

/** A fixture's text. */
export function readFixture(name: string): Promise<string> {
  return readFile(`${featureFixtureFolder}${name}`, "utf8");
}

/** The churn example as a script, its magics left out. */
export async function churnScript(): Promise<string> {
  const path = fileURLToPath(new URL("../../examples/churn/churn.ipynb", import.meta.url));
  const notebook = JSON.parse(await readFile(path, "utf8")) as {
    readonly cells: readonly {
      readonly cell_type: string;
      readonly source: string | readonly string[];
    }[];
  };
  return notebook.cells
    .filter((cell) => cell.cell_type === "code")
    .map((cell) =>
      [cell.source]
        .flat()
        .join("")
        .replaceAll(/^[%!].*$/gmu, "pass")
        .replaceAll("plt.show()", "plt.close()"),
    )
    .join("\n# %%\n");
}

function readTemplate(name: string): Promise<string> {
  return readFile(`${featureTemplateFolder}${name}`, "utf8");
}

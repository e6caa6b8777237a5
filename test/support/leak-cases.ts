/** Scripts whose leakage is looked for: cells separated by `# %%`. */
import { buildFeatureProgram, type FeatureProgram } from "../../src/features/feature-program.ts";
import { findLeakage, type Leak } from "../../src/features/leakage/find-leakage.ts";
import { reportLeakage } from "../../src/features/leakage/leak-report.ts";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { pythonParser } from "./python-parser.ts";

/** A script with its leaks. */
export interface LeakyScript {
  readonly program: FeatureProgram;
  readonly leaks: readonly Leak[];
  /** Text of each cell, by number. */
  readonly cells: ReadonlyMap<number, string>;
}

export const HEAD = `import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler
from sklearn.utils import resample
# %%
df = pd.read_csv("people.csv")
`;

/** Looks for the leakage of a script. */
export async function lookAtScript(script: string): Promise<LeakyScript> {
  const parser = await pythonParser();
  const texts = script.split(/^# %%\n/mu);
  const program = buildFeatureProgram({
    notebook: "story.ipynb",
    facts: analyzeProgram(
      texts.map((text, index) => ({ id: String(index + 1), text })),
      parser,
    ),
    cellNumbers: texts.map((_, index) => index + 1),
    parser,
  });
  const cells = new Map(texts.map((text, index) => [index + 1, text] as const));
  return { program, leaks: findLeakage(program), cells };
}

/** `2:3 leakage-fitted-before-split df["age"].mean()`: cell and line, code, and the text the finding begins with. */
export async function findingsOf(script: string): Promise<readonly string[]> {
  const { program, leaks } = await lookAtScript(script);
  return reportLeakage(program, leaks, { describeCell: (cell) => `cell ${String(cell)}` }).map(
    ({ code, message, where }) =>
      `${String(where?.cell)}:${String(where?.line)} ${code} ${/`([^`]*)`/u.exec(message)?.[1] ?? ""}`,
  );
}

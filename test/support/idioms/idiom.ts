/**
 * The idioms of feature code that real notebooks use, each as a short script: what its line depends on, and whether it is split. Every
 * script reads `people.csv` (see `test/fixtures/features/run_idioms.py`) and predicts `left`.
 */
import type { Dependence } from "../../../src/features/dependence.ts";
import type { FeatureRefusal } from "../../../src/features/staging.ts";

/** One idiom. */
export interface Idiom {
  readonly number: number;
  readonly name: string;
  /** Lines of cell 2, behind the line that reads the table. */
  readonly lines: string;
  /** Classes of which the statement in question has the first, and what other statements may have besides. */
  readonly depends: Dependence;
  /** Part of the statement that is classed; the first line of `lines` when left out. */
  readonly at?: string;
  /** Why it is refused; split when left out. */
  readonly refused?: FeatureRefusal["code"];
  readonly tail?: string;
}

/** The first cells of every script. */
export const IDIOM_HEAD = `import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import (KBinsDiscretizer, LabelEncoder, MinMaxScaler, OneHotEncoder,
    OrdinalEncoder, PolynomialFeatures, RobustScaler, StandardScaler)
# %%
df = pd.read_csv("people.csv")
`;
const MODEL = `
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression(max_iter=50)
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;
/** All numbers of the table are features. */
export const IDIOM_TAIL = `
# %%
y = df["left"]
X = df.drop(columns=["left"]).select_dtypes("number").fillna(-1)${MODEL}`;

/** A tail of its own, with the same model. */
export function after(lines: string): string {
  return `\n# %%\ny = df["left"]\n${lines}${MODEL}`;
}

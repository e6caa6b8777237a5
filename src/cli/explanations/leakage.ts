/** Codes of the search for leakage, and of fixing it. */
import type { Explanation } from "./explanation.ts";

export const leakageExplanations: Readonly<Record<string, Explanation>> = {
  "leakage-fitted-before-split": {
    what: "Something is learned from all rows, and rows are held back only afterwards: a mean for missing values, a scaler, a vectorizer, a choice of columns.",
    why: "The rows that the model is measured on had a share in its features, so that the metrics are better than the model will be. In production the statistic comes from the training rows alone.",
    example:
      'df["age"] = df["age"].fillna(df["age"].mean())\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)',
    fix: "mlops promote NOTEBOOK --fix leakage learns it from the training rows only and shows both metrics. Or split first, fit with the training rows, and transform both sides.",
  },
  "leakage-categories-before-split": {
    what: "An encoder or get_dummies asks all rows which categories there are, before rows are held back.",
    why: "No value of a held-back row gets into a feature, so that metrics hardly change. But the model never meets a category that it does not know, as it will in production.",
    example: 'df = pd.get_dummies(df, columns=["city"])   # then train_test_split',
    fix: 'Nothing has to be done. OneHotEncoder(handle_unknown="ignore"), fitted with the training rows, shows what an unknown category does.',
  },
  "leakage-target": {
    what: "The target, or something computed from it, is among the features.",
    why: "The model reads the answer instead of predicting it. Of a row in production the answer is not known yet.",
    example:
      'df["price_per_room"] = df["price"] / df["rooms"]\nmodel.fit(df.drop(columns=["price"]), df["price"])',
    fix: "Leave the column out. Means of the target by category belong inside the folds of a cross-validation (sklearn.preprocessing.TargetEncoder).",
  },
  "leakage-rows-in-both-sides": {
    what: "Rows that the model is measured on are among those it was fitted with: rows are repeated before the split, or the model is fitted with all rows and measured on some of them.",
    why: "A model that has seen a row can repeat its answer by heart; such a score says nothing about new rows.",
    example:
      "X, y = SMOTE().fit_resample(X, y)\nX_train, X_test, y_train, y_test = train_test_split(X, y)",
    fix: "Divide first, then resample the training rows alone; measure before the final fit with all rows.",
  },
  "leakage-fitted-on-test": {
    what: "A scaler, an encoder or an imputed value is learned from the rows that the model is asked about.",
    why: "They are then changed by other numbers than the training rows were, and a single row of a request cannot be changed that way at all.",
    example: "X_test = scaler.fit_transform(X_test)",
    fix: "X_test = scaler.transform(X_test), with a scaler that was fitted with the training rows.",
  },
  "leakage-chosen-on-test": {
    what: "A loop makes one model after another and measures each on the rows that were held back.",
    why: "The best of many scores on the same rows is better than the model will be on new ones.",
    example:
      "for k in range(1, 30):\n    scores.append(KNeighborsClassifier(k).fit(X_train, y_train).score(X_test, y_test))",
    fix: "Choose by cross-validation on the training rows (GridSearchCV), and measure the chosen model once.",
  },
  "leakage-time": {
    what: "Features come from the rows before (lags, windows), and the rows to measure on are drawn at random.",
    why: "Training rows then know the values of the held-back rows between them; in production the rows after are not there yet.",
    example:
      'df["lag"] = df["sales"].shift(1)\nX_train, X_test = train_test_split(df, random_state=0)',
    fix: "Hold back the last rows: train_test_split(…, shuffle=False), or TimeSeriesSplit.",
  },
  "leakage-not-fixed": {
    what: "--fix leakage was asked for, or pipeline.yaml asks for it, and a leak cannot be fixed soundly.",
    why: "The fix learns from the training rows alone, with the notebook's own lines. Where the rows of the split are not known yet, or the leak is of another kind, that would be a guess. Nothing is written.",
    example:
      "df = df.fillna(df.mean())\ndf = df.drop_duplicates()   # the split divides other rows than the mean is of",
    fix: "Change the place that is named, or promote without --fix (remove kind: fix from the decisions in pipeline.yaml).",
  },
  "leakage-nothing-to-fix": {
    what: "--fix leakage was asked for, or pipeline.yaml asks for it, and no leak was found.",
    why: "The pipeline is then the notebook's own, and its metrics are the notebook's.",
    example: "mlops promote clean.ipynb --fix leakage",
    fix: "Nothing has to be done. Remove kind: fix from the decisions in pipeline.yaml if it is no longer meant.",
  },
};

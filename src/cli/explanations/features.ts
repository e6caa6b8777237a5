/** Codes of `src/features`: why the serving half of a notebook could not be made. */
import type { Explanation } from "./explanation.ts";

export const featureExplanations: Readonly<Record<string, Explanation>> = {
  "feature-model-unknown": {
    what: "The notebook fits no estimator that could be served.",
    why: "Serving needs one fitted model that answers rows. Encoders and scalers do not count.",
    example: "scaler = StandardScaler()\nscaler.fit(X)   # and nothing else is fitted",
    fix: "Fit one estimator at the top level of the notebook, or choose one of several: promote --interactive, or - { kind: serve, model: NAME } under decisions in pipeline.yaml.",
  },
  "model-not-kept": {
    what: "The notebook fits a model that cannot be stored.",
    why: "Models are kept, compared and served as files. One that is read again with the variables around it, or holds a lock or a connection, is no file; its step still runs, and what it prints and scores is compared.",
    example: 'smf.ols("y ~ x").fit(), which looks for y and x wherever it is loaded',
    fix: 'Give the model its data: smf.ols("y ~ x", data=table). Or save what is needed of it.',
  },
  "feature-matrix-unknown": {
    what: "It is not clear which matrix the served model is fitted with and asked for answers.",
    why: "The features are found by going backward from that matrix to the raw table.",
    example: "def train(X, y):\n    model.fit(X, y)   # only inside a function",
    fix: "Call model.fit(X, y) and model.predict(X_test) at the top level of the notebook, with variables as arguments.",
  },
  "feature-raw-table-unknown": {
    what: "The model's matrix does not lead back to one table that the notebook reads.",
    why: "A request is a row of the raw table; without it there is no signature.",
    example: "X, y = load_iris(return_X_y=True)",
    fix: "Read the raw table once with a read function of pandas, for example pd.read_csv, and make the matrix from it.",
  },
  "feature-statement-unknown": {
    what: "A statement on the way from the raw table to the model's matrix is not understood.",
    why: "It could depend on the whole table; run on a single row it would then give something else, silently.",
    example: 'df = df.set_index("id").T',
    fix: "Write it with column operations, or move it out of the feature code. The message shows the cell and line.",
  },
  "feature-rows-differ": {
    what: "Columns of different rows stand beside each other in one expression.",
    why: "One is made of purchases that were kept, another of returns, or of customers that were left out. Which row of one belongs to which of the other would depend on what else a request brings.",
    example: "rate = returned / bought   # each from a groupby over other rows",
    fix: 'Put it into a column of the table first, which finds its rows by the entity (customers["returned"] = returned), or bring it to the same rows: returned.reindex(customers.index).',
  },
  "feature-entity-unknown": {
    what: "The model takes one row for each customer (or whatever the notebook groups by), but whose row is whose cannot be told.",
    why: "A request brings raw rows; each gets the answer of the entity it belongs to. That needs one column that names the entity, and a table with one row for each.",
    example: 'X = df[df.amount > 0].groupby(["customer", "month"])["amount"].sum().values',
    fix: 'Filter into a variable, group by one column, and keep the table: customers = df.groupby("customer").agg(...). The column under serve: entity in pipeline.yaml must be the one that is grouped by.',
  },
  "feature-entity-taken": {
    what: "Answers of this model are for entities, such as customers, and not for single rows.",
    why: "The notebook makes one row of all rows that have the same value in a column. A request must bring all rows of each entity in it: from fewer rows the answer would be another one, and nothing could notice.",
    example:
      'customers = df.groupby("customer_id").agg(spent=("amount", "sum"))\nkmeans.fit(customers)',
    fix: "Nothing to do, if whoever asks knows all rows of an entity. pipeline.yaml names the column under serve (entity), contract.json says so to those who ask.",
  },
  "feature-needs-history": {
    what: "A feature needs rows before or after the one it is computed for.",
    why: "A served request is one row. Earlier rows of the same entity are kept as a history and found by entity and time, once both are declared; later rows, and rows of others, are not there.",
    example: 'df["change"] = df.groupby("shop")["price"].diff()',
    fix: "Declare the columns in pipeline.yaml (serve: entity: shop, time: date; entity: [shop, product] for several together, time alone for one series) and promote again, or let promote --interactive ask; null takes either back. Group by the entity, count rows back, not forward, and shift the predicted column before windows over it.",
  },
  "feature-per-key": {
    what: "A feature combines the rows of one group.",
    why: "A served request is one row; the statistic of its group would have to be kept for each key, with a value for new keys.",
    example: 'df["mean_fare"] = df.groupby("city")["fare"].transform("mean")',
    fix: "Bring the group's value as a column of the raw table, or leave it out.",
  },
  "feature-uses-target": {
    what: "A feature is computed from the column that is predicted.",
    why: "When a request is answered that column is not known yet, and in training it gives the answer away.",
    example: 'df["rate"] = df["churn"].mean()   # and churn is predicted',
    fix: "Compute the feature from other columns.",
  },
  "feature-fitted-on-test": {
    what: "Something is learned from the rows the model is evaluated with.",
    why: "The usual slip is fit_transform where transform is meant. In serving there is no such table to learn from, and the evaluation is too good.",
    example: "X_test = scaler.fit_transform(X_test)",
    fix: "Learn from the training rows, then only transform the test rows: X_test = scaler.transform(X_test).",
  },
  "feature-mixes-training-rows": {
    what: "Rows of training and the rows that are served stand in one expression.",
    why: "While serving, the training rows are not there; only what was learned from them is.",
    example: "X_all = pd.concat([X_train, X_test])",
    fix: "Keep training and test rows apart after the split.",
  },
  "feature-random": {
    what: "A statement on the way to the features gives random numbers or the time.",
    why: "A row of a request cannot have what the training rows were given; and without a fixed state not even what is learned could be repeated.",
    example: "df = df.sample(frac=0.5)",
    fix: "Where rows are picked, give it a fixed random_state; leave out features that are drawn at random or that are of the moment.",
  },
  "feature-helper-unknown": {
    what: "A function of the notebook that makes features could not be followed.",
    why: "What it learns from the whole table is kept only where its lines can stand in place of its call: not if it returns in the middle, calls itself or changes something outside.",
    example:
      "def clean(df):\n    if len(df) > 100:\n        return df\n    return df.fillna(df.mean())",
    fix: "Keep such functions to one straight line of column operations with one return at its end, and call them in statements of their own: df = clean(df).",
  },
  "feature-target-transform": {
    what: "Which column of the raw table the target is made of cannot be told.",
    why: "Requests must not have to bring what is predicted, and a number in an unknown unit is no answer.",
    example:
      "y = df.iloc[:, -1]   # promoted with --no-observe: no run has shown the table's columns",
    fix: 'Take the column by its name: y = df["price"]. Or let the notebook run when it is promoted.',
  },
  "feature-answer-unknown": {
    what: "It is not known whether the model answers a label, a number or a cluster.",
    why: "The contract of the served model states the kind of its answer.",
    example: "model = MyEstimator()\nmodel.fit(X, y)",
    fix: "Use an estimator of scikit-learn, xgboost or lightgbm that can be asked about new rows; DBSCAN and the like cannot.",
  },
};

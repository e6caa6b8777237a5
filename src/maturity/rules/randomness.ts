/** Which calls draw random numbers and by which argument they are seeded. A typed table, no logic. */

/** How a call takes its seed. */
export interface RandomCall {
  /** Matches the import-resolved callee. */
  readonly callee: RegExp;
  readonly seed: "random_state" | "seed" | "first-argument";
  /** Random only when this argument is written and true (`KFold(shuffle=True)`). */
  readonly onlyWith?: string;
}

/** @see https://scikit-learn.org/stable/glossary.html#term-random_state and https://numpy.org/doc/stable/reference/random/ */
export const RANDOM_CALLS: readonly RandomCall[] = [
  { callee: /^sklearn\.model_selection\.train_test_split$/, seed: "random_state" },
  { callee: /^sklearn\.model_selection\.(Stratified|Group)?ShuffleSplit$/, seed: "random_state" },
  {
    callee:
      /^sklearn\.model_selection\.(RepeatedKFold|RepeatedStratifiedKFold|RandomizedSearchCV|StratifiedShuffleSplit|GroupShuffleSplit)$/,
    seed: "random_state",
  },
  {
    callee: /^sklearn\.model_selection\.(KFold|StratifiedKFold|StratifiedGroupKFold)$/,
    seed: "random_state",
    onlyWith: "shuffle",
  },
  {
    callee:
      /^sklearn\.ensemble\.(?!Voting|Stacking|HistGradient)\w+(Classifier|Regressor|Forest|Embedding)$/,
    seed: "random_state",
  },
  { callee: /^sklearn\.tree\.\w+(Classifier|Regressor)$/, seed: "random_state" },
  { callee: /^sklearn\.neural_network\.\w+$/, seed: "random_state" },
  {
    callee: /^sklearn\.linear_model\.(SGD\w+|Perceptron|PassiveAggressive\w+|RANSACRegressor)$/,
    seed: "random_state",
  },
  { callee: /^sklearn\.cluster\.(MiniBatch)?KMeans$/, seed: "random_state" },
  { callee: /^sklearn\.mixture\.\w+$/, seed: "random_state" },
  { callee: /^sklearn\.manifold\.(TSNE|MDS|SpectralEmbedding)$/, seed: "random_state" },
  { callee: /^sklearn\.utils\.(shuffle|resample)$/, seed: "random_state" },
  { callee: /^sklearn\.inspection\.permutation_importance$/, seed: "random_state" },
  { callee: /^imblearn\.\w+\.(SMOTE|ADASYN|Random\w+)$/, seed: "random_state" },
  { callee: /^xgboost\.XGB\w+$/, seed: "random_state" },
  { callee: /^lightgbm\.LGBM\w+$/, seed: "random_state" },
  { callee: /^catboost\.CatBoost\w*$/, seed: "random_state" },
  { callee: /\.sample$/, seed: "random_state" },
  { callee: /^numpy\.random\.(default_rng|RandomState|SeedSequence)$/, seed: "first-argument" },
  { callee: /^random\.Random$/, seed: "first-argument" },
];

/** Draws from a process-wide generator. */
export const GLOBAL_DRAW =
  /^(numpy\.random\.(rand|randn|randint|random|random_sample|choice|shuffle|permutation|normal|uniform|binomial|poisson|exponential|beta|gamma|standard_normal)|random\.(random|randint|choice|choices|sample|shuffle|uniform|gauss|betavariate))$/;

/** Seeds a process-wide generator; its first argument is the seed. */
export const GLOBAL_SEED =
  /^(numpy\.random\.seed|random\.seed|torch\.manual_seed|tensorflow\.random\.set_seed)$/;

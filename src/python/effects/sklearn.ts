/**
 * scikit-learn and libraries that keep to its estimator interface (xgboost, lightgbm, catboost, imblearn).
 * Randomness: https://scikit-learn.org/stable/common_pitfalls.html#controlling-randomness
 */
import { type CallEffect, each, type LibraryEffects } from "./effect.ts";

const ARRAY = "numpy.ndarray";
const GENERATOR = "random:numpy";
/** Makes an estimator that draws from NumPy's global generator when fitted without a seed. */
const RANDOM_ESTIMATOR: CallEffect = {
  result: "keeps",
  random: { generator: GENERATOR, unless: "random_state", later: true },
};
/** Only with some settings, which then are given by name. */
const RANDOM_WITH_SOLVER: CallEffect = {
  result: "keeps",
  random: { generator: GENERATOR, unless: "random_state", onlyWith: "solver", later: true },
};
const ESTIMATOR: CallEffect = { result: "keeps" };
const SPLITS: CallEffect = {
  result: "unpacked",
  random: { generator: GENERATOR, unless: "random_state" },
};
const MAKES_DATA: CallEffect = { random: { generator: GENERATOR, unless: "random_state" } };
/** Clones what it is given, but without a seed the clone draws from the global generator. */
const EVALUATES: CallEffect = { random: { generator: GENERATOR, unless: "random_state" } };
const FITS: CallEffect = { mutatesReceiver: "deep", result: "receiver" };
const NAMED = (
  prefix: string,
  names: string,
  effect: CallEffect,
): Readonly<Record<string, CallEffect>> =>
  Object.fromEntries(
    names
      .split(" ")
      .map((name) => [`${prefix}.${name}`, { returns: `${prefix}.${name}`, ...effect }]),
  );

export const sklearnEffects: LibraryEffects = {
  functions: {
    "sklearn.*": {},
    "sklearn.model_selection.train_test_split": SPLITS,
    // https://scikit-learn.org/stable/api/sklearn.model_selection.html
    ...each(
      "sklearn.model_selection.cross_val_score sklearn.model_selection.cross_validate sklearn.model_selection.cross_val_predict sklearn.model_selection.learning_curve sklearn.model_selection.validation_curve sklearn.inspection.permutation_importance sklearn.model_selection.permutation_test_score",
      EVALUATES,
    ),
    ...each("sklearn.utils.shuffle sklearn.utils.resample", SPLITS),
    // https://scikit-learn.org/stable/api/sklearn.preprocessing.html: functions that take `copy`.
    ...NAMED(
      "sklearn.preprocessing",
      "normalize scale minmax_scale maxabs_scale robust_scale power_transform quantile_transform binarize",
      { returns: ARRAY, worksInPlaceWithoutCopy: true },
    ),
    "sklearn.base.clone": { returns: "argument" },
    // https://scikit-learn.org/stable/api/sklearn.datasets.html
    ...each(
      "sklearn.datasets.make_classification sklearn.datasets.make_regression sklearn.datasets.make_blobs sklearn.datasets.make_moons sklearn.datasets.make_circles",
      MAKES_DATA,
    ),
    ...each(
      "sklearn.datasets.fetch_california_housing sklearn.datasets.fetch_openml sklearn.datasets.fetch_20newsgroups",
      {
        ambient: [{ resource: "network", access: "read" }],
      },
    ),
    // https://scikit-learn.org/stable/modules/generated/sklearn.set_config.html
    "sklearn.set_config": { ambient: [{ resource: "options", access: "write" }] },
    ...each(
      "sklearn.pipeline.make_pipeline sklearn.pipeline.make_union sklearn.compose.make_column_transformer",
      { returns: "sklearn.pipeline.Pipeline", result: "keeps" },
    ),
    ...each("sklearn.compose.make_column_selector sklearn.metrics.make_scorer", {
      result: "keeps",
    }),
    "sklearn.tree.plot_tree": { ambient: [{ resource: "figure", access: "read-write" }] },
    // https://scikit-learn.org/stable/api/sklearn.ensemble.html
    ...NAMED(
      "sklearn.ensemble",
      "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor GradientBoostingClassifier GradientBoostingRegressor HistGradientBoostingClassifier HistGradientBoostingRegressor AdaBoostClassifier AdaBoostRegressor BaggingClassifier BaggingRegressor IsolationForest RandomTreesEmbedding StackingClassifier StackingRegressor",
      RANDOM_ESTIMATOR,
    ),
    // https://scikit-learn.org/stable/api/sklearn.tree.html
    ...NAMED(
      "sklearn.tree",
      "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor",
      RANDOM_ESTIMATOR,
    ),
    // https://scikit-learn.org/stable/api/sklearn.linear_model.html
    ...NAMED(
      "sklearn.linear_model",
      "SGDClassifier SGDRegressor Perceptron PassiveAggressiveClassifier PassiveAggressiveRegressor RANSACRegressor TheilSenRegressor",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED(
      "sklearn.linear_model",
      "LogisticRegression LogisticRegressionCV Ridge RidgeClassifier",
      RANDOM_WITH_SOLVER,
    ),
    ...NAMED("sklearn.linear_model", "Lasso ElasticNet LassoCV ElasticNetCV Lars LassoLars", {
      result: "keeps",
      random: { generator: GENERATOR, unless: "random_state", onlyWith: "selection", later: true },
    }),
    // https://scikit-learn.org/stable/api/sklearn.svm.html: the generator is used for probability estimates and by the dual solver.
    ...NAMED("sklearn.svm", "SVC NuSVC LinearSVC LinearSVR", RANDOM_ESTIMATOR),
    ...NAMED("sklearn.neural_network", "MLPClassifier MLPRegressor BernoulliRBM", RANDOM_ESTIMATOR),
    // https://scikit-learn.org/stable/api/sklearn.cluster.html
    ...NAMED(
      "sklearn.cluster",
      "KMeans MiniBatchKMeans BisectingKMeans SpectralClustering AffinityPropagation",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED("sklearn.mixture", "GaussianMixture BayesianGaussianMixture", RANDOM_ESTIMATOR),
    // https://scikit-learn.org/stable/api/sklearn.decomposition.html
    ...NAMED(
      "sklearn.decomposition",
      "PCA TruncatedSVD NMF FastICA FactorAnalysis LatentDirichletAllocation DictionaryLearning SparsePCA KernelPCA",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED(
      "sklearn.manifold",
      "TSNE MDS SpectralEmbedding LocallyLinearEmbedding Isomap",
      RANDOM_ESTIMATOR,
    ),
    // https://scikit-learn.org/stable/api/sklearn.model_selection.html: searches clone an estimator that may be unseeded.
    ...NAMED(
      "sklearn.model_selection",
      "RandomizedSearchCV HalvingRandomSearchCV HalvingGridSearchCV ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED("sklearn.model_selection", "KFold StratifiedKFold StratifiedGroupKFold", {
      result: "keeps",
      random: { generator: GENERATOR, unless: "random_state", onlyWith: "shuffle", later: true },
    }),
    ...NAMED("sklearn.preprocessing", "QuantileTransformer KBinsDiscretizer", RANDOM_ESTIMATOR),
    ...NAMED(
      "sklearn.feature_selection",
      "SelectFromModel RFE RFECV SequentialFeatureSelector",
      ESTIMATOR,
    ),
    ...NAMED("sklearn.impute", "IterativeImputer", RANDOM_ESTIMATOR),
  },
  classes: {
    "sklearn.*": ESTIMATOR,
    // https://xgboost.readthedocs.io/en/stable/python/python_api.html: the default seed is the number 0.
    "xgboost.*": ESTIMATOR,
    // https://lightgbm.readthedocs.io/en/stable/Parameters.html: the default seeds are numbers.
    "lightgbm.*": ESTIMATOR,
    // https://catboost.ai/docs/en/references/training-parameters/common#random_seed: the default seed is 0.
    "catboost.*": ESTIMATOR,
    "imblearn.*": RANDOM_ESTIMATOR,
  },
  methods: {
    // https://scikit-learn.org/stable/developers/develop.html
    "sklearn.Estimator": {
      ...each("fit partial_fit", FITS),
      ...each("fit_transform fit_predict fit_resample", {
        mutatesReceiver: "deep",
        returns: ARRAY,
      }),
      ...each(
        "transform inverse_transform predict predict_proba predict_log_proba decision_function score_samples apply staged_predict staged_predict_proba kneighbors",
        { returns: ARRAY },
      ),
      score: { returns: "builtins.float" },
      set_params: FITS,
      set_output: FITS,
      ...each(
        "get_params get_feature_names_out get_support get_n_splits get_booster get_depth get_n_leaves",
        {},
      ),
      // Splitters with a seed of their own give the same folds each time.
      split: { returns: "builtins.iterator" },
      save_model: { file: { access: "write", argument: 0, keyword: "fname" } },
      load_model: {
        mutatesReceiver: "deep",
        file: { access: "read", argument: 0, keyword: "fname" },
      },
    },
  },
  attributes: {},
  bases: {
    "sklearn.*": ["sklearn.Estimator"],
    "xgboost.*": ["sklearn.Estimator"],
    "lightgbm.*": ["sklearn.Estimator"],
    "catboost.*": ["sklearn.Estimator"],
    "imblearn.*": ["sklearn.Estimator"],
  },
  synonyms: { "imblearn.pipeline.Pipeline": "sklearn.pipeline.Pipeline" },
  settings: {},
  dynamic: {},
  transparentContexts: ["sklearn.config_context"],
  scopedSettings: { "sklearn.config_context": ["options"] },
  iteratorTypes: [],
  pairTypes: {},
};

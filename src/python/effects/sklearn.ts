/**
 * scikit-learn and libraries that keep to its estimator interface (xgboost, lightgbm, catboost, imblearn).
 * Randomness: https://scikit-learn.org/stable/common_pitfalls.html#controlling-randomness
 */
import { type CallEffect, each, type LibraryEffects, under } from "./effect.ts";

const ARRAY = "numpy.ndarray";
const GENERATOR = "random:numpy";
/** Makes an estimator that draws from NumPy's global generator when fitted without a seed. */
const RANDOM_ESTIMATOR: CallEffect = {
  result: "keeps",
  random: { generator: GENERATOR, unless: "random_state", later: true },
};
/** Only with some settings, which then are given by name. */
const randomOnlyWith = (argument: string): CallEffect => ({
  result: "keeps",
  random: { generator: GENERATOR, unless: "random_state", onlyWith: argument, later: true },
});
const ESTIMATOR: CallEffect = { result: "keeps" };
const SPLITS: CallEffect = {
  result: "unpacked",
  random: { generator: GENERATOR, unless: "random_state" },
};
/** Draws when it is called, itself or by a clone of an estimator that has no seed. */
const DRAWS: CallEffect = { random: { generator: GENERATOR, unless: "random_state" } };
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
      DRAWS,
    ),
    ...each("sklearn.utils.shuffle sklearn.utils.resample", SPLITS),
    // https://scikit-learn.org/stable/api/sklearn.preprocessing.html: functions that take `copy`.
    ...NAMED(
      "sklearn.preprocessing",
      "normalize scale minmax_scale maxabs_scale robust_scale power_transform binarize",
      { returns: ARRAY, worksInPlaceWithoutCopy: true },
    ),
    "sklearn.base.clone": { returns: "argument" },
    // https://xgboost.readthedocs.io/en/stable/python/python_api.html#module-xgboost.training
    "xgboost.train": {
      returns: "xgboost.Booster",
      mutatesArguments: ["evals_result", "callbacks"],
    },
    // Seeds NumPy for its folds, and so leaves the generator elsewhere: `mknfold` in xgboost/training.py, as of version 3.2.
    "xgboost.cv": { mutatesArguments: ["callbacks"], random: { generator: GENERATOR } },
    // https://lightgbm.readthedocs.io/en/stable/Python-API.html#training-api: tables are made ready when they are first trained with.
    "lightgbm.train": { returns: "lightgbm.Booster", mutatesArguments: ["callbacks"] },
    "lightgbm.cv": { mutatesArguments: ["callbacks"] },
    // https://scikit-learn.org/stable/api/sklearn.datasets.html
    ...under(
      "sklearn.datasets",
      each(
        "make_classification make_regression make_blobs make_moons make_circles make_friedman1 make_friedman2 make_friedman3 make_s_curve make_swiss_roll make_gaussian_quantiles make_multilabel_classification make_sparse_uncorrelated make_sparse_coded_signal make_sparse_spd_matrix make_low_rank_matrix make_hastie_10_2 make_biclusters make_checkerboard make_spd_matrix",
        DRAWS,
      ),
    ),
    ...each(
      "sklearn.datasets.fetch_california_housing sklearn.datasets.fetch_openml sklearn.datasets.fetch_20newsgroups",
      {
        ambient: [{ resource: "network", access: "read" }],
      },
    ),
    ...under(
      "sklearn.datasets",
      each("fetch_covtype fetch_kddcup99 fetch_rcv1", {
        ambient: [{ resource: "network", access: "read" }],
        random: { generator: GENERATOR, unless: "random_state", onlyWith: "shuffle" },
      }),
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
      "SGDClassifier SGDRegressor Perceptron PassiveAggressiveClassifier PassiveAggressiveRegressor RANSACRegressor TheilSenRegressor SGDOneClassSVM",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED(
      "sklearn.linear_model",
      "LogisticRegression LogisticRegressionCV Ridge RidgeClassifier",
      randomOnlyWith("solver"),
    ),
    ...NAMED(
      "sklearn.linear_model",
      "Lasso ElasticNet LassoCV ElasticNetCV MultiTaskLasso MultiTaskElasticNet MultiTaskLassoCV MultiTaskElasticNetCV Lars LassoLars",
      randomOnlyWith("selection"),
    ),
    "sklearn.linear_model.ridge_regression": {
      random: { generator: GENERATOR, unless: "random_state", onlyWith: "solver" },
    },
    // https://scikit-learn.org/stable/api/sklearn.svm.html: the generator is used for probability estimates and by the dual solver.
    ...NAMED("sklearn.svm", "SVC NuSVC LinearSVC LinearSVR", RANDOM_ESTIMATOR),
    ...NAMED("sklearn.neural_network", "MLPClassifier MLPRegressor BernoulliRBM", RANDOM_ESTIMATOR),
    // https://scikit-learn.org/stable/api/sklearn.cluster.html
    ...NAMED(
      "sklearn.cluster",
      "KMeans MiniBatchKMeans BisectingKMeans SpectralClustering AffinityPropagation SpectralBiclustering SpectralCoclustering",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED("sklearn.mixture", "GaussianMixture BayesianGaussianMixture", RANDOM_ESTIMATOR),
    // https://scikit-learn.org/stable/api/sklearn.decomposition.html
    ...NAMED(
      "sklearn.decomposition",
      "PCA TruncatedSVD NMF FastICA FactorAnalysis LatentDirichletAllocation DictionaryLearning MiniBatchDictionaryLearning SparsePCA MiniBatchSparsePCA MiniBatchNMF KernelPCA",
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
      "RandomizedSearchCV HalvingRandomSearchCV HalvingGridSearchCV ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold ParameterSampler TunedThresholdClassifierCV",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED(
      "sklearn.model_selection",
      "KFold StratifiedKFold StratifiedGroupKFold GroupKFold",
      randomOnlyWith("shuffle"),
    ),
    ...NAMED(
      "sklearn.preprocessing",
      "QuantileTransformer KBinsDiscretizer SplineTransformer TargetEncoder",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED(
      "sklearn.feature_selection",
      "SelectFromModel RFE RFECV SequentialFeatureSelector",
      ESTIMATOR,
    ),
    ...NAMED("sklearn.impute", "IterativeImputer", RANDOM_ESTIMATOR),
    ...NAMED("sklearn.covariance", "MinCovDet EllipticEnvelope", RANDOM_ESTIMATOR),
    ...NAMED(
      "sklearn.gaussian_process",
      "GaussianProcessClassifier GaussianProcessRegressor",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED("sklearn.neighbors", "NeighborhoodComponentsAnalysis", RANDOM_ESTIMATOR),
    ...NAMED("sklearn.multiclass", "OutputCodeClassifier", RANDOM_ESTIMATOR),
    ...NAMED("sklearn.multioutput", "ClassifierChain RegressorChain", randomOnlyWith("order")),
    ...NAMED(
      "sklearn.random_projection",
      "GaussianRandomProjection SparseRandomProjection",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED(
      "sklearn.kernel_approximation",
      "Nystroem RBFSampler SkewedChi2Sampler PolynomialCountSketch",
      RANDOM_ESTIMATOR,
    ),
    ...NAMED("sklearn.dummy", "DummyClassifier", randomOnlyWith("strategy")),
    ...under(
      "sklearn.cluster",
      each("affinity_propagation k_means kmeans_plusplus spectral_clustering", DRAWS),
    ),
    "sklearn.covariance.fast_mcd": DRAWS,
    ...under(
      "sklearn.decomposition",
      each(
        "dict_learning dict_learning_online fastica non_negative_factorization randomized_svd",
        DRAWS,
      ),
    ),
    ...under(
      "sklearn.feature_selection",
      each("mutual_info_classif mutual_info_regression", DRAWS),
    ),
    ...under("sklearn.manifold", each("locally_linear_embedding smacof spectral_embedding", DRAWS)),
    "sklearn.preprocessing.quantile_transform": {
      returns: ARRAY,
      worksInPlaceWithoutCopy: true,
      ...DRAWS,
    },
    "sklearn.metrics.silhouette_score": {
      random: { generator: GENERATOR, unless: "random_state", onlyWith: "sample_size" },
    },
  },
  classes: {
    "sklearn.*": ESTIMATOR,
    // https://xgboost.readthedocs.io/en/stable/python/python_api.html: the default seed is the number 0.
    "xgboost.*": ESTIMATOR,
    ...each("xgboost.DMatrix xgboost.QuantileDMatrix", {}),
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

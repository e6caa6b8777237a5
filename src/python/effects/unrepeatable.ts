/**
 * Calls whose result another run of the same program need not repeat, why, and what repeats it.
 * What they do to variables and to generators is in the tables beside this one: a call may draw from a generator, which
 * then goes on elsewhere, and still give the same, as a support vector machine does without probabilities.
 */

/** When a call draws at all, as far as its arguments tell. `maybe`: its data decide. */
export type Drawing =
  | "always"
  | "maybe"
  /** Only where the argument has one of these values; where it is left out, it does not draw. */
  | { readonly argument: string; readonly is: readonly (string | boolean)[] }
  /** Unless the argument has this value. */
  | { readonly argument: string; readonly isNot: string | boolean };

/**
 * `global`: draws from a generator that the whole process shares. `entropy`: starts from what the system makes up.
 * `clock`: tells the time. `order`: the file system or the hash of a text decides an order. `workers`: other processes or
 * threads do it. `address`: tells where an object lies.
 */
export interface Unrepeatable {
  readonly kind: "global" | "entropy" | "clock" | "order" | "workers" | "address";
  readonly generator?: "random:python" | "random:numpy" | "torch" | "tensorflow";
  readonly draws: Drawing;
  /** Argument that takes a seed or generator: when it is given, the call repeats what it did. */
  readonly seed?: { readonly keyword: string; readonly position?: number };
  /** What repeats it, for people: completes "… repeats it" or "… to repeat it". */
  readonly fix: string;
}

const STATE = "random_state";

function stateful(draws: Drawing, position?: number): Unrepeatable {
  const seed = position === undefined ? { keyword: STATE } : { keyword: STATE, position };
  return { kind: "global", generator: "random:numpy", draws, seed, fix: "add random_state=0" };
}

function named(
  prefix: string,
  names: string,
  entry: Unrepeatable,
): Readonly<Record<string, Unrepeatable>> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [`${prefix}.${name}`, entry]));
}

const ALWAYS = stateful("always");
const MAYBE = stateful("maybe");
const SHUFFLED = stateful({ argument: "shuffle", is: [true] });
const NUMPY_GLOBAL: Unrepeatable = {
  kind: "global",
  generator: "random:numpy",
  draws: "always",
  fix: "draw from rng = np.random.default_rng(0), or put np.random.seed(0) at the top",
};
const PYTHON_GLOBAL: Unrepeatable = {
  kind: "global",
  generator: "random:python",
  draws: "always",
  fix: "draw from random.Random(0), or put random.seed(0) at the top",
};
const SYSTEM_SEED = (fix: string, keyword = "seed"): Unrepeatable => ({
  kind: "entropy",
  draws: "always",
  seed: { keyword, position: 0 },
  fix,
});
const CLOCK: Unrepeatable = {
  kind: "clock",
  draws: "always",
  fix: "write the moment as a value, which becomes a parameter",
};
const MADE_UP: Unrepeatable = {
  kind: "entropy",
  draws: "always",
  fix: "draw it from random.Random(0), or make it from the data (uuid.uuid5)",
};
const FILE_ORDER: Unrepeatable = { kind: "order", draws: "maybe", fix: "put sorted(…) around it" };
const WORKERS: Unrepeatable = {
  kind: "workers",
  draws: "maybe",
  fix: "give what each worker runs a seed of its own, such as its number",
};
const TORCH: Unrepeatable = {
  kind: "global",
  generator: "torch",
  draws: "always",
  fix: "put torch.manual_seed(0) at the top",
};
const TENSORFLOW: Unrepeatable = {
  kind: "global",
  generator: "tensorflow",
  draws: "always",
  fix: "put tf.keras.utils.set_random_seed(0) at the top",
};

/** By dotted name; one that ends in `*` stands for everything that begins so and is not listed, the longest first. */
export const UNREPEATABLE: Readonly<Record<string, Unrepeatable>> = {
  // https://scikit-learn.org/stable/api/index.html: of each, where its page says that random_state is used.
  "sklearn.model_selection.train_test_split": stateful({ argument: "shuffle", isNot: false }),
  ...named(
    "sklearn.model_selection",
    "RandomizedSearchCV HalvingRandomSearchCV HalvingGridSearchCV ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold permutation_test_score",
    ALWAYS,
  ),
  ...named(
    "sklearn.model_selection",
    "KFold StratifiedKFold StratifiedGroupKFold GroupKFold learning_curve",
    SHUFFLED,
  ),
  ...named("sklearn.utils", "shuffle resample", ALWAYS),
  ...named(
    "sklearn.datasets",
    "make_classification make_regression make_blobs make_moons make_circles make_friedman1 make_friedman2 make_friedman3 make_s_curve make_swiss_roll make_gaussian_quantiles make_multilabel_classification make_sparse_uncorrelated make_low_rank_matrix make_hastie_10_2 make_biclusters make_checkerboard make_spd_matrix",
    ALWAYS,
  ),
  ...named(
    "sklearn.ensemble",
    "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor GradientBoostingClassifier GradientBoostingRegressor AdaBoostClassifier AdaBoostRegressor BaggingClassifier BaggingRegressor IsolationForest RandomTreesEmbedding",
    ALWAYS,
  ),
  // Only for many rows: a sample for the bins, a hold-out to stop early.
  ...named(
    "sklearn.ensemble",
    "HistGradientBoostingClassifier HistGradientBoostingRegressor",
    MAYBE,
  ),
  ...named(
    "sklearn.tree",
    "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor",
    ALWAYS,
  ),
  ...named(
    "sklearn.linear_model",
    "SGDClassifier SGDRegressor SGDOneClassSVM Perceptron PassiveAggressiveClassifier PassiveAggressiveRegressor RANSACRegressor TheilSenRegressor",
    ALWAYS,
  ),
  ...named(
    "sklearn.linear_model",
    "LogisticRegression LogisticRegressionCV Ridge RidgeClassifier",
    stateful({ argument: "solver", is: ["sag", "saga", "liblinear"] }),
  ),
  ...named(
    "sklearn.linear_model",
    "Lasso ElasticNet LassoCV ElasticNetCV MultiTaskLasso MultiTaskElasticNet",
    stateful({ argument: "selection", is: ["random"] }),
  ),
  ...named("sklearn.svm", "SVC NuSVC", stateful({ argument: "probability", is: [true] })),
  ...named("sklearn.svm", "LinearSVC LinearSVR", MAYBE),
  ...named("sklearn.neural_network", "MLPClassifier MLPRegressor BernoulliRBM", ALWAYS),
  ...named(
    "sklearn.cluster",
    "KMeans MiniBatchKMeans BisectingKMeans SpectralClustering AffinityPropagation SpectralBiclustering SpectralCoclustering k_means kmeans_plusplus",
    ALWAYS,
  ),
  ...named("sklearn.mixture", "GaussianMixture BayesianGaussianMixture", ALWAYS),
  ...named(
    "sklearn.decomposition",
    "TruncatedSVD FastICA LatentDirichletAllocation DictionaryLearning MiniBatchDictionaryLearning SparsePCA MiniBatchSparsePCA",
    ALWAYS,
  ),
  // The solver is chosen by the size of the data.
  ...named("sklearn.decomposition", "PCA KernelPCA NMF MiniBatchNMF", MAYBE),
  ...named("sklearn.manifold", "TSNE MDS SpectralEmbedding", ALWAYS),
  ...named("sklearn.manifold", "LocallyLinearEmbedding", MAYBE),
  ...named("sklearn.random_projection", "GaussianRandomProjection SparseRandomProjection", ALWAYS),
  ...named(
    "sklearn.kernel_approximation",
    "Nystroem RBFSampler SkewedChi2Sampler PolynomialCountSketch",
    ALWAYS,
  ),
  ...named("sklearn.covariance", "MinCovDet EllipticEnvelope", ALWAYS),
  ...named("sklearn.gaussian_process", "GaussianProcessClassifier GaussianProcessRegressor", MAYBE),
  ...named("sklearn.feature_selection", "mutual_info_classif mutual_info_regression", ALWAYS),
  ...named(
    "sklearn.preprocessing",
    "QuantileTransformer KBinsDiscretizer SplineTransformer",
    MAYBE,
  ),
  ...named("sklearn.impute", "IterativeImputer", MAYBE),
  ...named(
    "sklearn.dummy",
    "DummyClassifier",
    stateful({ argument: "strategy", is: ["stratified", "uniform"] }),
  ),
  "sklearn.inspection.permutation_importance": ALWAYS,
  // https://imbalanced-learn.org/stable/references/index.html
  ...named(
    "imblearn.over_sampling",
    "SMOTE SMOTENC SMOTEN ADASYN BorderlineSMOTE KMeansSMOTE SVMSMOTE RandomOverSampler",
    ALWAYS,
  ),
  ...named("imblearn.under_sampling", "RandomUnderSampler ClusterCentroids", ALWAYS),
  ...named("imblearn.combine", "SMOTEENN SMOTETomek", ALWAYS),
  "imblearn.ensemble.*": ALWAYS,
  // https://numpy.org/doc/stable/reference/random/index.html
  "numpy.random.*": NUMPY_GLOBAL,
  "numpy.random.default_rng": SYSTEM_SEED("give it a seed: default_rng(0)"),
  "numpy.random.RandomState": SYSTEM_SEED("give it a seed: RandomState(0)"),
  ...named(
    "numpy.random",
    "PCG64 PCG64DXSM MT19937 Philox SFC64 SeedSequence",
    SYSTEM_SEED("give it a seed, such as 0"),
  ),
  "numpy.random.seed": SYSTEM_SEED("give it a number: np.random.seed(0)"),
  // https://docs.python.org/3/library/random.html
  "random.*": PYTHON_GLOBAL,
  "random.Random": SYSTEM_SEED("give it a seed: random.Random(0)", "x"),
  "random.seed": SYSTEM_SEED("give it a number: random.seed(0)", "a"),
  "random.SystemRandom": MADE_UP,
  // https://docs.scipy.org/doc/scipy/reference/: the seed was called random_state, and is rng now.
  ...named("scipy.optimize", "differential_evolution dual_annealing basinhopping", {
    ...NUMPY_GLOBAL,
    draws: "always",
    seed: { keyword: "rng" },
    fix: "add rng=0 (or seed=0)",
  }),
  ...named("uuid", "uuid1 uuid4", MADE_UP),
  "secrets.*": MADE_UP,
  "os.urandom": MADE_UP,
  // https://docs.python.org/3/library/time.html and …/datetime.html
  ...named(
    "time",
    "time time_ns perf_counter perf_counter_ns monotonic monotonic_ns process_time process_time_ns ctime asctime",
    CLOCK,
  ),
  ...named("datetime.datetime", "now utcnow today", CLOCK),
  "datetime.date.today": CLOCK,
  ...named("pandas.Timestamp", "now utcnow today", CLOCK),
  // The file system lists in the order it likes.
  ...named("os", "listdir scandir walk", FILE_ORDER),
  ...named("glob", "glob iglob", FILE_ORDER),
  ...named("pathlib.Path", "glob rglob iterdir", FILE_ORDER),
  "builtins.id": { kind: "address", draws: "always", fix: "do not use where an object lies" },
  "joblib.Parallel": WORKERS,
  ...named("multiprocessing", "Pool Process", WORKERS),
  ...named("concurrent.futures", "ProcessPoolExecutor ThreadPoolExecutor", WORKERS),
  // https://docs.pytorch.org/docs/stable/notes/randomness.html
  ...named(
    "torch",
    "rand randn randint randperm normal bernoulli multinomial rand_like randn_like",
    TORCH,
  ),
  ...named(
    "torch.nn",
    "Linear Conv1d Conv2d Conv3d LSTM GRU RNN Embedding Dropout TransformerEncoderLayer MultiheadAttention",
    TORCH,
  ),
  ...named("torch.utils.data", "random_split", TORCH),
  "torch.utils.data.DataLoader": { ...TORCH, draws: { argument: "shuffle", is: [true] } },
  // https://www.tensorflow.org/api_docs/python/tf/keras/utils/set_random_seed
  "tensorflow.random.*": TENSORFLOW,
  "tensorflow.keras.layers.*": TENSORFLOW,
  "keras.layers.*": TENSORFLOW,
};

/** Methods by the type of their receiver; a receiver of unknown type may be one of these. */
export const UNREPEATABLE_METHODS: Readonly<Record<string, Unrepeatable>> = {
  // https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.sample.html
  "pandas.DataFrame.sample": stateful("always", 4),
  "pandas.Series.sample": stateful("always", 4),
};

/** Calls that seed a generator for the whole process, when they are given something. */
export const SEEDING: Readonly<Record<string, readonly NonNullable<Unrepeatable["generator"]>[]>> =
  {
    "numpy.random.seed": ["random:numpy"],
    "numpy.random.set_state": ["random:numpy"],
    "random.seed": ["random:python"],
    "random.setstate": ["random:python"],
    "torch.manual_seed": ["torch"],
    "tensorflow.random.set_seed": ["tensorflow"],
    "tensorflow.keras.utils.set_random_seed": ["tensorflow", "random:numpy", "random:python"],
    "keras.utils.set_random_seed": ["tensorflow", "random:numpy", "random:python"],
  };

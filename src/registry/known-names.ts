/**
 * Exact names that a pickle may look up anywhere: data, and what rebuilds data. Nothing here imports, executes, opens or
 * calls something by its name, whatever it is called with; so a pickle that looks up nothing else can do none of that.
 *
 * Made by pickling what notebooks keep (`test/python-side/ordinary_values.py`) with Python 3.11, NumPy 2.4, pandas 3.1, SciPy 1.17 and
 * scikit-learn 1.9 and reading every name; places of earlier versions are from their sources. What is not here is not bad: a
 * version made of a run has its own names on record, and an import may trust more of them one by one.
 *
 * Left out on purpose: distributions of `scipy.stats` (setting their state executes a text that is in it), `numpy.testing`,
 * `functools`, `operator`, zones of time (`DatetimeTZDtype` and `ZoneInfo` open files by name), distances that call a function.
 */

/** Module → its names. */
type Names = Readonly<Record<string, string>>;

/** Containers, numbers and moments. `_codecs.encode` and `copyreg._reconstructor` are how the protocols 0 to 2 write bytes and objects; the first finds codecs of Python only. See https://docs.python.org/3/library/pickle.html. */
const STANDARD_LIBRARY: Names = {
  _codecs: "encode",
  builtins:
    "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple",
  collections: "Counter OrderedDict defaultdict deque",
  copyreg: "_reconstructor",
  datetime: "date datetime timedelta timezone",
  decimal: "Decimal",
  fractions: "Fraction",
  uuid: "UUID",
};

/** The placeholder before the bytes of an array, which a walk lets be used in no other way. See joblib/numpy_pickle.py. */
const JOBLIB: Names = {
  "joblib.numpy_pickle": "NumpyArrayWrapper",
};

/** Arrays, dtypes, scalars, random states, and functions that compute. `memmap` is accepted by the walk only as the class of an array. See `__reduce__` in numpy/_core/src/multiarray/methods.c and numpy/random/_pickle.py. */
const NUMPY: Names = {
  numpy:
    "abs absolute add bool bool_ bytes_ cbrt ceil clip complex128 complex64 cos datetime64 divide dtype exp exp2 expm1 fabs float16 float32 float64 floor int16 int32 int64 int8 log log10 log1p log2 matrix maximum mean median memmap minimum multiply nan_to_num ndarray negative object_ power reciprocal rint sign sin sqrt square std str_ subtract sum tan tanh timedelta64 true_divide uint16 uint32 uint64 uint8 var",
  "numpy._core.multiarray": "_reconstruct scalar",
  "numpy._core.numeric": "_frombuffer",
  "numpy.core.memmap": "memmap",
  "numpy.core.multiarray": "_reconstruct scalar",
  "numpy.core.numeric": "_frombuffer",
  "numpy.ma": "MaskedArray",
  "numpy.ma.core": "_mareconstruct",
  "numpy.matrixlib.defmatrix": "matrix",
  "numpy.random._mt19937": "MT19937",
  "numpy.random._pcg64": "PCG64 PCG64DXSM",
  "numpy.random._philox": "Philox",
  "numpy.random._pickle": "__bit_generator_ctor __generator_ctor __randomstate_ctor",
  "numpy.random._sfc64": "SFC64",
  "numpy.random.bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
  "numpy.random.mtrand": "RandomState",
};

/** Tables, columns, indexes and their dtypes. See `__reduce__` and `__setstate__` of the classes; before version 3 they are named by the file they lie in. */
const PANDAS: Names = {
  pandas:
    "BooleanDtype Categorical CategoricalDtype CategoricalIndex DataFrame DatetimeIndex Float32Dtype Float64Dtype Index Int16Dtype Int32Dtype Int64Dtype Int8Dtype Interval IntervalDtype IntervalIndex MultiIndex NA PeriodDtype PeriodIndex RangeIndex Series StringDtype TimedeltaIndex UInt16Dtype UInt32Dtype UInt64Dtype UInt8Dtype",
  "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
  "pandas._libs.internals": "_unpickle_block",
  "pandas._libs.interval": "__pyx_unpickle_IntervalMixin",
  "pandas._libs.missing": "NAType",
  "pandas._libs.tslibs.nattype": "_nat_unpickle",
  "pandas._libs.tslibs.timedeltas": "_timedelta_unpickle",
  "pandas._libs.tslibs.timestamps": "_unpickle_timestamp",
  "pandas.arrays":
    "BooleanArray DatetimeArray FloatingArray IntegerArray IntervalArray PeriodArray StringArray TimedeltaArray",
  "pandas.core.arrays.boolean": "BooleanArray BooleanDtype",
  "pandas.core.arrays.categorical": "Categorical",
  "pandas.core.arrays.datetimes": "DatetimeArray",
  "pandas.core.arrays.floating": "Float32Dtype Float64Dtype FloatingArray",
  "pandas.core.arrays.integer":
    "Int16Dtype Int32Dtype Int64Dtype Int8Dtype IntegerArray UInt16Dtype UInt32Dtype UInt64Dtype UInt8Dtype",
  "pandas.core.arrays.interval": "IntervalArray",
  "pandas.core.arrays.period": "PeriodArray",
  "pandas.core.arrays.string_": "StringArray StringDtype",
  "pandas.core.arrays.timedeltas": "TimedeltaArray",
  "pandas.core.dtypes.dtypes": "CategoricalDtype IntervalDtype PeriodDtype",
  "pandas.core.frame": "DataFrame",
  "pandas.core.indexes.base": "Index _new_Index",
  "pandas.core.indexes.category": "CategoricalIndex",
  "pandas.core.indexes.datetimes": "DatetimeIndex _new_DatetimeIndex",
  "pandas.core.indexes.frozen": "FrozenList",
  "pandas.core.indexes.interval": "IntervalIndex _new_IntervalIndex",
  "pandas.core.indexes.multi": "MultiIndex",
  "pandas.core.indexes.numeric": "Float64Index Int64Index UInt64Index",
  "pandas.core.indexes.period": "PeriodIndex _new_PeriodIndex",
  "pandas.core.indexes.range": "RangeIndex",
  "pandas.core.indexes.timedeltas": "TimedeltaIndex",
  "pandas.core.internals.managers": "BlockManager SingleBlockManager",
  "pandas.core.series": "Series",
};

/** Sparse matrices, and the splines of scikit-learn's SplineTransformer. */
const SCIPY: Names = {
  "scipy._lib.array_api_compat.numpy._aliases": "asarray",
  "scipy.interpolate._bsplines": "BSpline",
  "scipy.sparse._bsr": "bsr_array bsr_matrix",
  "scipy.sparse._coo": "coo_array coo_matrix",
  "scipy.sparse._csc": "csc_array csc_matrix",
  "scipy.sparse._csr": "csr_array csr_matrix",
  "scipy.sparse._dia": "dia_array dia_matrix",
  "scipy.sparse._dok": "dok_array dok_matrix",
  "scipy.sparse._lil": "lil_array lil_matrix",
  "scipy.sparse.bsr": "bsr_matrix",
  "scipy.sparse.coo": "coo_matrix",
  "scipy.sparse.csc": "csc_matrix",
  "scipy.sparse.csr": "csr_matrix",
  "scipy.sparse.dia": "dia_matrix",
  "scipy.sparse.dok": "dok_matrix",
  "scipy.sparse.lil": "lil_matrix",
};

/** Estimators: their constructors store what they are given, and setting their state compares versions. Scores and losses compute. */
const SCIKIT_LEARN: Names = {
  "sklearn._loss._loss":
    "CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfPoissonLoss CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHuberLoss CyLossFunction CyPinballLoss",
  "sklearn._loss.link":
    "BaseLink HalfLogitLink IdentityLink Interval LogLink LogitLink MultinomialLogit",
  "sklearn._loss.loss":
    "AbsoluteError BaseLoss ExponentialLoss HalfBinomialLoss HalfBinomialLossArrayAPI HalfGammaLoss HalfMultinomialLoss HalfMultinomialLossArrayAPI HalfPoissonLoss HalfPoissonLossArrayAPI HalfSquaredError HalfTweedieLoss HalfTweedieLossIdentity HuberLoss PinballLoss",
  "sklearn.calibration":
    "CalibratedClassifierCV _CalibratedClassifier _SigmoidCalibration _TemperatureScaling",
  "sklearn.cluster._affinity_propagation": "AffinityPropagation",
  "sklearn.cluster._agglomerative": "AgglomerativeClustering FeatureAgglomeration",
  "sklearn.cluster._bicluster": "SpectralBiclustering SpectralCoclustering",
  "sklearn.cluster._birch": "Birch _CFNode _CFSubcluster",
  "sklearn.cluster._bisect_k_means": "BisectingKMeans _BisectingTree",
  "sklearn.cluster._dbscan": "DBSCAN",
  "sklearn.cluster._hdbscan.hdbscan": "HDBSCAN",
  "sklearn.cluster._kmeans": "KMeans MiniBatchKMeans _kmeans_single_elkan _kmeans_single_lloyd",
  "sklearn.cluster._mean_shift": "MeanShift",
  "sklearn.cluster._optics": "OPTICS",
  "sklearn.cluster._spectral": "SpectralClustering",
  "sklearn.compose._column_transformer": "ColumnTransformer",
  "sklearn.compose._target": "TransformedTargetRegressor",
  "sklearn.covariance._elliptic_envelope": "EllipticEnvelope",
  "sklearn.covariance._empirical_covariance": "EmpiricalCovariance",
  "sklearn.covariance._graph_lasso": "GraphicalLasso GraphicalLassoCV",
  "sklearn.covariance._robust_covariance": "MinCovDet",
  "sklearn.covariance._shrunk_covariance": "LedoitWolf OAS ShrunkCovariance",
  "sklearn.cross_decomposition._pls": "CCA PLSCanonical PLSRegression PLSSVD",
  "sklearn.decomposition._dict_learning": "DictionaryLearning MiniBatchDictionaryLearning",
  "sklearn.decomposition._factor_analysis": "FactorAnalysis",
  "sklearn.decomposition._fastica": "FastICA",
  "sklearn.decomposition._incremental_pca": "IncrementalPCA",
  "sklearn.decomposition._kernel_pca": "KernelPCA",
  "sklearn.decomposition._lda": "LatentDirichletAllocation",
  "sklearn.decomposition._nmf": "MiniBatchNMF NMF",
  "sklearn.decomposition._pca": "PCA",
  "sklearn.decomposition._sparse_pca": "MiniBatchSparsePCA SparsePCA",
  "sklearn.decomposition._truncated_svd": "TruncatedSVD",
  "sklearn.discriminant_analysis": "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis",
  "sklearn.dummy": "DummyClassifier DummyRegressor",
  "sklearn.ensemble._bagging": "BaggingClassifier BaggingRegressor",
  "sklearn.ensemble._forest":
    "ExtraTreesClassifier ExtraTreesRegressor RandomForestClassifier RandomForestRegressor RandomTreesEmbedding",
  "sklearn.ensemble._gb": "GradientBoostingClassifier GradientBoostingRegressor VerboseReporter",
  "sklearn.ensemble._hist_gradient_boosting.binning": "_BinMapper",
  "sklearn.ensemble._hist_gradient_boosting.gradient_boosting":
    "HistGradientBoostingClassifier HistGradientBoostingRegressor",
  "sklearn.ensemble._hist_gradient_boosting.predictor": "TreePredictor",
  "sklearn.ensemble._iforest": "IsolationForest",
  "sklearn.ensemble._stacking": "StackingClassifier StackingRegressor",
  "sklearn.ensemble._voting": "VotingClassifier VotingRegressor",
  "sklearn.ensemble._weight_boosting": "AdaBoostClassifier AdaBoostRegressor",
  "sklearn.feature_extraction._dict_vectorizer": "DictVectorizer",
  "sklearn.feature_extraction._hash": "FeatureHasher",
  "sklearn.feature_extraction.image": "PatchExtractor",
  "sklearn.feature_extraction.text":
    "CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer",
  "sklearn.feature_selection._from_model": "SelectFromModel",
  "sklearn.feature_selection._mutual_info": "mutual_info_classif mutual_info_regression",
  "sklearn.feature_selection._rfe": "RFE RFECV",
  "sklearn.feature_selection._sequential": "SequentialFeatureSelector",
  "sklearn.feature_selection._univariate_selection":
    "GenericUnivariateSelect SelectFdr SelectFpr SelectFwe SelectKBest SelectPercentile chi2 f_classif f_oneway f_regression r_regression",
  "sklearn.feature_selection._variance_threshold": "VarianceThreshold",
  "sklearn.frozen._frozen": "FrozenEstimator",
  "sklearn.gaussian_process._gpc":
    "GaussianProcessClassifier _BinaryGaussianProcessClassifierLaplace",
  "sklearn.gaussian_process._gpr": "GaussianProcessRegressor",
  "sklearn.gaussian_process.kernels":
    "CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation Kernel KernelOperator Matern PairwiseKernel Product RBF RationalQuadratic Sum WhiteKernel",
  "sklearn.impute._base": "MissingIndicator SimpleImputer",
  "sklearn.impute._knn": "KNNImputer",
  "sklearn.isotonic": "IsotonicRegression",
  "sklearn.kernel_approximation":
    "AdditiveChi2Sampler Nystroem PolynomialCountSketch RBFSampler SkewedChi2Sampler",
  "sklearn.kernel_ridge": "KernelRidge",
  "sklearn.linear_model._base": "LinearRegression",
  "sklearn.linear_model._bayes": "ARDRegression BayesianRidge",
  "sklearn.linear_model._coordinate_descent":
    "ElasticNet ElasticNetCV Lasso LassoCV MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV",
  "sklearn.linear_model._glm.glm": "GammaRegressor PoissonRegressor TweedieRegressor",
  "sklearn.linear_model._huber": "HuberRegressor",
  "sklearn.linear_model._least_angle": "Lars LarsCV LassoLars LassoLarsCV LassoLarsIC",
  "sklearn.linear_model._logistic": "LogisticRegression LogisticRegressionCV",
  "sklearn.linear_model._omp": "OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV",
  "sklearn.linear_model._passive_aggressive":
    "PassiveAggressiveClassifier PassiveAggressiveRegressor",
  "sklearn.linear_model._perceptron": "Perceptron",
  "sklearn.linear_model._quantile": "QuantileRegressor",
  "sklearn.linear_model._ransac": "RANSACRegressor",
  "sklearn.linear_model._ridge": "Ridge RidgeCV RidgeClassifier RidgeClassifierCV",
  "sklearn.linear_model._sgd_fast":
    "Classification EpsilonInsensitive Hinge ModifiedHuber Regression SquaredEpsilonInsensitive SquaredHinge",
  "sklearn.linear_model._stochastic_gradient": "SGDClassifier SGDOneClassSVM SGDRegressor",
  "sklearn.linear_model._theil_sen": "TheilSenRegressor",
  "sklearn.manifold._classical_mds": "ClassicalMDS",
  "sklearn.manifold._isomap": "Isomap",
  "sklearn.manifold._locally_linear": "LocallyLinearEmbedding",
  "sklearn.manifold._mds": "MDS",
  "sklearn.manifold._spectral_embedding": "SpectralEmbedding",
  "sklearn.manifold._t_sne": "TSNE",
  "sklearn.metrics._classification":
    "accuracy_score balanced_accuracy_score brier_score_loss cohen_kappa_score d2_brier_score d2_log_loss_score f1_score fbeta_score hamming_loss hinge_loss jaccard_score log_loss matthews_corrcoef precision_score recall_score zero_one_loss",
  "sklearn.metrics._dist_metrics":
    "BrayCurtisDistance32 BrayCurtisDistance64 CanberraDistance32 CanberraDistance64 ChebyshevDistance32 ChebyshevDistance64 DiceDistance32 DiceDistance64 DistanceMetric32 DistanceMetric64 EuclideanDistance32 EuclideanDistance64 HammingDistance32 HammingDistance64 HaversineDistance32 HaversineDistance64 JaccardDistance32 JaccardDistance64 KulsinskiDistance32 KulsinskiDistance64 MahalanobisDistance32 MahalanobisDistance64 ManhattanDistance32 ManhattanDistance64 MatchingDistance32 MatchingDistance64 MinkowskiDistance32 MinkowskiDistance64 RogersTanimotoDistance32 RogersTanimotoDistance64 RussellRaoDistance32 RussellRaoDistance64 SEuclideanDistance32 SEuclideanDistance64 SokalMichenerDistance32 SokalMichenerDistance64 SokalSneathDistance32 SokalSneathDistance64 newObj",
  "sklearn.metrics._ranking":
    "average_precision_score coverage_error dcg_score label_ranking_average_precision_score label_ranking_loss ndcg_score roc_auc_score top_k_accuracy_score",
  "sklearn.metrics._regression":
    "d2_absolute_error_score d2_pinball_score d2_tweedie_score explained_variance_score max_error mean_absolute_error mean_absolute_percentage_error mean_gamma_deviance mean_pinball_loss mean_poisson_deviance mean_squared_error mean_squared_log_error mean_tweedie_deviance median_absolute_error r2_score root_mean_squared_error root_mean_squared_log_error",
  "sklearn.metrics._scorer": "_CurveScorer _MultimetricScorer _PassthroughScorer _Scorer",
  "sklearn.mixture._bayesian_mixture": "BayesianGaussianMixture",
  "sklearn.mixture._gaussian_mixture": "GaussianMixture",
  "sklearn.model_selection._classification_threshold":
    "FixedThresholdClassifier TunedThresholdClassifierCV",
  "sklearn.model_selection._search": "GridSearchCV RandomizedSearchCV",
  "sklearn.model_selection._split":
    "BaseCrossValidator BaseShuffleSplit GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut PredefinedSplit RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold StratifiedKFold StratifiedShuffleSplit TimeSeriesSplit _BaseKFold _CVIterableWrapper _RepeatedSplits",
  "sklearn.multiclass":
    "OneVsOneClassifier OneVsRestClassifier OutputCodeClassifier _ConstantPredictor",
  "sklearn.multioutput":
    "ClassifierChain MultiOutputClassifier MultiOutputRegressor RegressorChain",
  "sklearn.naive_bayes": "BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB",
  "sklearn.neighbors._ball_tree": "BallTree newObj",
  "sklearn.neighbors._classification": "KNeighborsClassifier RadiusNeighborsClassifier",
  "sklearn.neighbors._graph": "KNeighborsTransformer RadiusNeighborsTransformer",
  "sklearn.neighbors._kd_tree": "KDTree newObj",
  "sklearn.neighbors._kde": "KernelDensity",
  "sklearn.neighbors._lof": "LocalOutlierFactor",
  "sklearn.neighbors._nca": "NeighborhoodComponentsAnalysis",
  "sklearn.neighbors._nearest_centroid": "NearestCentroid",
  "sklearn.neighbors._regression": "KNeighborsRegressor RadiusNeighborsRegressor",
  "sklearn.neighbors._unsupervised": "NearestNeighbors",
  "sklearn.neural_network._multilayer_perceptron": "MLPClassifier MLPRegressor",
  "sklearn.neural_network._rbm": "BernoulliRBM",
  "sklearn.neural_network._stochastic_optimizers": "AdamOptimizer BaseOptimizer SGDOptimizer",
  "sklearn.pipeline": "FeatureUnion Pipeline",
  "sklearn.preprocessing._data":
    "Binarizer KernelCenterer MaxAbsScaler MinMaxScaler Normalizer PowerTransformer QuantileTransformer RobustScaler StandardScaler",
  "sklearn.preprocessing._discretization": "KBinsDiscretizer",
  "sklearn.preprocessing._encoders": "OneHotEncoder OrdinalEncoder",
  "sklearn.preprocessing._function_transformer": "FunctionTransformer",
  "sklearn.preprocessing._label": "LabelBinarizer LabelEncoder MultiLabelBinarizer",
  "sklearn.preprocessing._polynomial": "PolynomialFeatures SplineTransformer",
  "sklearn.preprocessing._target_encoder": "TargetEncoder",
  "sklearn.random_projection": "GaussianRandomProjection SparseRandomProjection",
  "sklearn.semi_supervised._label_propagation": "LabelPropagation LabelSpreading",
  "sklearn.semi_supervised._self_training": "SelfTrainingClassifier",
  "sklearn.svm._classes": "LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR",
  "sklearn.tree._classes":
    "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor",
  "sklearn.tree._tree": "Tree",
  "sklearn.utils._bunch": "Bunch",
  "sklearn.utils._metadata_requests": "MetadataRequest MethodMetadataRequest",
};

/** `module:name` of all of them. */
export const KNOWN_NAMES: ReadonlySet<string> = new Set(
  [STANDARD_LIBRARY, JOBLIB, NUMPY, PANDAS, SCIPY, SCIKIT_LEARN].flatMap((group) =>
    Object.entries(group).flatMap(([module, names]) =>
      names.split(" ").map((name) => `${module}:${name}`),
    ),
  ),
);

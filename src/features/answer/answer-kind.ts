/** What a model of a class answers. Source: the scikit-learn API reference; xgboost, lightgbm and catboost follow its naming. */
import type { AnswerPlan } from "../staging.ts";

const CLASSIFIERS =
  /(?:Classifier(?:CV)?|LogisticRegression(?:CV)?|SVC|NB|Perceptron|DiscriminantAnalysis|NearestCentroid|LabelPropagation|LabelSpreading)$/u;
const REGRESSORS =
  /(?:Regressor(?:CV)?|LinearRegression|Ridge(?:CV)?|Lasso(?:CV|Lars|LarsCV|LarsIC)?|ElasticNet(?:CV)?|SVR|BayesianRidge|ARDRegression|Lars(?:CV)?|KernelRidge|PLSRegression|OrthogonalMatchingPursuit|IsotonicRegression)$/u;
/** Outlier detectors say 1 or -1. */
const DETECTORS = /(?:IsolationForest|OneClassSVM|EllipticEnvelope|LocalOutlierFactor)$/u;
/** Classes that group the rows they are fitted with and cannot be asked about others. */
const WITHOUT_ANSWER =
  /(?:DBSCAN|AgglomerativeClustering|SpectralClustering|OPTICS|SpectralBiclustering|SpectralCoclustering|FeatureAgglomeration|TSNE)$/u;

/** The kind of answer for a class name, with or without its module; `undefined` when unknown. */
export function answerKindOf(className: string): AnswerPlan["kind"] | undefined {
  if (
    /(?:^|\.)sklearn\.(?:cluster|mixture)\.|^sklearn\.(?:cluster|mixture)\./u.test(className) ||
    /(?:KMeans|GaussianMixture|Birch)$/u.test(className)
  )
    return "cluster";
  if (CLASSIFIERS.test(className) || DETECTORS.test(className)) return "label";
  return REGRESSORS.test(className) ? "number" : undefined;
}

/** Whether a class has no way to answer rows that it was not fitted with. */
export function cannotAnswer(className: string): boolean {
  return WITHOUT_ANSWER.test(className);
}

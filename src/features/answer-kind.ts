/** What a model of a class answers. Source: the scikit-learn API reference; xgboost and lightgbm follow its naming. */
import type { AnswerPlan } from "./staging.ts";

const CLASSIFIERS =
  /(?:Classifier(?:CV)?|LogisticRegression(?:CV)?|SVC|NB|Perceptron|DiscriminantAnalysis|NearestCentroid)$/u;
const REGRESSORS =
  /(?:Regressor(?:CV)?|LinearRegression|Ridge(?:CV)?|Lasso(?:CV|Lars|LarsCV|LarsIC)?|ElasticNet(?:CV)?|SVR|BayesianRidge|ARDRegression|Lars(?:CV)?|KernelRidge|PLSRegression|OrthogonalMatchingPursuit|IsotonicRegression)$/u;

/** The kind of answer for a class name, with or without its module; `undefined` when unknown. */
export function answerKindOf(className: string): AnswerPlan["kind"] | undefined {
  if (
    /(?:^|\.)sklearn\.(?:cluster|mixture)\.|^sklearn\.(?:cluster|mixture)\./u.test(className) ||
    /(?:KMeans|GaussianMixture|Birch)$/u.test(className)
  )
    return "cluster";
  if (CLASSIFIERS.test(className)) return "label";
  return REGRESSORS.test(className) ? "number" : undefined;
}

/**
 * Which of two values of a metric is the better one, known from the function that computed it. What is not in the tables
 * is not guessed from its name.
 *
 * @see https://scikit-learn.org/stable/modules/model_evaluation.html "Which scoring function should I use" and "Implementing
 * your own scoring object": functions ending in `_score` are to be maximized, in `_error`, `_loss` or `_deviance` to be
 * minimized. The tables name each function, because the rule has exceptions.
 */
import type { Better } from "./evaluation.ts";

/** A metric of the plan: its name, and the function or method that computes it. */
export interface ComputedMetric {
  readonly name: string;
  /** e.g. `sklearn.metrics.roc_auc_score`. */
  readonly function: string;
}

/** What a number says that is one of several of one call, by the last part of its name; `undefined` where that differs. */
type OfParts = (part: string) => Better | undefined;

const GREATER = [
  "accuracy_score",
  "adjusted_mutual_info_score",
  "adjusted_rand_score",
  "average_precision_score",
  "balanced_accuracy_score",
  "calinski_harabasz_score",
  "cohen_kappa_score",
  "completeness_score",
  "consensus_score",
  "d2_absolute_error_score",
  "d2_brier_score",
  "d2_log_loss_score",
  "d2_pinball_score",
  "d2_tweedie_score",
  "dcg_score",
  "explained_variance_score",
  "f1_score",
  "fbeta_score",
  "fowlkes_mallows_score",
  "homogeneity_score",
  "jaccard_score",
  "label_ranking_average_precision_score",
  "matthews_corrcoef",
  "mutual_info_score",
  "ndcg_score",
  "normalized_mutual_info_score",
  "precision_score",
  "r2_score",
  "rand_score",
  "recall_score",
  "roc_auc_score",
  "silhouette_score",
  "top_k_accuracy_score",
  "v_measure_score",
];

const LESS = [
  "brier_score_loss",
  "coverage_error",
  // "Values closer to zero indicate a better partition" (its reference page), in spite of its name.
  "davies_bouldin_score",
  "hamming_loss",
  "hinge_loss",
  "label_ranking_loss",
  "log_loss",
  "max_error",
  "mean_absolute_error",
  "mean_absolute_percentage_error",
  "mean_gamma_deviance",
  "mean_pinball_loss",
  "mean_poisson_deviance",
  "mean_squared_error",
  "mean_squared_log_error",
  "mean_tweedie_deviance",
  "median_absolute_error",
  "root_mean_squared_error",
  "root_mean_squared_log_error",
  "zero_one_loss",
];

const OF_FUNCTION: ReadonlyMap<string, Better> = new Map([
  ...GREATER.map((name): [string, Better] => [`sklearn.metrics.${name}`, "greater"]),
  ...LESS.map((name): [string, Better] => [`sklearn.metrics.${name}`, "less"]),
  // "All scorer objects follow the convention that higher return values are better" (same page).
  ["sklearn.model_selection.cross_val_score", "greater"],
]);

const OF_PARTS: ReadonlyMap<string, OfParts> = new Map([
  [
    "sklearn.metrics.classification_report",
    (part) =>
      ["precision", "recall", "f1-score", "accuracy"].includes(part) ? "greater" : undefined,
  ],
  [
    "sklearn.model_selection.cross_validate",
    (part) => (/^(test|train)_/.test(part) ? "greater" : undefined),
  ],
]);

/** `undefined` when it is not known. */
export function betterByFunction(metric: ComputedMetric, name = metric.name): Better | undefined {
  const part = name.slice(name.lastIndexOf(".") + 1);
  const byPart = OF_PARTS.get(metric.function);
  if (byPart !== undefined) return byPart(part);
  const known = OF_FUNCTION.get(metric.function);
  if (known !== undefined) return known;
  // Every estimator's own score is higher when it is better (developer's guide, "Methods and API").
  return metric.function.endsWith(".score") && !metric.function.startsWith("sklearn.metrics.")
    ? "greater"
    : undefined;
}

/**
 * The direction of each of these metrics, where it is known.
 *
 * @param computed Metrics of the plan; several numbers of one are recorded as `name.part`.
 * @param said What the settings say; it wins.
 */
export function directionsOf(
  names: readonly string[],
  computed: readonly ComputedMetric[],
  said: Readonly<Record<string, Better>>,
): Readonly<Record<string, Better>> {
  const known: Record<string, Better> = {};
  for (const name of names.toSorted()) {
    const metric = computed.find((one) => name === one.name || name.startsWith(`${one.name}.`));
    const better =
      said[name] ?? (metric === undefined ? undefined : betterByFunction(metric, name));
    if (better !== undefined) known[name] = better;
  }
  return known;
}

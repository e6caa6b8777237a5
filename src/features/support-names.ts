/** Which file of a generated package has the functions that its lines call; those named nowhere here are in `feature_support.py`. */

/** Names of `feature_statistics.py`. */
export const STATISTICS_SUPPORT: ReadonlySet<string> = new Set([
  "GroupStatistic",
  "appearances_of",
  "category_lists",
  "codes_of_appearance",
  "group_statistic_of",
  "group_values",
  "one_each",
  "rank_among",
  "ranked_values_of",
  "scaled_values",
  "scaler_of",
  "tolerant_encoder",
  "with_categories",
  "where_keyed",
  "within_edges",
]);

/** Names of `entity_support.py` that lines call. */
export const ENTITY_SUPPORT: ReadonlySet<string> = new Set([
  "entity_places",
  "rows_left",
  "same_columns",
]);

/** The module that has a function, as a package's own modules name it. */
export function supportModule(name: string): string {
  return STATISTICS_SUPPORT.has(name) ? "._feature_statistics" : "._feature_support";
}

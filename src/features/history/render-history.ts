/** What `features.py` says about earlier rows: the declaration, the field of the state, and the functions around `transform`. */
import type { FeatureStaging, HistoryPlan } from "../staging.ts";

/** Functions of `feature_history.py` that a module with a history imports besides those its lines call. */
const ALWAYS: readonly string[] = [
  "Earlier",
  "TimeSeries",
  "append_history",
  "learn_history",
  "rows_by_time",
  "trim_history",
  "with_history",
];
const BY_LINES: ReadonlySet<string> = new Set([
  "kept_rows",
  "kept_without_nulls",
  "require_time_order",
  "served_rows",
]);

/** Names to import from `feature_history.py`. */
export function historyImports({ history, support }: FeatureStaging): readonly string[] {
  if (history === undefined) return [];
  return [...ALWAYS, ...support.filter((name) => BY_LINES.has(name))];
}

/** Names to import from `feature_support.py`: those that are not about history. */
export function plainSupport({ support }: FeatureStaging): readonly string[] {
  return support.filter((name) => !BY_LINES.has(name));
}

/** The declaration at the head of the module. */
export function renderSeries({ entity, time, window }: HistoryPlan): readonly string[] {
  const columns = entity.map((name) => `${JSON.stringify(name)},`).join(" ");
  const names = entity.length === 1 ? columns : columns.replace(/,$/u, "");
  return [
    entity.length === 0
      ? "# The table is one series; the features of a row look at rows before it in time, as many as `window` says."
      : "# Whose row it is, and when: the features of a row look at earlier rows of the same, as many as `window` says.",
    `SERIES = TimeSeries(entity=(${names}), time=${JSON.stringify(time)}, window=${window === undefined ? "None" : String(window)})`,
  ];
}

/** `transform` of a module with a history; the notebook's lines stand in `features_of`. */
export function renderHistoryTransform(
  { frameName, stateName, result }: Pick<FeatureStaging, "frameName" | "stateName" | "result">,
  body: readonly string[],
): readonly string[] {
  return [
    `def transform(${frameName}: pd.DataFrame, ${stateName}: FeatureState) -> Any:`,
    '    """Features of the rows, one for each, in order; each row sees its own history and no other row."""',
    `    rows = raw_rows(${frameName}, ${stateName}.raw_types, UNSERVED)`,
    `    return with_history(rows, ${stateName}.history, SERIES, lambda table: features_of(table, ${stateName}))`,
    "",
    "",
    `def features_of(${frameName}: pd.DataFrame, ${stateName}: FeatureState) -> Any:`,
    '    """Features of the rows with labels from 0; the rows above, with negative labels, are their history."""',
    ...body,
    `    return pinned(${result.text}, ${stateName}.feature_layout)`,
  ];
}

/** Bringing newer rows, saving and loading. */
export function renderHistoryState(): readonly string[] {
  return [
    "def extend_history(state: FeatureState, newer: pd.DataFrame) -> FeatureState:",
    '    """The state with newer rows in its history, the predicted column included; a row that is there already is replaced."""',
    "    dropped = [name for name in UNSERVED if name != LABEL]",
    "    history = append_history(state.history, newer, SERIES, state.raw_types, dropped)",
    '    return FeatureState(**{**vars(state), "history": history})',
    "",
    "",
    "def save_state(state: FeatureState, directory: Path) -> None:",
    '    """Writes the state; plain values as JSON, of the history what serving can need."""',
    '    save_fields({**vars(state), "history": tuple(trim_history(state.history, SERIES))}, directory)',
    "",
    "",
    "def load_state(directory: Path) -> FeatureState:",
    '    """Reads a saved state. Loading runs code that is in the bytes: check their digests first."""',
    "    fields = load_fields(directory)",
    '    return FeatureState(**{**fields, "history": Earlier(*fields["history"])})',
    "",
  ];
}

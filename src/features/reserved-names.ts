/** Names that the generated module uses itself; a notebook's line that binds one of them would change what it does. */

import type { FeatureProgram, FeatureStatement } from "./feature-program.ts";
import { placeOf } from "./feature-program.ts";
import { refuse } from "./refuse.ts";
import { ENTITY_SUPPORT, STATISTICS_SUPPORT } from "./support-names.ts";

const RESERVED: ReadonlySet<string> = new Set([
  ...STATISTICS_SUPPORT,
  ...ENTITY_SUPPORT,
  "Any",
  "Earlier",
  "ENTITY",
  "EntityMatrix",
  "FeatureState",
  "LABEL",
  "Path",
  "SERIES",
  "TimeSeries",
  "TrainingMatrix",
  "UNSEEN",
  "UNSERVED",
  "Unseen",
  "append_history",
  "known_dummies",
  "column_types",
  "copy",
  "dataclass",
  "dataset_of",
  "matrix_of",
  "served_dataset",
  "dummy_categories",
  "extend_history",
  "features_of",
  "entity_labels",
  "fit",
  "kept_rows",
  "kept_without_nulls",
  "label_codes",
  "layout",
  "learn",
  "learn_history",
  "load_fields",
  "load_state",
  "of_each_row",
  "pd",
  "pinned",
  "raw_rows",
  "reject_nulls",
  "require_time_order",
  "row_labels",
  "rows_by_time",
  "save_fields",
  "save_state",
  "served_names",
  "served_rows",
  "transform",
  "trim_history",
  "with_history",
]);
/** What an import may bind a reserved name to: the very thing the module uses it for. */
const SAME: Readonly<Record<string, string>> = {
  Any: "typing.Any",
  Path: "pathlib.Path",
  copy: "copy",
  dataclass: "dataclasses.dataclass",
  pd: "pandas",
};

/** Whether the generated module has a name for itself. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/** Refuses a slice that binds a reserved name. */
export function checkNames(program: FeatureProgram, slice: readonly FeatureStatement[]): void {
  for (const statement of slice) {
    const taken = statement.facts.mayWrite.find(
      (name) => RESERVED.has(name) && !isSame(statement, name),
    );
    if (taken === undefined) continue;
    refuse(
      "feature-statement-unknown",
      `\`${taken}\` is also a name in the generated module; call it something else in the notebook.`,
      placeOf(program, statement),
    );
  }
}

function isSame({ facts }: FeatureStatement, name: string): boolean {
  return facts.imports.some(
    (item) =>
      item.name === name &&
      SAME[name] === (item.member === undefined ? item.module : `${item.module}.${item.member}`),
  );
}

/**
 * Rows of a request, or entities. A model whose matrix has one row for each row of the raw table is served row by row; where that cannot
 * be, and the notebook makes one row for each customer (or whatever it groups by), answers are for customers, from all of their rows.
 */
import type { Result } from "../../base/result.ts";
import { err } from "../../base/result.ts";
import { fieldOf } from "../../python/syntax.ts";
import type { FeatureProgram } from "../feature-program.ts";
import { declaredLines, writtenUnderServe } from "../history/declared-lines.ts";
import type { Part } from "../parts.ts";
import { refuse } from "../refuse.ts";
import type { Scope } from "../scope.ts";
import { placeIn } from "../scope.ts";
import type { FeatureRefusal, FeatureStaging, ServedEntity } from "../staging.ts";
import type { EntityTracking } from "./track-entities.ts";

/** One try with rows per entity. */
export interface EntityTry {
  readonly key: string;
  /** Called with the tracking of each staging that begins. */
  readonly onStart: (tracking: EntityTracking) => void;
}

/** Refusals of a row-wise staging that say no more than that rows are combined. */
const COMBINES_ROWS: ReadonlySet<FeatureRefusal["code"]> = new Set([
  "feature-per-key",
  "feature-raw-table-unknown",
  "feature-mixes-training-rows",
]);

/**
 * The staging by rows, else by the first candidate that fits.
 *
 * @param declared The entity that pipeline.yaml names; another one is refused.
 */
export function stageRowsOrEntities(
  stage: (entity: EntityTry | undefined) => Result<FeatureStaging, FeatureRefusal>,
  how: {
    readonly candidates: readonly string[];
    readonly declared: string | undefined;
    readonly program: FeatureProgram;
    /** Path of pipeline.yaml, for messages. */
    readonly settings: string;
  },
): Result<FeatureStaging, FeatureRefusal> {
  const { candidates, declared, program, settings } = how;
  const byRows = stage(undefined);
  if (byRows.ok) return byRows;
  let told: FeatureRefusal | undefined;
  for (const key of candidates) {
    let tracking: EntityTracking | undefined;
    const byEntities = stage({ key, onStart: (started) => (tracking = started) });
    if (byEntities.ok)
      return declared === undefined || declared === key
        ? byEntities
        : err(otherEntity(key, { declared, settings }, byRows.error));
    // A matrix that comes from no table of rows may well come from one of groups.
    const isMeant =
      tracking?.rows.isUsed() === true ||
      byRows.error.code === "feature-raw-table-unknown" ||
      byRows.error.code === "feature-mixes-training-rows" ||
      makesTable(byRows.error, program);
    if (isMeant && byEntities.error.code !== "feature-raw-table-unknown") told ??= byEntities.error;
  }
  return told !== undefined && COMBINES_ROWS.has(byRows.error.code) ? err(told) : byRows;
}

/** Whether what was refused makes a table of groups, and no column of a table of rows. */
function makesTable({ code, where }: FeatureRefusal, program: FeatureProgram): boolean {
  if (code !== "feature-per-key") return false;
  const { node } =
    program.statements.findLast(
      ({ cell, facts }) => cell === where.cell && facts.line <= (where.line ?? 0),
    ) ?? {};
  const [assignment] = node?.kind === "expression_statement" ? node.children : [];
  return assignment?.kind === "assignment" && fieldOf(assignment, "left")?.kind === "identifier";
}

function otherEntity(
  key: string,
  { declared, settings }: { readonly declared: string; readonly settings: string },
  { where }: FeatureRefusal,
): FeatureRefusal {
  return {
    code: "feature-entity-unknown",
    message: `The model takes one row for each ${key}, but pipeline.yaml names ${declared} as the entity.`,
    hint: writtenUnderServe(declaredLines([key], undefined), settings),
    where,
    candidates: { entity: [key], time: [] },
  };
}

/** The entities of the matrix that the model takes. */
export function servedEntity(
  part: Part,
  scope: Scope,
  tracking: EntityTracking | undefined,
): ServedEntity | undefined {
  if (tracking === undefined) return undefined;
  const of = part.value.kind === "rows" ? part.value.of : undefined;
  const { key } = tracking.rows;
  const found = of?.per === "entity" ? tracking.finish(of) : undefined;
  if (found !== undefined) return { column: key, places: found.places };
  const text = scope.statement.tree.text.slice(part.node.start, part.node.end);
  const where = placeIn(scope, part.node);
  if (of?.per !== "entity")
    return refuse(
      "feature-raw-table-unknown",
      `\`${text}\` has one row for each row of the raw table, not for each ${key}.`,
      where,
    );
  return refuse(
    "feature-entity-unknown",
    `Which ${key} each row of \`${text}\` stands for cannot be told: no table with these rows, made by grouping a table that has a name, is bound to a name.`,
    where,
  );
}

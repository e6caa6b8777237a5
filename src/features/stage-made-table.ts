/** Rows of a matrix that the notebook makes itself: behind the statement that makes it they are those of a request, by their places. */
import { findMadeTable } from "../pipeline/made-table.ts";
import type { StatementFacts } from "../python/facts.ts";
import { DATASET_TARGET } from "./evaluate-dataset.ts";
import type { FeatureProgram } from "./feature-program.ts";
import type { ModelCall } from "./models/model-call.ts";
import type { ServedModel } from "./models/served-model.ts";
import type { Scope } from "./scope.ts";
import { classify } from "./scope.ts";
import type { SliceCut } from "./slice-features.ts";
import type { StagingDraft } from "./staging-draft.ts";
import { ourLine } from "./staging-draft.ts";
import { LABEL, rows } from "./value.ts";

/** Where the matrix and its answers are as the raw table has them. */
export interface MadeRows {
  readonly matrix: SliceCut;
  readonly target: SliceCut | undefined;
}

/** The matrix that a model comes from, where the notebook makes it itself. */
export function findMadeRows(program: FeatureProgram, model: ServedModel): MadeRows | undefined {
  const fitted: ModelCall | undefined = model.calls.findLast(({ method }) => method === "fit");
  if (fitted === undefined) return undefined;
  const facts = program.statements.map((statement) => statement.facts);
  const made = findMadeTable(facts, fitted.statement.facts);
  if (made === undefined) return undefined;
  const placeOf = ({ name, by }: { name: string; by: StatementFacts }): SliceCut => ({
    name,
    behind: facts.indexOf(by),
  });
  return {
    matrix: placeOf(made.matrix),
    target: made.target === undefined ? undefined : placeOf(made.target),
  };
}

/** What is behind the statement at hand what a request brings. */
export function bindMade(made: MadeRows, scope: Scope, draft: StagingDraft): void {
  const { lifter, statement, seen, names } = scope;
  if (lifter === undefined || scope.entities !== undefined) return;
  if (made.target?.behind === statement.position) {
    const { name } = made.target;
    draft.fit.push(
      ourLine(statement, `${name} = ${lifter.frameName}["${DATASET_TARGET}"].to_numpy()`),
    );
    names.set(name, LABEL);
    seen.datasetTarget = true;
  }
  if (made.matrix.behind !== statement.position) return;
  const { name } = made.matrix;
  const matrixOf = lifter.support("matrix_of");
  const served = `${lifter.support("raw_rows")}(${lifter.frameName}, ${lifter.read("raw_types")}, UNSERVED)`;
  draft.fit.push(ourLine(statement, `${name} = ${matrixOf}(${lifter.frameName})`));
  draft.transform.push(ourLine(statement, `${name} = ${matrixOf}(${served})`));
  names.set(name, rows("matrix", "all"));
  classify(scope, "schema");
  seen.notes.push({
    text: `the notebook makes \`${name}\` itself: requests bring its columns by their places ("0" is the first), as they are behind this line`,
    span: statement.node,
    statement,
  });
}

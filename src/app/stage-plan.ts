/** The features of a plan's served model, split with what its run has shown; one way for all who ask. */
import type { Result } from "../base/result.ts";
import { parameterLiteral } from "../codegen/python-text.ts";
import { entityColumns } from "../contract/entity-columns.ts";
import type { PlacedParameter } from "../features/placed-parameter.ts";
import { stageFeatures } from "../features/stage-features.ts";
import type { FeatureRefusal, FeatureStaging } from "../features/staging.ts";
import { valueHistory } from "../observation/reconcile.ts";
import type { Observation } from "../observation/schema.ts";
import { cellNumber, type NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Parameter, Plan, ServePlan } from "../pipeline/plan.ts";
import { notebookOfCell, notebookOfStep } from "../pipeline/sources.ts";
import type { PythonParser } from "../python/parse.ts";

/** What staging a plan takes. */
export interface StagePlanInput {
  readonly plan: Plan;
  readonly serve: ServePlan;
  readonly program: NotebookProgram;
  /** What a run has shown: columns of tables, the model's type. */
  readonly observation?: Observation | undefined;
  /** Of the pipeline, for messages that say where to write what; `undefined` where there will be none. */
  readonly folder?: string | undefined;
}

/** Splits the feature code of the model that `serve` names. */
export function stagePlan(
  { plan, serve, program, observation, folder }: StagePlanInput,
  parser: PythonParser,
): Result<FeatureStaging, FeatureRefusal> {
  const after = observation === undefined ? undefined : valueHistory(observation);
  const modelType = after?.(Number.POSITIVE_INFINITY, serve.modelVariable)?.type;
  return stageFeatures({
    notebook: plan.notebook.path,
    facts: factsAround(plan, program),
    cellNumbers: program.cells.map(({ cell }) => cell.number),
    parser,
    modelVariable: serve.modelVariable,
    unseen: serve.unseen,
    ...(modelType === undefined ? {} : { modelType }),
    ...(after === undefined ? {} : { columnsAfter: (cell, name) => after(cell, name)?.columns }),
    entity: entityColumns(serve.entity),
    ...(serve.time === undefined ? {} : { time: serve.time }),
    answersBeside: serve.target !== undefined,
    parameters: plan.parameters.flatMap(placedParameter),
    ...(folder === undefined ? {} : { settings: `${folder}/pipeline.yaml` }),
  });
}

/** Numbers and flags; a text names columns or files, which the features are split by. */
function placedParameter(parameter: Parameter): readonly PlacedParameter[] {
  const { name, variable, type, places } = parameter;
  if (type === "string") return [];
  return [{ name, variable, type, literal: parameterLiteral(parameter), places }];
}

/** Of several notebooks only the one that makes the model: what came before it is a file. */
function factsAround(plan: Plan, program: NotebookProgram): NotebookProgram["facts"] {
  const { facts } = program;
  const producer = plan.artifacts.find(({ name }) => name === plan.serve?.model)?.producer;
  const step = plan.steps.find(({ name }) => name === producer);
  if (plan.notebooks === undefined || step === undefined) return facts;
  const part = notebookOfStep(plan, step);
  const isHere = (cell: number): boolean => notebookOfCell(plan, cell) === part;
  return {
    ...facts,
    statements: facts.statements.filter((statement) => isHere(cellNumber(program, statement))),
  };
}

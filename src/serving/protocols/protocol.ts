/** What every wire protocol of the gateway does: body → request, answers → body, refusal → body. All pure. */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { ContractProblem, RawColumns } from "../../contract/check-rows.ts";
import { columnsOfRows } from "../../contract/check-rows.ts";
import type { Answer } from "../answer-schema.ts";
import type { Refusal } from "../refusal.ts";
import { malformed } from "../refusal.ts";
import type { ServedModel } from "../served-model.ts";

/** Label of the metrics. */
export type ProtocolName = "predict" | "v2" | "kserve-v1" | "mlflow";

/** What a request asks, whatever its protocol. */
export interface PredictionRequest {
  /** The client's own id, when its protocol has one. */
  readonly id: string | undefined;
  readonly raw: RawColumns;
  /** Names of wanted outputs (v2); `undefined` for all. */
  readonly outputs: readonly string[] | undefined;
}

/** Against what a body is read. */
export interface RequestContext {
  readonly model: ServedModel;
  readonly maxRows: number;
}

/** A request with its answers, one per row. */
interface Answered {
  readonly id: string;
  readonly model: ServedModel;
  readonly answers: readonly Answer[];
  readonly warnings: readonly ContractProblem[];
  readonly outputs: readonly string[] | undefined;
}

/** One wire protocol. */
export interface Protocol {
  readonly name: ProtocolName;
  readonly parseRequest: (
    body: unknown,
    context: RequestContext,
  ) => Result<PredictionRequest, Refusal>;
  /** The JSON body of a success; refused when the protocol has no way to say what happened to a row. */
  readonly renderAnswers: (answered: Answered) => Result<unknown, Refusal>;
  readonly renderRefusal: (refusal: Refusal, id: string) => unknown;
}

/** Whether a JSON value is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rows given as an array of objects under the name `where`. */
export function rowsRequest(
  rows: readonly unknown[],
  where: string,
  context: RequestContext,
): Result<RawColumns, Refusal> {
  const refusal = checkRowCount(rows.length, context);
  if (refusal !== undefined) return err(refusal);
  const records: Readonly<Record<string, unknown>>[] = [];
  for (const [index, row] of rows.entries()) {
    if (!isRecord(row)) {
      return err(
        malformed(`${where}[${String(index)}] must be an object with one value per column`),
      );
    }
    records.push(row);
  }
  return ok(columnsOfRows(context.model.contract, records));
}

/** Values given as an object of equally long arrays under the name `where`. */
export function columnsRequest(
  columns: Readonly<Record<string, unknown>>,
  where: string,
  context: RequestContext,
): Result<RawColumns, Refusal> {
  const arrays = new Map<string, readonly unknown[]>();
  let rows: number | undefined;
  for (const [name, values] of Object.entries(columns)) {
    if (!Array.isArray(values))
      return err(malformed(`${where}["${name}"] must be an array of values`));
    if (rows !== undefined && values.length !== rows) {
      return err(
        malformed(
          `${where}["${name}"] has ${String(values.length)} values, the columns before it ${String(rows)}`,
        ),
      );
    }
    rows = values.length;
    arrays.set(name, values);
  }
  const refusal = checkRowCount(rows ?? 0, context);
  return refusal === undefined ? ok({ rows: rows ?? 0, columns: arrays }) : err(refusal);
}

/** Refuses no rows at all, and more than the limit. */
export function checkRowCount(rows: number, context: RequestContext): Refusal | undefined {
  if (rows === 0)
    return { status: 400, code: "request-no-rows", message: "the request has no rows" };
  if (rows <= context.maxRows) return undefined;
  return {
    status: 413,
    code: "request-too-many-rows",
    message: `the request has ${String(rows)} rows; at most ${String(context.maxRows)} are answered at once`,
  };
}

/** The first row that the model could not answer, as a failure of the whole request, for protocols that know no row errors. */
export function firstRowFailure(answers: readonly Answer[]): Refusal | undefined {
  for (const [row, answer] of answers.entries()) {
    if (!("error" in answer)) continue;
    return {
      status: 500,
      code: "prediction-failed",
      message: `rows[${String(row)}]: the model failed: ${answer.error.message}`,
    };
  }
  return undefined;
}

/** Labels in row order, or what a model of several answers says by name; only for answers without errors. */
export function labelsOf(answers: readonly Answer[]): readonly unknown[] {
  return answers.map((answer) => {
    if ("error" in answer) return null;
    return "outputs" in answer ? answer.outputs : answer.label;
  });
}

/**
 * MLflow's scoring protocol: `POST /invocations` with exactly one of dataframe_split, dataframe_records, instances, inputs;
 * answered by `{"predictions": […]}`. Errors are `{"error_code", "message"}` as MLflow's clients expect.
 */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { RawColumns } from "../../contract/check-rows.ts";
import type { Refusal } from "../refusal.ts";
import { malformed } from "../refusal.ts";
import type { Protocol, RequestContext } from "./protocol.ts";
import {
  checkRowCount,
  columnsRequest,
  firstRowFailure,
  isRecord,
  labelsOf,
  rowsRequest,
} from "./protocol.ts";

const SHAPES = ["dataframe_split", "dataframe_records", "instances", "inputs"] as const;

/** The protocol of `/invocations`. */
export const mlflowProtocol: Protocol = {
  name: "mlflow",
  parseRequest: (body, context) => {
    const given = isRecord(body) ? SHAPES.filter((shape) => body[shape] !== undefined) : [];
    const shape = given[0];
    if (!isRecord(body) || shape === undefined || given.length > 1) {
      return err(malformed(`the body must have exactly one of ${SHAPES.join(", ")}`));
    }
    const params = body["params"];
    if (
      params !== undefined &&
      params !== null &&
      !(isRecord(params) && Object.keys(params).length === 0)
    ) {
      return err(malformed("this model takes no params"));
    }
    const raw = readShape(shape, body[shape], context);
    return raw.ok ? ok({ id: undefined, raw: raw.value, outputs: undefined }) : raw;
  },
  renderAnswers: ({ answers }) => {
    const failure = firstRowFailure(answers);
    return failure === undefined ? ok({ predictions: labelsOf(answers) }) : err(failure);
  },
  renderRefusal: ({ status, message }) => ({
    error_code: status < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR",
    message,
  }),
};

function readShape(
  shape: (typeof SHAPES)[number],
  value: unknown,
  context: RequestContext,
): Result<RawColumns, Refusal> {
  if (shape === "dataframe_split") return readSplit(value, context);
  if (Array.isArray(value)) return rowsRequest(value, shape, context);
  if (shape === "inputs" && isRecord(value)) return columnsRequest(value, shape, context);
  const wanted =
    shape === "inputs" ? "an array of rows or an object of columns" : "an array of rows";
  return err(malformed(`${shape} must be ${wanted}`));
}

/** `{columns: [names], data: [[values]]}`; an `index` is allowed and has no meaning for a model. */
function readSplit(value: unknown, context: RequestContext): Result<RawColumns, Refusal> {
  const names = isRecord(value) ? value["columns"] : undefined;
  const data = isRecord(value) ? value["data"] : undefined;
  if (!isTextArray(names) || !Array.isArray(data)) {
    return err(
      malformed("dataframe_split must be {columns: [names], data: [[values of a row], …]}"),
    );
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    return err(malformed(`dataframe_split.columns names "${repeated}" twice`));
  const refusal = checkRowCount(data.length, context);
  if (refusal !== undefined) return err(refusal);
  const columns = names.map((): unknown[] => []);
  for (const [row, values] of data.entries()) {
    if (!Array.isArray(values) || values.length !== names.length) {
      return err(
        malformed(
          `dataframe_split.data[${String(row)}] must be an array of ${String(names.length)} values`,
        ),
      );
    }
    for (const [index, column] of columns.entries()) column.push(values[index]);
  }
  return ok({
    rows: data.length,
    columns: new Map(names.map((name, index) => [name, columns[index] ?? []])),
  });
}

function isTextArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

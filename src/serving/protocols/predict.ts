/**
 * The gateway's own protocol, `POST /predict`: named columns in, labels out.
 * Bodies: `{"rows": [{…}]}`, `[{…}]`, `{"columns": {name: […]}}`, or one bare row `{…}`.
 * A row the model fails on gets an `error` in its place; only when every row fails is the request a failure.
 */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { Refusal } from "../refusal.ts";
import { malformed } from "../refusal.ts";
import { renderModelReference } from "../served-model.ts";
import type { PredictionRequest, Protocol, RequestContext } from "./protocol.ts";
import { columnsRequest, firstRowFailure, isRecord, rowsRequest } from "./protocol.ts";

/** The protocol of `/predict`. */
export const predictProtocol: Protocol = {
  name: "predict",
  parseRequest,
  renderAnswers: ({ id, model, answers, warnings }) => {
    const failure = firstRowFailure(answers);
    if (failure !== undefined && answers.every((answer) => "error" in answer)) return err(failure);
    const shown = warnings.map(({ code, column, row, message }) => ({
      code,
      column,
      row,
      message,
    }));
    return ok({ id, model: renderModelReference(model), answers, warnings: shown });
  },
  renderRefusal: ({ code, message, problems }, id) => ({
    id,
    error: {
      code,
      message,
      ...(problems === undefined
        ? {}
        : {
            problems: problems.map((problem) => ({
              code: problem.code,
              column: problem.column,
              row: problem.row,
              message: problem.message,
            })),
          }),
    },
  }),
};

function parseRequest(body: unknown, context: RequestContext): Result<PredictionRequest, Refusal> {
  if (Array.isArray(body)) return withId(undefined, rowsRequest(body, "body", context));
  if (!isRecord(body)) {
    return err(
      malformed('the body must be {"rows": [{…}]}, {"columns": {…}}, an array of rows, or one row'),
    );
  }
  // A column's value is never an array or object, so that a column called "rows" is still told apart.
  const { rows, columns, id, ...others } = body;
  const hasRows = Array.isArray(rows);
  const hasColumns = isRecord(columns);
  if (!hasRows && !hasColumns) return withId(undefined, rowsRequest([body], "body", context));
  if (hasRows && columns !== undefined) {
    return err(malformed('the body must have either "rows" or "columns", not both'));
  }
  const surplus = Object.keys(others)[0] ?? (hasColumns && rows !== undefined ? "rows" : undefined);
  if (surplus !== undefined) {
    return err(
      malformed(`"${surplus}" stands beside "${hasRows ? "rows" : "columns"}"; only "id" may`),
    );
  }
  if (id !== undefined && (typeof id !== "string" || id.length === 0 || id.length > 128)) {
    return err(malformed('"id" must be a string of 1 to 128 characters'));
  }
  const raw = hasRows
    ? rowsRequest(rows, "rows", context)
    : columnsRequest(hasColumns ? columns : {}, "columns", context);
  return withId(id, raw);
}

function withId(
  id: string | undefined,
  raw: Result<PredictionRequest["raw"], Refusal>,
): Result<PredictionRequest, Refusal> {
  return raw.ok ? ok({ id, raw: raw.value, outputs: undefined }) : raw;
}

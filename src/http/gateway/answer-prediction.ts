/** One prediction request from its bytes to its answer: parse, check against the contract, ask a worker, render, log, count. */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { CheckedRows } from "../../contract/check-rows.ts";
import { checkColumns } from "../../contract/check-rows.ts";
import type { PredictionLog } from "../../ports/prediction-log.ts";
import type { Metrics } from "../../serving/metrics.ts";
import { buildPredictionRecords } from "../../serving/prediction-log.ts";
import type { PredictionRequest, ProtocolName } from "../../serving/protocols/protocol.ts";
import type { Refusal } from "../../serving/refusal.ts";
import { violated } from "../../serving/refusal.ts";
import type { Variant } from "../../serving/variants.ts";
import type { SafeRequest, SafeResponse } from "../safe-server.ts";
import { PROTOCOLS, respondJson, respondRefusal } from "./respond.ts";
import type { WorkerPool } from "./worker-pool.ts";
import { PredictionRefused } from "./worker-pool.ts";

/** What answering needs. */
export interface PredictionContext {
  readonly variant: Variant;
  readonly pool: WorkerPool;
  readonly metrics: Metrics;
  readonly log: PredictionLog;
  readonly maxRows: number;
  /** Wall clock, for the log; durations are measured by a clock that cannot jump. */
  readonly nowMs: () => number;
}

/** An answer with what its log line says; never the body. */
export interface AnsweredPrediction {
  readonly response: SafeResponse;
  readonly rows: number;
  readonly latencyMs: number;
  /** Code of the refusal, when there was one. */
  readonly code: string | undefined;
}

/** Answers a request. Never throws for what a client or a model did. */
export async function answerPrediction(
  context: PredictionContext,
  protocol: ProtocolName,
  request: SafeRequest,
): Promise<AnsweredPrediction> {
  const { metrics, variant } = context;
  const labels = {
    model_name: variant.model.name,
    model_version: String(variant.model.version),
    variant: variant.name,
  };
  const startedAt = performance.now();
  metrics.add("inFlight", labels, 1);
  let outcome: Outcome;
  try {
    outcome = await tryToAnswer(context, protocol, request, startedAt);
  } finally {
    metrics.add("inFlight", labels, -1);
  }
  const latencyMs = performance.now() - startedAt;
  const response = outcome.ok
    ? respondJson(200, outcome.value.body)
    : respondRefusal(outcome.error, protocol, request.id);
  metrics.add("requests", { ...labels, protocol, code: String(response.status) });
  metrics.observeSeconds({ ...labels, protocol }, latencyMs / 1000);
  if (!outcome.ok) metrics.add("errors", { ...labels, protocol, reason: outcome.error.code });
  const rows = outcome.ok ? outcome.value.rows : 0;
  return { response, rows, latencyMs, code: outcome.ok ? undefined : outcome.error.code };
}

type Outcome = Result<{ readonly body: unknown; readonly rows: number }, Refusal>;

async function tryToAnswer(
  context: PredictionContext,
  protocol: ProtocolName,
  request: SafeRequest,
  startedAt: number,
): Promise<Outcome> {
  const parsed = parseRequest(context, protocol, request);
  if (!parsed.ok) return parsed;
  const { raw, outputs } = parsed.value;
  const checked = checkColumns(context.variant.model.contract, raw);
  if (checked.table === undefined) return err(violated(checked.problems, checked.problemCount));
  const id = parsed.value.id ?? request.id;
  try {
    const answers = await context.pool.predict(checked.table);
    const atMs = context.nowMs();
    const latencyMs = roundMs(performance.now() - startedAt);
    const logged = {
      id,
      variant: context.variant,
      raw,
      table: checked.table,
      answers,
      atMs,
      latencyMs,
    };
    const records = buildPredictionRecords(logged);
    count(context, checked, {
      rows: answers.length,
      rowErrors: answers.filter((answer) => "error" in answer).length,
      dropped: context.log.append(records),
    });
    const { model } = context.variant;
    const body = PROTOCOLS[protocol].renderAnswers({
      id,
      model,
      answers,
      warnings: checked.problems,
      outputs,
    });
    return body.ok ? ok({ body: body.value, rows: answers.length }) : body;
  } catch (error) {
    if (error instanceof PredictionRefused) return err(error.refusal);
    throw error;
  }
}

/** Microseconds are as fine as anyone can use. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function parseRequest(
  context: PredictionContext,
  protocol: ProtocolName,
  request: SafeRequest,
): Result<PredictionRequest, Refusal> {
  const unsupported = checkHeaders(request);
  if (unsupported !== undefined) return err(unsupported);
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(request.body));
  } catch {
    return err({ status: 400, code: "request-not-json", message: "the body is not JSON in UTF-8" });
  }
  return PROTOCOLS[protocol].parseRequest(body, {
    model: context.variant.model,
    maxRows: context.maxRows,
  });
}

/** A missing content type is taken as JSON; a form or plain text, which a web page may send anywhere, is not. */
function checkHeaders(request: SafeRequest): Refusal | undefined {
  if (request.headers["inference-header-content-length"] !== undefined) {
    return {
      status: 415,
      code: "request-unsupported",
      message: "the binary tensor extension is not supported; send data as JSON",
    };
  }
  const contentType = request.headers["content-type"];
  if (contentType === undefined || /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType))
    return undefined;
  return {
    status: 415,
    code: "request-unsupported",
    message: "the body must be JSON; send the header content-type: application/json",
  };
}

function count(
  context: PredictionContext,
  checked: CheckedRows,
  counts: { readonly rows: number; readonly rowErrors: number; readonly dropped: number },
): void {
  const { metrics, variant } = context;
  const labels = {
    model_name: variant.model.name,
    model_version: String(variant.model.version),
    variant: variant.name,
  };
  metrics.add("rows", labels, counts.rows);
  if (counts.rowErrors > 0) metrics.add("rowErrors", labels, counts.rowErrors);
  if (counts.dropped > 0) metrics.add("logDropped", labels, counts.dropped);
  for (const problem of checked.problems)
    metrics.add("warnings", { ...labels, kind: problem.code });
}

/** What `mlops serve` says. */
import type { Contract } from "../../contract/schema.ts";
import { syntheticExample } from "../../contract/synthetic-example.ts";
import type { GatewayEvent } from "../../http/gateway/gateway.ts";
import type { ScoreResult } from "../../serving/schema.ts";
import { traceOf } from "../trace-of.ts";

/** A curl command that asks `/predict` about one synthetic row; for POSIX shells. */
export function renderExampleRequest(url: string, contract: Contract): string {
  const body = JSON.stringify({ rows: [syntheticExample(contract)] });
  return `  curl ${url}/predict -H 'content-type: application/json' \\\n    -d '${body.replaceAll("'", String.raw`'\''`)}'`;
}

/** What a person should know at once; `undefined` for what the metrics tell better. */
export function renderGatewayEvent(event: GatewayEvent): string | undefined {
  switch (event.kind) {
    case "worker-died":
      return `worker ${String(event.pid)} died: ${event.because}`;
    case "worker-restarted":
      return `worker ${String(event.pid)} took its place`;
    case "worker-start-failed":
      return `a worker could not start (next try in ${String(event.retryInMs / 1000)} s): ${event.because}`;
    case "gateway-error":
      return `request ${event.id} failed inside the gateway: ${traceOf(event.error)}`;
    case "request":
      return undefined;
  }
}

/** `12 requests answered, 1 refused or failed` */
export function renderServed(counts: {
  readonly answered: number;
  readonly failed: number;
}): string {
  const requests = counts.answered === 1 ? "request" : "requests";
  return `${String(counts.answered)} ${requests} answered, ${String(counts.failed)} refused or failed`;
}

/** `30 rows scored by churn@v1 → answers.csv` */
export function renderScored(result: ScoreResult): string {
  const rows = `${String(result.rows)} ${result.rows === 1 ? "row" : "rows"}`;
  const failed = result.failed === 0 ? "" : `, the model failed on ${String(result.failed)}`;
  const rejected =
    result.rejects === null || result.rejected === 0
      ? ""
      : `\n${String(result.rejected)} left out → ${result.rejects}`;
  return `${rows} scored by ${result.model} → ${result.out}${failed}${rejected}${renderHistory(result)}`;
}

function renderHistory({ history, model }: ScoreResult): string {
  if (history === null) return "";
  const rows = `${String(history.rows)} ${history.rows === 1 ? "row" : "rows"}`;
  const replaced =
    history.replaced === 0 ? "" : `, ${String(history.replaced)} in place of rows that it keeps`;
  return `\nlooking at ${rows} of ${history.file} beside the history of ${model}${replaced}; the version stays as it is`;
}

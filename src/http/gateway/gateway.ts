/**
 * The gateway: one port that answers for one model version in every protocol, in front of warm Python workers.
 * Policy is in `serving/`; here are the sockets, the order of things, and the life of the whole.
 *
 *   starting ──► ready ⇄ not ready (no worker lives) ──► draining ──► closed
 */
import type { PredictionLog } from "../../ports/prediction-log.ts";
import type { Worker } from "../../ports/worker.ts";
import { Metrics } from "../../serving/metrics.ts";
import { renderModelMetadata } from "../../serving/protocols/inference-v2.ts";
import type { Operation } from "../../serving/routes.ts";
import { protocolAt, routeRequest } from "../../serving/routes.ts";
import type { ServingOptions } from "../../serving/schema.ts";
import type { ServedModel } from "../../serving/served-model.ts";
import type { Variant } from "../../serving/variants.ts";
import { chooseVariant } from "../../serving/variants.ts";
import { allowedHostsFor } from "../host-check.ts";
import type { SafeRequest, SafeResponse } from "../safe-server.ts";
import { startSafeServer } from "../safe-server.ts";
import { answerPrediction } from "./answer-prediction.ts";
import { respondJson, respondRefusal, respondText } from "./respond.ts";
import type { PoolEvent } from "./worker-pool.ts";
import { WorkerPool } from "./worker-pool.ts";

/** What the gateway reports; never a body. */
export type GatewayEvent =
  | PoolEvent
  | {
      readonly kind: "request";
      readonly id: string;
      readonly protocol: string;
      readonly status: number;
      readonly rows: number;
      readonly latencyMs: number;
      readonly code: string | undefined;
    }
  | { readonly kind: "gateway-error"; readonly id: string; readonly error: unknown };

export interface GatewayOptions {
  readonly model: ServedModel;
  readonly serving: ServingOptions;
  /** Starts a worker and lets it load the model. */
  readonly startWorker: () => Promise<Worker>;
  readonly log: PredictionLog;
  /** Version of this program, for `/version` and `/v2`. */
  readonly programVersion: string;
  readonly nowMs: () => number;
  /** Uniform in [0, 1). */
  readonly draw: () => number;
  readonly onEvent: (event: GatewayEvent) => void;
}

/** A running gateway. */
export interface Gateway {
  readonly host: string;
  readonly port: number;
  /** Not ready, then no new connections, then requests in flight finish, then the workers end. Safe to call twice. */
  readonly close: () => Promise<void>;
}

interface Parts {
  readonly options: GatewayOptions;
  readonly pool: WorkerPool;
  readonly metrics: Metrics;
  readonly variants: readonly Variant[];
  readonly state: { isDraining: boolean };
}

const PING_EVERY_MS = 2000;

/** Starts workers, then listens: a port that accepts connections is ready to answer. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { limits, host, port, allowedHosts } = options.serving;
  const metrics = new Metrics();
  const modelLabels = {
    model_name: options.model.name,
    model_version: String(options.model.version),
  };
  const pool = await WorkerPool.start({
    start: options.startWorker,
    workers: options.serving.workers,
    inFlightPerWorker: limits.inFlightPerWorker,
    predictTimeoutMs: limits.predictTimeoutMs,
    pingEveryMs: PING_EVERY_MS,
    nowMs: options.nowMs,
    onEvent: (event) => {
      if (event.kind === "worker-restarted") metrics.add("restarts", modelLabels);
      options.onEvent(event);
    },
  });
  const variants: readonly Variant[] = [{ name: "stable", model: options.model, weight: 1 }];
  const parts: Parts = { options, pool, metrics, variants, state: { isDraining: false } };
  try {
    const server = await startSafeServer({
      host,
      port,
      limits,
      allowedHosts: allowedHostsFor(host, allowedHosts),
      handle: (request) => handle(parts, request),
      renderRefusal: (refusal, path, id) => respondRefusal(refusal, protocolAt(path), id),
      onError: (error, id) => {
        options.onEvent({ kind: "gateway-error", id, error });
      },
    });
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      parts.state.isDraining = true;
      await server.close(limits.drainMs);
      await pool.close();
      await options.log.close();
    };
    return {
      host: server.host,
      port: server.port,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

function handle(parts: Parts, request: SafeRequest): SafeResponse | Promise<SafeResponse> {
  const path = `/${request.segments.join("/")}`;
  const route = routeRequest(request.method, request.segments);
  const protocol = protocolAt(path);
  if (route.kind === "unknown") {
    const refusal = {
      status: 404,
      code: "route-unknown",
      message: "there is nothing at this path",
    } as const;
    return respondRefusal(refusal, protocol, request.id);
  }
  if (route.kind === "wrong-method") {
    const message = `this path answers ${route.allow} only`;
    const response = respondRefusal(
      { status: 405, code: "method-not-allowed", message },
      protocol,
      request.id,
    );
    return { ...response, headers: { allow: route.allow } };
  }
  const { operation } = route;
  const unknown = checkModel(parts.options.model, operation);
  if (unknown !== undefined) {
    return respondRefusal(
      { status: 404, code: "model-unknown", message: unknown },
      protocol,
      request.id,
    );
  }
  return operation.kind === "predict"
    ? predict(parts, operation.protocol, request)
    : inform(parts, operation);
}

async function predict(
  { options, pool, metrics, variants }: Parts,
  protocol: Extract<Operation, { readonly kind: "predict" }>["protocol"],
  request: SafeRequest,
): Promise<SafeResponse> {
  const variant = chooseVariant(variants, options.draw());
  const maxRows = options.serving.limits.rows;
  const context = { variant, pool, metrics, log: options.log, maxRows, nowMs: options.nowMs };
  const { response, rows, latencyMs, code } = await answerPrediction(context, protocol, request);
  options.onEvent({
    kind: "request",
    id: request.id,
    protocol,
    status: response.status,
    rows,
    latencyMs,
    code,
  });
  return response;
}

/** What is wrong with the model or version named in the path; `undefined` when nothing is. */
function checkModel(model: ServedModel, operation: Operation): string | undefined {
  if (!("model" in operation)) return undefined;
  if (operation.model !== model.name)
    return `this gateway serves "${model.name}", not "${operation.model}"`;
  if (
    operation.version === undefined ||
    operation.version.replace(/^v/, "") === String(model.version)
  ) {
    return undefined;
  }
  return `this gateway serves version ${String(model.version)} of "${model.name}", not "${operation.version}"`;
}

function inform(
  parts: Parts,
  operation: Exclude<Operation, { readonly kind: "predict" }>,
): SafeResponse {
  const { model, programVersion } = parts.options;
  const isReady = !parts.state.isDraining && parts.pool.readyWorkers > 0;
  const readyStatus = isReady ? 200 : 503;
  switch (operation.kind) {
    case "live":
      return respondJson(200, { live: true });
    case "ready":
      return respondJson(readyStatus, { ready: isReady });
    case "model-ready":
      return respondJson(readyStatus, { name: model.name, ready: isReady });
    case "model-status":
      return respondJson(readyStatus, { name: model.name, ready: isReady });
    case "model-metadata":
      return respondJson(200, renderModelMetadata(model));
    case "server-metadata":
      return respondJson(200, { name: "mlops", version: programVersion, extensions: [] });
    case "models":
      return respondJson(200, { models: [model.name] });
    case "health":
      return respondText(readyStatus, "\n");
    case "version":
      return respondText(200, programVersion);
    case "metrics":
      return respondMetrics(parts);
  }
}

function respondMetrics({ options, pool, metrics }: Parts): SafeResponse {
  const labels = { model_name: options.model.name, model_version: String(options.model.version) };
  metrics.set("workers", labels, pool.readyWorkers);
  return {
    status: 200,
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    body: metrics.render(),
  };
}

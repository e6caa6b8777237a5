/** Answers of the gateway as HTTP. */

import { inferenceV2Protocol } from "../../serving/protocols/inference-v2.ts";
import { kserveV1Protocol } from "../../serving/protocols/kserve-v1.ts";
import { mlflowProtocol } from "../../serving/protocols/mlflow.ts";
import { predictProtocol } from "../../serving/protocols/predict.ts";
import type { Protocol, ProtocolName } from "../../serving/protocols/protocol.ts";
import type { Refusal } from "../../serving/refusal.ts";
import type { SafeResponse } from "../safe-server.ts";

/** Every protocol by its name. */
export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  predict: predictProtocol,
  v2: inferenceV2Protocol,
  "kserve-v1": kserveV1Protocol,
  mlflow: mlflowProtocol,
};

/** A JSON answer. */
export function respondJson(status: number, body: unknown): SafeResponse {
  return { status, contentType: "application/json", body: `${JSON.stringify(body)}\n` };
}

/** A plain text answer. */
export function respondText(status: number, body: string): SafeResponse {
  return { status, contentType: "text/plain; charset=utf-8", body };
}

/** A refusal in the form of a protocol. */
export function respondRefusal(refusal: Refusal, protocol: ProtocolName, id: string): SafeResponse {
  const response = respondJson(refusal.status, PROTOCOLS[protocol].renderRefusal(refusal, id));
  return refusal.retryAfterSeconds === undefined
    ? response
    : { ...response, headers: { "retry-after": String(refusal.retryAfterSeconds) } };
}

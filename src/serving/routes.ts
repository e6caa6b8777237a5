/** Method and path → what is asked. The whole surface of the gateway in one table; pure. */
import type { ProtocolName } from "./protocols/protocol.ts";

/** What a request asks of the gateway. `model` and `version` are as written in the path. */
export type Operation =
  | {
      readonly kind: "predict";
      readonly protocol: ProtocolName;
      readonly model?: string;
      readonly version?: string;
    }
  | {
      readonly kind:
        | "live"
        | "ready"
        | "server-metadata"
        | "models"
        | "metrics"
        | "health"
        | "version";
    }
  | {
      readonly kind: "model-ready" | "model-metadata" | "model-status";
      readonly model: string;
      readonly version?: string;
    };

/** Where a request goes. */
export type Route =
  | { readonly kind: "operation"; readonly operation: Operation }
  | { readonly kind: "unknown" }
  | { readonly kind: "wrong-method"; readonly allow: "GET" | "POST" };

/** Finds the operation for decoded path segments. */
export function routeRequest(method: string, segments: readonly string[]): Route {
  const operation = operationAt(segments);
  if (operation === undefined) return { kind: "unknown" };
  const wanted = operation.kind === "predict" ? "POST" : "GET";
  return method === wanted
    ? { kind: "operation", operation }
    : { kind: "wrong-method", allow: wanted };
}

/** The protocol whose form an error at this path takes. */
export function protocolAt(path: string): ProtocolName {
  if (/^\/v2(\/|$)/.test(path)) return "v2";
  if (/^\/v1(\/|$)/.test(path)) return "kserve-v1";
  return path === "/invocations" ? "mlflow" : "predict";
}

function operationAt(segments: readonly string[]): Operation | undefined {
  const [first, ...rest] = segments;
  switch (first) {
    case "v2":
      return operationV2(rest);
    case "v1":
      return operationV1(rest);
    case "predict":
      return rest.length === 0 ? { kind: "predict", protocol: "predict" } : undefined;
    case "invocations":
      return rest.length === 0 ? { kind: "predict", protocol: "mlflow" } : undefined;
    case "health":
    case "ping":
      return rest.length === 0 ? { kind: "health" } : undefined;
    case "version":
    case "metrics":
      return rest.length === 0 ? { kind: first } : undefined;
    default:
      return undefined;
  }
}

function operationV2(segments: readonly string[]): Operation | undefined {
  const [area, model, ...rest] = segments;
  if (area === undefined || (area === "" && segments.length === 1))
    return { kind: "server-metadata" };
  if (area === "health" && rest.length === 0) {
    return model === "live" || model === "ready" ? { kind: model } : undefined;
  }
  if (area !== "models" || model === undefined) return undefined;
  const hasVersion = rest[0] === "versions" && rest[1] !== undefined;
  const version = hasVersion ? { version: rest[1] ?? "" } : {};
  const [action, ...surplus] = hasVersion ? rest.slice(2) : rest;
  if (surplus.length > 0) return undefined;
  switch (action) {
    case undefined:
      return { kind: "model-metadata", model, ...version };
    case "ready":
      return { kind: "model-ready", model, ...version };
    case "infer":
      return { kind: "predict", protocol: "v2", model, ...version };
    default:
      return undefined;
  }
}

function operationV1(segments: readonly string[]): Operation | undefined {
  const [area, target, ...surplus] = segments;
  if (area !== "models" || surplus.length > 0) return undefined;
  if (target === undefined) return { kind: "models" };
  return target.endsWith(":predict")
    ? { kind: "predict", protocol: "kserve-v1", model: target.slice(0, -":predict".length) }
    : { kind: "model-status", model: target };
}

/** Why a request got no answer, in the gateway's own terms; each protocol renders it its own way. */
import type { ContractProblem } from "../contract/check-rows.ts";

/** Every reason, documented by `mlops explain`. */
type RefusalCode =
  | "request-malformed"
  | "request-not-json"
  | "request-too-large"
  | "request-too-many-rows"
  | "request-no-rows"
  | "request-unsupported"
  | "request-host-refused"
  | "request-origin-refused"
  | "route-unknown"
  | "method-not-allowed"
  | "model-unknown"
  | "contract-violated"
  | "prediction-failed"
  | "prediction-timeout"
  | "model-not-ready"
  | "gateway-overloaded"
  | "gateway-error";

/** A request without an answer. */
export interface Refusal {
  readonly status: number;
  readonly code: RefusalCode;
  readonly message: string;
  /** Columns and rows, for `contract-violated`. */
  readonly problems?: readonly ContractProblem[];
  readonly retryAfterSeconds?: number;
}

/** A body that is not what the protocol asks for. */
export function malformed(message: string): Refusal {
  return { status: 400, code: "request-malformed", message };
}

/** Rows that do not fulfil the contract. The message names the first place; `problems` has all. */
export function violated(problems: readonly ContractProblem[], count: number): Refusal {
  const errors = problems.filter((problem) => problem.severity === "error");
  const first = errors[0]?.message ?? "the rows do not fulfil the model's contract";
  const others = count - (problems.length - errors.length) - 1;
  const more = others > 0 ? ` (and ${String(others)} more)` : "";
  return { status: 422, code: "contract-violated", message: `${first}${more}`, problems: errors };
}

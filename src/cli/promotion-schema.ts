/** What `mlops promote --json` and `mlops verify --json` print as `result`. */
import { z } from "zod";
import type { PromoteResult } from "../app/promote-notebook.ts";
import { Certificate } from "../verification/schema.ts";
import type { JsonSchema } from "./json-schema.ts";

const Failure = z.object({
  step: z.string(),
  message: z.string(),
  cell: z.int().optional(),
  notebook: z.string().optional(),
  line: z.int().optional(),
});

/** `result` of `mlops promote`. */
export interface PromotionResult
  extends Omit<
    PromoteResult,
    "diagnostics" | "revision" | "certificate" | "failure" | "diff" | "fixed"
  > {
  readonly revision?: number;
  readonly certificate?: Certificate;
  readonly failure?: NonNullable<PromoteResult["failure"]>;
  readonly diff?: string;
  readonly fixed?: NonNullable<PromoteResult["fixed"]>;
}

const MetricNumber = z.number().or(z.enum(["NaN", "Infinity", "-Infinity"]));

/** What `--fix` changed, and the metrics of the notebook as it stands beside those of the pipeline. */
const Fixed = z.object({
  what: z.literal("leakage"),
  places: z.array(z.object({ cell: z.int(), line: z.int(), was: z.string(), now: z.string() })),
  metrics: z.array(
    z.object({
      name: z.string(),
      notebook: MetricNumber.optional(),
      fixed: MetricNumber.optional(),
    }),
  ),
});

/** The parts of the plan that programs read; `plan` holds more. */
const PlanOutline = z.looseObject({
  name: z.string(),
  steps: z.array(
    z.looseObject({
      name: z.string(),
      cells: z.array(z.int()),
      inputs: z.array(z.string()),
      outputs: z.array(z.string()),
      params: z.array(z.string()),
      metrics: z.array(z.string()),
    }),
  ),
  parameters: z.array(
    z.looseObject({ name: z.string(), value: z.union([z.number(), z.string(), z.boolean()]) }),
  ),
  artifacts: z.array(z.looseObject({ name: z.string(), codec: z.string() })),
});

/** JSON Schema of the result of `mlops promote`. */
export function promotionResultSchema(): JsonSchema {
  return {
    ...z.toJSONSchema(
      z.looseObject({
        name: z.string(),
        revision: z.int().optional(),
        folder: z.string(),
        plan: PlanOutline,
        certificate: Certificate.optional(),
        failure: Failure.optional(),
        /** Each file that is not as it was; a merged one lists the lines where a conflict opens. */
        changes: z.array(
          z.object({
            path: z.string(),
            change: z.enum(["create", "update", "merge", "kept", "remove"]),
            because: z.string().optional(),
            conflicts: z.array(z.int()).optional(),
          }),
        ),
        serving: z.object({
          ready: z.boolean(),
          because: z.string(),
          matrices: z.array(z.string()),
        }),
        writes: z.object({
          written: z.array(z.string()),
          removed: z.array(z.string()),
          conflicts: z.array(z.object({ path: z.string(), beside: z.string() })),
        }),
        diff: z.string().optional(),
        fixed: Fixed.optional(),
      }),
    ),
  };
}

/** JSON Schema of the result of `mlops verify`. */
export function verificationResultSchema(): JsonSchema {
  return {
    ...z.toJSONSchema(
      z.object({
        revision: z.int(),
        certificate: Certificate,
        /** What is installed in other versions than when the notebook ran. */
        environment: z.array(
          z.object({
            name: z.string(),
            was: z.string().nullable(),
            now: z.string().nullable(),
          }),
        ),
        failure: Failure.optional(),
      }),
    ),
  };
}

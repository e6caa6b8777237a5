/** What `mlops run --json` prints as `result`. */
import { z } from "zod";
import type { RunResult, StepFailure } from "../app/started-run.ts";
import { MetricValue } from "../run/schema.ts";
import type { JsonSchema } from "./json-schema.ts";

/** The model version that came of a run. */
export interface RegisteredModel {
  readonly model: string;
  readonly version: number;
  /** False when the same content was registered before. */
  readonly created: boolean;
  readonly serving: { readonly ready: boolean; readonly because?: string };
}

/** A model that came of a run and did not become a version, for what the settings say in `models.register`. */
export interface NotRegistered {
  readonly model: string;
  /** One sentence a reason. */
  readonly because: readonly string[];
}

export interface RunCommandResult {
  readonly run: RunResult["run"];
  readonly executed: number;
  /** False when `--only` left steps out; then nothing is registered. */
  readonly complete: boolean;
  readonly failure?: StepFailure;
  readonly registered?: RegisteredModel;
  readonly notRegistered?: NotRegistered;
}

/** JSON Schema of the result of `mlops run`. */
export function runResultSchema(): JsonSchema {
  const Step = z.looseObject({
    step: z.string(),
    decision: z.enum(["execute", "restore", "fresh"]),
    because: z.string(),
    status: z.enum(["succeeded", "failed"]),
    attempts: z.int(),
    startedAtMs: z.number(),
    endedAtMs: z.number(),
  });
  return {
    ...z.toJSONSchema(
      z.object({
        run: z.looseObject({
          id: z.string(),
          pipeline: z.string(),
          status: z.enum(["running", "succeeded", "failed", "interrupted"]),
          steps: z.array(Step),
          metrics: z.array(z.object({ name: z.string(), value: MetricValue })),
        }),
        executed: z.int(),
        complete: z.boolean(),
        failure: z
          .looseObject({ step: z.string(), message: z.string(), attempts: z.int() })
          .optional(),
        registered: z
          .object({
            model: z.string(),
            version: z.int(),
            created: z.boolean(),
            serving: z.object({ ready: z.boolean(), because: z.string().optional() }),
          })
          .optional(),
        notRegistered: z.object({ model: z.string(), because: z.array(z.string()) }).optional(),
      }),
    ),
  };
}

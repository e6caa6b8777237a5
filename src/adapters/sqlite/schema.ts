/** The JSON columns of the registry, checked when they are read: a file that somebody edited is a clear error, never a wrong value. */
import { z } from "zod";
import { Digest } from "../../base/digest-schema.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { MetricValue, StepManifest } from "../../run/schema.ts";

/** `value_json` of run_params. */
export const ParamValue = z.union([z.number(), z.string(), z.boolean(), z.null()]);
/** `fingerprint_parts_json` of step_executions. */
export const FingerprintParts = z.record(z.string(), z.string());
/** `manifest_json` of step_executions. */
export const Manifest = StepManifest;
/** `metrics_json` of model_versions. */
export const VersionMetrics = z.array(z.strictObject({ name: z.string(), value: MetricValue }));
/** `moves_json` of pending_writes; `replaces` is null where nothing may be at the target. */
export const Moves = z.array(
  z.strictObject({ from: z.string(), digest: Digest, to: z.string(), replaces: Digest.nullable() }),
);
/** `details_json` of events. */
export const EventDetails = z.record(z.string(), z.unknown());

/**
 * Reads one JSON column.
 * @param where For the message: table and row.
 * @throws EnvironmentError `registry-corrupt`.
 */
export function readJson<T>(schema: z.ZodType<T>, text: string, where: string): T {
  let problem: string;
  try {
    // Compiling a check takes longer than the few values that one command reads.
    const parsed = schema.safeParse(JSON.parse(text), { jitless: true });
    if (parsed.success) return parsed.data;
    problem = z.prettifyError(parsed.error).replaceAll("\n", " ");
  } catch {
    problem = "it is not JSON";
  }
  throw new EnvironmentError(`The registry holds something unreadable in ${where}: ${problem}`, {
    code: "registry-corrupt",
    hint: "put back a copy of .mlops/registry.db",
  });
}

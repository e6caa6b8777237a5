/** The JSON columns of the registry, checked when they are read: a file that somebody edited is a clear error, never a wrong value. */
import type { Sha256 } from "../../base/brand.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { isSha256 } from "../../base/hash.ts";
import type { StepManifest } from "../../run/schema.ts";
import {
  anyOf,
  anything,
  boolean,
  count,
  fits,
  listOf,
  nothing,
  number,
  objectOf,
  oneOf,
  recordOf,
  type Shape,
  shapeOf,
  text,
} from "./shape.ts";

/** `sha256:<64 hex>` */
export const digest = shapeOf<Sha256>(
  "sha256: and 64 hexadecimal digits",
  (value) => typeof value === "string" && isSha256(value),
);
/** A number, or the word for one that JSON cannot carry. */
export const metricValue = anyOf(number, oneOf("NaN", "Infinity", "-Infinity"));
const metrics = listOf(objectOf({ name: text, value: metricValue }));

/** `value_json` of run_params. */
export const ParamValue = anyOf(number, text, boolean, nothing);
/** `fingerprint_parts_json` of step_executions. */
export const FingerprintParts = recordOf(text);
/** `manifest_json` of step_executions: `StepManifest` of run/schema.ts. */
export const Manifest: Shape<StepManifest> = objectOf(
  {
    version: oneOf(1),
    step: text,
    code: digest,
    params: recordOf(ParamValue),
    inputs: recordOf(digest),
    outputs: recordOf(
      objectOf({
        digest,
        codec: oneOf("parquet", "npy", "json", "skops", "joblib", "pickle"),
        type: text,
        bytes: count,
      }),
    ),
    random: objectOf({ before: anyOf(digest, nothing), after: anyOf(digest, nothing) }),
    files: recordOf(digest),
    filesRead: recordOf(digest),
    metrics,
    text: digest,
  },
  { looked: recordOf(text), filesOutside: recordOf(digest) },
);
/** `metrics_json` of model_versions. */
export const VersionMetrics = metrics;
/** `pickled_names_json` of model_versions. */
export const PickledNamesShape = recordOf(listOf(text));
/** `origin_json` of model_versions. */
export const OriginShape = objectOf({ kind: oneOf("imported", "pulled"), from: text });
/** `Peer` of registry/evaluation.ts. */
export const PeerShape = anyOf(
  objectOf({ of: text, metrics }, { caveat: text }),
  objectOf({ of: text, because: text }),
);
/** `LeakageCheck` of registry/evaluation.ts. */
export const LeakageShape = anyOf(
  objectOf({ checked: listOf(text), findings: listOf(text) }),
  objectOf({ because: text }),
);
/** `evaluation_json` of model_versions. */
export const EvaluationShape = objectOf(
  {
    baseline: PeerShape,
    leakage: LeakageShape,
    better: recordOf(oneOf("greater", "less")),
  },
  { champion: PeerShape },
);
/** `moves_json` of pending_writes; `replaces` is null where nothing may be at the target. */
export const Moves = listOf(
  objectOf({ from: text, digest, to: text, replaces: anyOf(digest, nothing) }),
);
/** `details_json` of events. */
export const EventDetails = recordOf(anything);

/**
 * Reads one JSON column.
 * @param where For the message: table and row.
 * @throws EnvironmentError `registry-corrupt`.
 */
export function readJson<T>(shape: Shape<T>, json: string, where: string): T {
  let problem: string | undefined;
  try {
    const value: unknown = JSON.parse(json);
    if (fits(shape, value)) return value;
    problem = shape.problemOf(value, "");
  } catch {
    problem = "it is not JSON";
  }
  throw new EnvironmentError(
    `The registry holds something unreadable in ${where}: ${problem ?? "it cannot be used"}`,
    {
      code: "registry-corrupt",
      hint: "put back a copy of .mlops/registry.db",
    },
  );
}

/** Results of `models lineage`, as `--json` prints them. What is not known any more is null, and `gaps` says why. Times are ISO 8601 in UTC. */
import { z } from "zod";
import { MetricValue } from "../run/schema.ts";

const Who = z.strictObject({ name: z.string(), grade: z.string() });
const Value = z.union([z.number(), z.string(), z.boolean(), z.null()]);

export const LineageData = z.strictObject({
  /** From the project root; absolute outside of it. */
  path: z.string(),
  digest: z.string(),
  /** Steps that read it. */
  steps: z.array(z.string()),
  /** What datasets.lock.yaml says of the path: this content, this content once, another content; null where it does not name it. */
  recorded: z.enum(["now", "earlier", "other"]).nullable(),
  onDisk: z.enum(["same", "changed", "missing", "outside"]),
});
export type LineageData = z.infer<typeof LineageData>;

export const LineageStep = z.strictObject({
  name: z.string(),
  /** Whether the model depends on it. */
  makesModel: z.boolean(),
  /** How this run came by its results. */
  decision: z.enum(["execute", "restore", "fresh"]),
  because: z.string(),
  fingerprint: z.string(),
  code: z.string().nullable(),
  /** Cells of the notebooks; null where the plan is not known. */
  cells: z.array(z.strictObject({ path: z.string(), cells: z.array(z.int()) })).nullable(),
  params: z.record(z.string(), Value),
  inputs: z.array(z.strictObject({ name: z.string(), digest: z.string() })),
  outputs: z.array(
    z.strictObject({
      name: z.string(),
      digest: z.string(),
      type: z.string(),
      bytes: z.int(),
      /** Whether the store still has it. */
      stored: z.boolean(),
    }),
  ),
  metrics: z.array(z.strictObject({ name: z.string(), value: MetricValue })),
});
export type LineageStep = z.infer<typeof LineageStep>;

export const VersionLineage = z.strictObject({
  kind: z.literal("version"),
  /** `churn@v3` */
  reference: z.string(),
  content: z.string(),
  registered: z.strictObject({ by: Who, at: z.string() }),
  origin: z.strictObject({ kind: z.enum(["imported", "pulled"]), from: z.string() }).nullable(),
  /** What became the model. */
  artifact: z.strictObject({ name: z.string(), digest: z.string(), step: z.string() }).nullable(),
  run: z
    .strictObject({
      id: z.string(),
      status: z.string(),
      startedAt: z.string(),
      gitCommit: z.string().nullable(),
      gitDirty: z.boolean().nullable(),
      params: z.record(z.string(), Value),
      /** Digest over interpreter and loaded distributions. */
      environment: z.string(),
      steps: z.array(LineageStep),
    })
    .nullable(),
  data: z.array(LineageData),
  revision: z
    .strictObject({
      /** `churn:r3` */
      name: z.string(),
      folder: z.string(),
      notebooks: z.array(
        z.strictObject({
          path: z.string(),
          digest: z.string(),
          onDisk: z.enum(["same", "changed", "missing"]),
        }),
      ),
      plan: z.string(),
      gitCommit: z.string().nullable(),
      gitDirty: z.boolean().nullable(),
      madeAt: z.string(),
    })
    .nullable(),
  /** Lines of the version's requirements.txt; null where its bytes are gone. */
  requirements: z.array(z.string()).nullable(),
  certificate: z
    .strictObject({
      digest: z.string(),
      verdict: z.string(),
      coverage: z
        .record(z.string(), z.strictObject({ compared: z.int(), total: z.int() }))
        .nullable(),
      excluded: z.array(z.string()).nullable(),
    })
    .nullable(),
  /** Where it went. */
  uses: z.strictObject({
    /** Each time that an alias pointed at it, in order. */
    aliases: z.array(
      z.strictObject({
        alias: z.string(),
        from: z.string().nullable(),
        until: z.string().nullable(),
        by: Who.nullable(),
      }),
    ),
    requests: z.array(
      z.strictObject({
        id: z.int(),
        environment: z.string(),
        state: z.string(),
        by: Who,
        at: z.string(),
        decisions: z.array(
          z.strictObject({ kind: z.string(), by: Who, at: z.string(), reason: z.string() }),
        ),
      }),
    ),
    deployments: z.array(
      z.strictObject({
        id: z.int(),
        subject: z.string(),
        environment: z.string(),
        target: z.string(),
        state: z.string(),
        at: z.string(),
      }),
    ),
    /** Environments that mlops.lock.yaml lets run it. */
    locked: z.array(z.string()),
    /** Everything else that the event log tells of it: exports, pushes, deletion. */
    events: z.array(
      z.strictObject({ action: z.string(), at: z.string(), by: Who, details: z.string() }),
    ),
    /** Later versions that were measured against it. */
    measuredAgainst: z.array(z.string()),
  }),
  /** What is not known any more, and why, each one sentence. */
  gaps: z.array(z.string()),
});
export type VersionLineage = z.infer<typeof VersionLineage>;

export const DataLineage = z.strictObject({
  kind: z.literal("data"),
  /** As it was asked for, from the project root. */
  wanted: z.string(),
  /** Of the file on disk, or the digest itself; null where nothing lies there. */
  digest: z.string().nullable(),
  versions: z.array(
    z.strictObject({
      reference: z.string(),
      aliases: z.array(z.string()),
      run: z.string(),
      /** The data file, or the name of the artifact. */
      path: z.string(),
      digest: z.string(),
      steps: z.array(z.string()),
      /** Whether that is the content that was asked for; null where nothing lies at the path. */
      same: z.boolean().nullable(),
    }),
  ),
  gaps: z.array(z.string()),
});
export type DataLineage = z.infer<typeof DataLineage>;

export const ModelsLineageReport = z.discriminatedUnion("kind", [VersionLineage, DataLineage]);
export type ModelsLineageReport = z.infer<typeof ModelsLineageReport>;

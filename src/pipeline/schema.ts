/** Contract 2: pipeline.yaml, which people edit, and params.yaml. Strict. */
import { z } from "zod";

export const Name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    "must be lower-case letters, digits and hyphens, starting with a letter, at most 63 characters",
  );
const Codec = z.enum(["parquet", "npy", "json", "skops", "joblib", "pickle"]);

export const PipelineStep = z.strictObject({
  name: Name,
  cells: z.array(z.int().min(1)),
  inputs: z.array(Name).default([]),
  params: z.array(Name).default([]),
  reads: z.array(z.string()).default([]),
  writes: z.array(z.string()).default([]),
  outputs: z.array(Name).default([]),
  metrics: z.array(Name).default([]),
  random: z.enum(["none", "global"]).default("none"),
  /** What no digest covers: with any of these the step is executed in every run. */
  outside: z.array(z.enum(["clock", "network", "subprocess"])).optional(),
  /** A person's own words and wishes; promotion keeps them. */
  description: z.string().optional(),
  resources: z
    .strictObject({
      cpu: z.number().positive().optional(),
      /** As Kubernetes writes it: `512Mi`, `4Gi`. */
      memory: z
        .string()
        .regex(/^[1-9][0-9]*(Ki|Mi|Gi|Ti|k|M|G|T)?$/, "must be an amount such as 512Mi or 4Gi")
        .optional(),
      gpu: z.int().min(0).optional(),
      /** Seconds it may take; the command line's word counts more. */
      timeout: z.number().positive().optional(),
      /** How often it is started again when it raises or its process is lost. */
      retries: z.int().min(0).max(100).optional(),
    })
    .optional(),
});
export type PipelineStep = z.infer<typeof PipelineStep>;

/** First digits of the digest of a cell's text, noted by promotion so that the decision follows its cell. */
const CellSource = z.string().regex(/^[0-9a-f]{12}$/, "must be the 12 digits that promotion wrote");

/** What a person decided about the steps; replayed by every promotion, in order. */
export const Decision = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("merge"), steps: z.array(Name).min(2), as: Name.optional() }),
  z.strictObject({
    kind: z.literal("split"),
    step: Name,
    "after-cell": z.int().min(1),
    source: CellSource.optional(),
  }),
  z.strictObject({ kind: z.literal("rename"), step: Name, as: Name }),
  z.strictObject({
    kind: z.literal("drop"),
    cell: z.int().min(1),
    source: CellSource.optional(),
  }),
  z.strictObject({ kind: z.literal("fix"), what: z.literal("leakage") }),
  z.strictObject({
    kind: z.literal("serve"),
    /** The notebook's variable; one that holds a model for each key serves them all. */
    model: z.string().regex(/^[A-Za-z_]\w*$/, "must be a variable of the notebook"),
  }),
]);
export type Decision = z.infer<typeof Decision>;

const EnvironmentVariable = z.strictObject({
  name: z.string().regex(/^[A-Za-z_]\w*$/, "must be the name of an environment variable"),
  secret: z.boolean().default(false),
  required: z.boolean().default(true),
});

export const PipelineFile = z.strictObject({
  version: z.literal(1),
  name: Name,
  /** All of them as one, when it is made from several. */
  notebook: z.strictObject({ path: z.string(), sha256: z.string() }),
  /** The notebooks in the order in which they are run, when there are several; the numbers of cells are counted on. */
  notebooks: z
    .array(z.strictObject({ path: z.string(), sha256: z.string(), "first-cell": z.int().min(1) }))
    .min(2)
    .optional(),
  /** Where cells come from when the notebook brings in files with `%run`; the numbers of cells are counted on. */
  origins: z
    .array(
      z.strictObject({
        path: z.string(),
        sha256: z.string(),
        "first-cell": z.int().min(1),
        /** Number of that cell in its own notebook; a Python file has none. */
        cell: z.int().min(1).optional(),
      }),
    )
    .min(1)
    .optional(),
  /** Modules of the project that the package carries, where they were found. */
  modules: z.array(z.strictObject({ path: z.string(), sha256: z.string() })).optional(),
  root: z.string(),
  python: z.string(),
  description: z.string().optional(),
  /** Five cron fields in UTC; what `mlops deploy` schedules when no flag says otherwise. */
  schedule: z.string().optional(),
  steps: z.array(PipelineStep).min(1),
  artifacts: z.record(
    Name,
    z.strictObject({ codec: Codec, variables: z.array(z.string()).optional() }),
  ),
  serve: z
    .strictObject({
      model: Name,
      raw: Name.optional(),
      /** The answers of the raw table's rows, where no column of it holds them. */
      target: Name.optional(),
      /** One column, or several that together say whose row it is. */
      entity: z
        .union([z.string(), z.array(z.string()).min(1)])
        .nullable()
        .default(null),
      time: z.string().nullable().default(null),
      unseen: z.enum(["reject", "null", "other"]).default("other"),
    })
    .optional(),
  environment: z.array(EnvironmentVariable).default([]),
  decisions: z.array(Decision).default([]),
});
export type PipelineFile = z.infer<typeof PipelineFile>;

export const ParamsFile = z.record(Name, z.union([z.number(), z.string(), z.boolean(), z.null()]));
export type ParamsFile = z.infer<typeof ParamsFile>;

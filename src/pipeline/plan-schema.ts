/** A plan as it comes back from the store, where another version of this program may have written it. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import type { Plan } from "./plan.ts";
import { Decision } from "./schema.ts";

/** JSON has no `undefined`: a key that is not there is one whose value is `undefined`. */
const orAbsent = <T extends z.ZodType>(schema: T) => schema.optional().transform((value) => value);

const Role = z.enum([
  "imports",
  "setup",
  "helper",
  "parameters",
  "load",
  "validate",
  "explore",
  "features",
  "split",
  "train",
  "evaluate",
  "persist",
]);
const StatementRef = z.strictObject({
  cell: z.int().min(1),
  index: z.int().min(0),
  span: z.strictObject({ start: z.int().min(0), end: z.int().min(0) }),
});
const Names = z.array(z.string());

const Step = z.strictObject({
  name: z.string(),
  role: Role,
  summary: z.string(),
  cells: z.array(z.int().min(1)),
  statements: z.array(StatementRef),
  inputs: Names,
  outputs: Names,
  params: Names,
  metrics: Names,
  reads: Names,
  writes: Names,
  random: z.enum(["none", "global"]),
  outside: z.array(z.enum(["clock", "network", "subprocess"])).exactOptional(),
});
const Artifact = z.strictObject({
  name: z.string(),
  variables: Names,
  producer: z.string(),
  codec: z.enum(["parquet", "npy", "json", "skops", "joblib", "pickle"]),
  type: orAbsent(z.string()),
  bytes: orAbsent(z.int().min(0)),
});
const Parameter = z.strictObject({
  name: z.string(),
  variable: z.string(),
  value: z.union([z.number(), z.string(), z.boolean()]),
  type: z.enum(["int", "float", "string", "bool"]),
  places: z.array(StatementRef),
  kind: z.enum(["data-path", "split", "seed", "hyper-parameter", "constant", "output-path"]),
});
const Serve = z.strictObject({
  model: z.string(),
  modelVariable: z.string(),
  raw: orAbsent(z.string()),
  target: orAbsent(z.string()).optional(),
  entity: orAbsent(z.union([z.string(), z.array(z.string()).min(1)])),
  time: orAbsent(z.string()),
  unseen: z.enum(["reject", "null", "other"]),
});

/** Strict: a plan of another version is not guessed at. */
export const StoredPlan: z.ZodType<Plan> = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  notebook: z.strictObject({
    path: z.string(),
    sha256: Digest,
    order: z
      .strictObject({
        of: z.string(),
        sha256: Digest,
        cells: z.array(z.int()),
        repeated: z.int(),
        compared: z.int(),
      })
      .exactOptional(),
    fixed: z
      .strictObject({
        kind: z.literal("leakage"),
        places: z.array(
          z.strictObject({
            cell: z.int().min(1),
            line: z.int().min(1),
            was: z.string(),
            now: z.string(),
          }),
        ),
      })
      .exactOptional(),
  }),
  notebooks: z
    .array(z.strictObject({ path: z.string(), sha256: Digest, firstCell: z.int().min(1) }))
    .exactOptional(),
  origins: z
    .array(
      z.strictObject({
        path: z.string(),
        sha256: Digest,
        firstCell: z.int().min(1),
        ownCell: orAbsent(z.int().min(1)),
      }),
    )
    .exactOptional(),
  modules: z
    .array(z.strictObject({ path: z.string(), source: z.string(), sha256: Digest }))
    .exactOptional(),
  root: z.string(),
  python: z.string(),
  imports: z.array(StatementRef),
  setup: z.array(StatementRef),
  helpers: z.array(StatementRef),
  steps: z.array(Step),
  artifacts: z.array(Artifact),
  parameters: z.array(Parameter),
  metrics: z.array(z.strictObject({ name: z.string(), call: StatementRef, function: z.string() })),
  serve: orAbsent(Serve),
  leftOut: z.array(z.strictObject({ statement: StatementRef, because: z.string() })),
  // Plans stored before there were decisions had none.
  decisions: z.array(Decision).default([]),
  // A plan that was stored before there was this key read no secrets from the environment.
  environment: z
    .array(z.strictObject({ name: z.string(), secret: z.boolean(), required: z.boolean() }))
    .default([]),
  requirements: z.array(
    z.strictObject({
      distribution: z.string(),
      version: z.string(),
      source: z
        .strictObject({
          kind: z.enum(["vcs", "archive", "folder"]),
          reference: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

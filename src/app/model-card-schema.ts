/** What a model card says, as `models card --json` prints it: facts of the registry, nothing of a clock or a machine. */
import { z } from "zod";
import { ContractColumn } from "../contract/schema.ts";
import { MetricValue } from "../run/schema.ts";

const Who = z.strictObject({ name: z.string(), grade: z.string() });
const Metrics = z.array(z.strictObject({ name: z.string(), value: MetricValue }));
const Peer = z.strictObject({
  of: z.string(),
  /** Null where it could not be measured. */
  metrics: Metrics.nullable(),
  because: z.string().nullable(),
});

export const CardColumn = ContractColumn.extend({
  /** Rows and empty cells of training; null where there is no profile. */
  count: z.int().nullable(),
  nulls: z.int().nullable(),
  /** Bars of its distribution, as the profile has them; null of personal columns and without a profile. */
  bars: z
    .array(
      z.strictObject({
        label: z.string(),
        /** Width on the axis; the same for all where they are no numbers. */
        width: z.number(),
        count: z.int(),
      }),
    )
    .nullable(),
});
export type CardColumn = z.infer<typeof CardColumn>;

export const ModelCard = z.strictObject({
  /** `churn@v3` */
  reference: z.string(),
  model: z.string(),
  version: z.int(),
  content: z.string(),
  aliases: z.array(z.string()),
  tags: z.record(z.string(), z.string()),
  registered: z.strictObject({ by: Who, at: z.string() }),
  origin: z.strictObject({ kind: z.string(), from: z.string() }).nullable(),
  /** Class of the model; null where its run is not known. */
  type: z.string().nullable(),
  answer: z.strictObject({ kind: z.string(), classes: z.int().nullable() }).nullable(),
  servable: z.boolean(),
  notServableBecause: z.string().nullable(),
  params: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  metrics: Metrics,
  baseline: Peer.nullable(),
  champion: Peer.nullable(),
  columns: z.array(CardColumn),
  trainingRows: z.int().nullable(),
  data: z.array(z.strictObject({ path: z.string(), digest: z.string() })),
  features: z.array(z.string()),
  /** Names of what fit learned. */
  state: z.array(z.string()),
  certificate: z
    .strictObject({
      digest: z.string(),
      verdict: z.string(),
      coverage: z.record(z.string(), z.strictObject({ compared: z.int(), total: z.int() })),
      excluded: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
    })
    .nullable(),
  /** Of the newest request; null where nobody asked. */
  tests: z.string().nullable(),
  leakage: z
    .strictObject({ checked: z.array(z.string()), findings: z.array(z.string()) })
    .nullable(),
  leakageUnknown: z.string().nullable(),
  requirements: z.array(z.string()),
  lineage: z.strictObject({
    run: z.string(),
    revision: z.string().nullable(),
    notebook: z.string().nullable(),
    notebookDigest: z.string().nullable(),
    gitCommit: z.string().nullable(),
    gitDirty: z.boolean().nullable(),
    environment: z.string().nullable(),
    steps: z.array(z.string()),
  }),
  approvals: z.array(
    z.strictObject({
      request: z.int(),
      environment: z.string(),
      state: z.string(),
      decisions: z.array(
        z.strictObject({ kind: z.string(), by: Who, at: z.string(), reason: z.string() }),
      ),
    }),
  ),
  limitations: z.array(z.string()),
  /** What is not known any more. */
  gaps: z.array(z.string()),
  /** The user's own words beside the pipeline; null without that file. */
  notes: z
    .strictObject({
      path: z.string(),
      digest: z.string(),
      /** Keys of its front matter that the hub knows. */
      metadata: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
      /** Title "" is what stands above the first heading. */
      sections: z.array(z.strictObject({ title: z.string(), markdown: z.string() })),
    })
    .nullable(),
});
export type ModelCard = z.infer<typeof ModelCard>;

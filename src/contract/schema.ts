/** Contract 5: contract.json, the raw schema of a served model. The gateway and the generated contract.py both read it. */
import { z } from "zod";

const ColumnName = z.string().min(1);

export const ContractColumn = z.strictObject({
  name: ColumnName,
  type: z.enum(["bool", "int64", "float64", "string", "timestamp"]),
  nullable: z.boolean(),
  /** Range seen in training; a value outside it is reported, not refused. Numbers, or ISO 8601 text for timestamps. */
  min: z.union([z.number(), z.string()]).optional(),
  max: z.union([z.number(), z.string()]).optional(),
  /** Listed only when at most 1,000 distinct values, at most half of the rows distinct, and at least 10 rows in each. */
  categories: z.array(z.string()).optional(),
  /** What an unlisted category does. Only meaningful with `categories`. */
  unseen: z.enum(["reject", "null", "other"]),
  /** Dropped from prediction logs unless configured. */
  personal: z.boolean(),
});
export type ContractColumn = z.infer<typeof ContractColumn>;

export const Contract = z.strictObject({
  version: z.literal(1),
  columns: z.array(ContractColumn).min(1),
  /** Column, or columns together, that say whose row it is. */
  entity: z.union([ColumnName, z.array(ColumnName).min(1)]).optional(),
  time: ColumnName.optional(),
  answer: z.strictObject({
    kind: z.enum(["label", "probability", "number", "cluster"]),
    classes: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
    /** Names of the answers, when the model gives several for each row. */
    outputs: z.array(z.string().min(1)).min(1).optional(),
    /** What a reader of the answers has to know: that they are in other terms than the raw column. */
    remark: z.string().min(1).optional(),
    /** An answer is for an entity, from all of its rows in the request, and given to each of them; without it an answer is for a row. */
    per: z.literal("entity").optional(),
  }),
});
export type Contract = z.infer<typeof Contract>;

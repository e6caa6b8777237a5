/** profile.json (contract 6): the distribution of the training data, saved with each model version and compared with live data later. */
import { z } from "zod";

const Count = z.int().min(0);

/**
 * Numbers in bins with about equally many rows. `edges` are the inner borders, ascending: bin 0 is everything up to and
 * including `edges[0]`, the last bin everything above the last edge; `counts` has one item more than `edges`.
 */
export const NumericProfile = z.strictObject({
  mean: z.number(),
  /** Population standard deviation. */
  deviation: z.number().min(0),
  edges: z.array(z.number()),
  counts: z.array(Count).min(1),
});
export type NumericProfile = z.infer<typeof NumericProfile>;

const CategoryProfile = z.strictObject({
  /** Most frequent first. Only values that contract.json may list too. */
  listed: z.array(z.strictObject({ value: z.string(), count: Count.min(1) })),
  /** Rows with a value that is not listed. */
  other: Count,
});

export const ColumnProfile = z.strictObject({
  name: z.string(),
  type: z.enum(["bool", "int64", "float64", "string", "timestamp"]),
  /** Rows, nulls included. */
  count: Count,
  nulls: Count,
  /** bool (0 and 1), int64, float64, timestamp (milliseconds since 1970); absent when no finite value was seen, or the column is personal. */
  numbers: NumericProfile.optional(),
  /** string; absent when its values are no categories, or the column is personal. */
  categories: CategoryProfile.optional(),
});
export type ColumnProfile = z.infer<typeof ColumnProfile>;

export const TableProfile = z.strictObject({ rows: Count, columns: z.array(ColumnProfile) });
export type TableProfile = z.infer<typeof TableProfile>;

export const Profile = z.strictObject({
  version: z.literal(1),
  /** Raw columns of the contract. */
  raw: TableProfile,
  /** What the model is given. */
  features: TableProfile.optional(),
  /** Answers on the hold-out. */
  prediction: TableProfile.optional(),
});
export type Profile = z.infer<typeof Profile>;

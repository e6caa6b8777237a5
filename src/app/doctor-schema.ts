/** What `mlops doctor` found, as `--json` prints it. */
import { z } from "zod";

export const DoctorCheck = z.strictObject({
  name: z.string(),
  /** `warning` works, with less; `missing` must be mended first. */
  status: z.enum(["ok", "warning", "missing"]),
  found: z.string(),
  /** What to type; null where nothing has to be done. */
  hint: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof DoctorCheck>;

export const DoctorResult = z.strictObject({ root: z.string(), checks: z.array(DoctorCheck) });
export type DoctorResult = z.infer<typeof DoctorResult>;

/** What pip prints with `--report -`, as far as it is read here (format 1, pip 23 and newer). */
import { z } from "zod";

export const PipReport = z.looseObject({
  version: z.literal("1"),
  install: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), version: z.string() }),
      download_info: z.looseObject({
        archive_info: z
          .looseObject({ hashes: z.record(z.string(), z.string()).optional() })
          .optional(),
      }),
    }),
  ),
});
export type PipReport = z.infer<typeof PipReport>;

/** What `templates/python/star_exports.py` prints. */
import { z } from "zod";

/** Names by module; `null` for a module that cannot be imported. */
export const StarExportsAnswer = z.record(z.string(), z.array(z.string()).nullable());
export type StarExportsAnswer = z.infer<typeof StarExportsAnswer>;

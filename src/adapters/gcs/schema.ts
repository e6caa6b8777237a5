/** What we read of Google's answers. */
import { z } from "zod";

export const ObjectSize = z.looseObject({
  /** In bytes. Numbers of 64 bits are text in Google's JSON. */
  size: z.string().regex(/^\d+$/).transform(Number),
});

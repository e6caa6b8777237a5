/** The one check of digests that come from outside: files, databases, workers. */
import { z } from "zod";
import { isSha256 } from "./hash.ts";

/** `sha256:<64 hex>`; says nothing about bytes existing for it. The pattern is for JSON Schema, the guard makes the type. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, { error: "must be sha256: and 64 hex digits", abort: true })
  .refine(isSha256);

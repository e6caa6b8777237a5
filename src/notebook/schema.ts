/**
 * The notebook file format, nbformat 3 to 4.5, as far as we read it. Loose: unknown fields are let through and ignored.
 * Past this file nobody sees a wire type.
 *
 * The type of stored text comes from Jupyter's own package, @jupyterlab/nbformat (there is no package named
 * jupyter-nbformat-ts). That package describes what Jupyter writes and checks nothing at run time; the schemas below do.
 * @see https://nbformat.readthedocs.io/en/latest/format_description.html
 */
import type { MultilineString } from "@jupyterlab/nbformat";
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";

/** Text as stored: one string, or a list of strings that are joined without a separator. */
const MultilineText = z.union([z.string(), z.array(z.string())]).transform(joinText);

/** What a mime type's data was is only kept for plain text, so that image bytes are not. */
const MimeBundle = z.record(z.string(), z.unknown()).catch({});

/** One output of a code cell, of any version. Unreadable ones become an empty object. */
export const WireOutput = z.looseObject({
  output_type: z.string(),
  name: z.string().optional().catch(undefined),
  /** nbformat 3 calls a stream's name so. */
  stream: z.string().optional().catch(undefined),
  text: MultilineText.optional().catch(undefined),
  data: MimeBundle.optional(),
  ename: z.string().optional().catch(undefined),
  evalue: z.string().optional().catch(undefined),
});
export type WireOutput = z.infer<typeof WireOutput>;

/** One cell, of any version; nbformat 3 keeps code in `input`, its count in `prompt_number` and its language in `language`. */
export const WireCell = z.looseObject({
  cell_type: z.string(),
  id: z.string().optional().catch(undefined),
  metadata: z
    .looseObject({ tags: z.array(z.string()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  source: MultilineText.optional(),
  input: MultilineText.optional(),
  execution_count: z.int().nullish().catch(undefined),
  prompt_number: z.int().nullish().catch(undefined),
  language: z.string().optional().catch(undefined),
  outputs: z.array(z.unknown()).optional().catch(undefined),
});
export type WireCell = z.infer<typeof WireCell>;

/** What a copy that we made says of its order; what anybody else wrote there is not read. */
export const WireOrder = z.object({
  of: z.string(),
  sha256: Digest,
  cells: z.array(z.int().min(1)),
  repeated: z.int().min(0),
  compared: z.int().min(0),
});

/** The whole file; cells are checked one by one, so that a broken one costs only itself. */
export const WireNotebook = z.looseObject({
  nbformat: z.number(),
  nbformat_minor: z.number().optional().catch(undefined),
  metadata: z
    .looseObject({
      kernelspec: z
        .looseObject({
          name: z.string().optional(),
          language: z.string().optional(),
          display_name: z.string().optional(),
        })
        .optional()
        .catch(undefined),
      language_info: z
        .looseObject({ name: z.string().optional(), version: z.string().optional() })
        .optional()
        .catch(undefined),
      mlops: z.looseObject({ order: WireOrder.optional() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  cells: z.array(z.unknown()).optional(),
  /** nbformat 3 kept the cells here. */
  worksheets: z
    .array(z.looseObject({ cells: z.array(z.unknown()).optional().catch(undefined) }))
    .optional(),
});
export type WireNotebook = z.infer<typeof WireNotebook>;

/** The cells of format 4 with everything that stands in the file, for whoever writes it again. */
export const WireCells = z.looseObject({
  metadata: z.looseObject({}).optional(),
  cells: z.array(z.looseObject({ cell_type: z.string(), id: z.string().optional() })),
});
export type WireCells = z.infer<typeof WireCells>;

function joinText(text: MultilineString): string {
  return typeof text === "string" ? text : text.join("");
}

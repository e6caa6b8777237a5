/** What we read of an `MLmodel` file that somebody else wrote. Wire names stay here. */
import { z } from "zod";
import { parseRelativePath } from "../base/relative-path.ts";

/** A path below the model's folder; `.` is the folder. */
const Path = z.string().refine((text) => text === "." || parseRelativePath(text) !== undefined, {
  error: "leads out of the model's folder",
});

/** Loose: MLflow adds keys with most versions, and flavors that we do not read. */
export const MLmodelFile = z.looseObject({
  flavors: z.looseObject({
    python_function: z
      .looseObject({
        loader_module: z.string(),
        code: Path.nullish(),
        data: Path.nullish(),
        model_path: Path.nullish(),
        python_model: Path.nullish(),
      })
      .optional(),
    sklearn: z.looseObject({ pickled_model: Path, code: Path.nullish() }).optional(),
  }),
  run_id: z.string().nullish(),
  metadata: z
    .looseObject({
      mlops: z
        .looseObject({ servable: z.boolean(), because: z.string().optional(), package: z.string() })
        .optional(),
    })
    .nullish(),
});
export type MLmodelFile = z.infer<typeof MLmodelFile>;

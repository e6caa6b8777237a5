/** Parameters of the pipeline, as the features know them. */
import type { Span } from "../base/text-span.ts";

/** A parameter of the pipeline. */
export interface FeatureParameter {
  /** As `params.yaml` calls it. */
  readonly name: string;
  /** Python name. */
  readonly variable: string;
  /** Python type. */
  readonly type: "int" | "float" | "bool";
  /** The notebook's own value, as Python writes it. */
  readonly literal: string;
}

/** A parameter with the literals of the notebook that it stands for; none when the notebook assigns the variable itself. */
export interface PlacedParameter extends FeatureParameter {
  readonly places: readonly { readonly cell: number; readonly span: Span }[];
}

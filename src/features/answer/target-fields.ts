/** Encoders and scalers of the target: fitted in training, kept in the state so that answers can be turned back. */
import { evaluatePart } from "../parts.ts";
import type { Scope } from "../scope.ts";
import { sourceOf } from "../scope.ts";
import { learnedText } from "../statement-text.ts";
import type { TargetStep } from "./target-steps.ts";
import type { Target } from "./target-trace.ts";

/** A field of the state that undoes one step. */
export interface EncoderField {
  readonly field: string;
  /** LabelEncoder takes outputs as they are, all others a column of a table. */
  readonly isFlat: boolean;
}

/** Fields by step; filled while the statements are walked. */
export type EncoderFields = Map<TargetStep, EncoderField>;

const FLAT = "sklearn.preprocessing.LabelEncoder";

/**
 * Keeps the encoders that the scope's statement changes the target with.
 *
 * @param when Those with a name are kept as they are behind the statement; those made on the spot are fitted once more in front of it,
 * because it may change the column.
 */
export function keepTargetEncoders(
  target: Target | undefined,
  scope: Scope,
  fields: EncoderFields,
  when: "before" | "behind",
): void {
  const { lifter } = scope;
  for (const step of target?.steps ?? []) {
    if (step.kind !== "encoder" || step.statement !== scope.statement || lifter === undefined)
      continue;
    const { object, data } = step;
    if ((object.kind === "identifier") !== (when === "behind")) continue;
    const { value } = evaluatePart(object, scope);
    if (value.kind !== "estimator") continue;
    const className = value.type.slice(value.type.lastIndexOf(".") + 1);
    const source = sourceOf(scope, object);
    const field =
      object.kind === "identifier"
        ? lifter.variable(source, className)
        : lifter.capture({
            base: "target encoder",
            type: className,
            source,
            code: `${learnedText(scope.statement, object)}.fit(${sourceOf(scope, data)})`,
          });
    fields.set(step, { field, isFlat: value.type === FLAT });
  }
}

/** The text after a flag → its value. */
import { didYouMean } from "../base/did-you-mean.ts";
import { UsageError } from "../base/errors.ts";
import type { OptionSpec } from "./command.ts";

type ValueSpec = Exclude<OptionSpec, { readonly kind: "switch" | "texts" | "optional-texts" }>;

/**
 * A number, one of the choices, or the text itself.
 *
 * @param flag As typed: `--port`.
 * @throws UsageError saying what the flag takes.
 */
export function readOption(flag: string, spec: ValueSpec, text: string): string | number {
  switch (spec.kind) {
    case "text":
      return text;
    case "choice": {
      if (spec.choices.includes(text)) return text;
      const hint = didYouMean(text, spec.choices);
      throw wrongValue(`${flag} must be one of ${spec.choices.join(", ")}, got "${text}"`, hint);
    }
    case "number":
    case "whole-number": {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      const isRightKind =
        spec.kind === "whole-number" ? Number.isSafeInteger(value) : Number.isFinite(value);
      const isInRange =
        value >= (spec.min ?? Number.NEGATIVE_INFINITY) &&
        value <= (spec.max ?? Number.POSITIVE_INFINITY);
      if (isRightKind && isInRange) return value;
      throw wrongValue(`${flag} must be ${describeNumber(spec)}, got "${text}"`, undefined);
    }
  }
}

function describeNumber(spec: Extract<ValueSpec, { kind: "number" | "whole-number" }>): string {
  const noun = spec.kind === "whole-number" ? "a whole number" : "a number";
  const { min, max } = spec;
  if (min !== undefined && max !== undefined)
    return `${noun} from ${String(min)} to ${String(max)}`;
  if (min !== undefined) return `${noun} of at least ${String(min)}`;
  return max === undefined ? noun : `${noun} of at most ${String(max)}`;
}

function wrongValue(message: string, hint: string | undefined): UsageError {
  return new UsageError(message, {
    code: "usage-wrong-value",
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * Which model answers a request. Today there is one variant; the type leaves room for a canary and a shadow beside it.
 * Pure: the random draw is an argument.
 */
import type { ServedModel } from "./served-model.ts";

/** A model version with its part of the traffic. */
export interface Variant {
  readonly name: "stable" | "canary" | "shadow";
  readonly model: ServedModel;
  /** 0…1; the weights of answering variants sum to 1. Shadows never answer. */
  readonly weight: number;
}

/**
 * The variant that answers.
 *
 * @param draw Uniform in [0, 1).
 * @throws Error when no variant may answer, which the caller's configuration check excludes.
 */
export function chooseVariant(variants: readonly Variant[], draw: number): Variant {
  const answering = variants.filter((variant) => variant.name !== "shadow" && variant.weight > 0);
  let passed = 0;
  for (const variant of answering) {
    passed += variant.weight;
    if (draw < passed) return variant;
  }
  const last = answering.at(-1);
  if (last === undefined) throw new Error("no variant may answer requests");
  return last;
}

import type { Contract } from "../contract/schema.ts";

/** A model version that is being served. */
export interface ServedModel {
  readonly name: string;
  readonly version: number;
  readonly contract: Contract;
}

/** `churn@v1`. */
export function renderModelReference(model: Pick<ServedModel, "name" | "version">): string {
  return `${model.name}@v${String(model.version)}`;
}

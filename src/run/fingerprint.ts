/** Everything that may change a step's output, as one typed record; equal records mean the step need not run. */
import type { Sha256 } from "../base/brand.ts";
import { sha256OfJson } from "../base/hash.ts";

export type ParamValue = number | string | boolean | null;

export interface FingerprintParts {
  /** Digest over the step's module and what it shares with others. */
  readonly code: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Artifact name → digest. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Declared folder, pattern or missing path → digest over what is behind it. */
  readonly reads: Readonly<Record<string, string>>;
  /** Environment variable that the pipeline reads → digest of its value, or `unset`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Digest over interpreter and packages. */
  readonly environment: string;
  /** State of the process-wide generators before the step, `seed:0` for the default at the start, or `none`. */
  readonly random: string;
}

/** Single files that the step reads are compared apart, because only its last execution knows them all. */
export function fingerprintOf(parts: FingerprintParts): Sha256 {
  return sha256OfJson(parts);
}

/** The parts as flat text, stored with the execution so that the next decision can say what changed. */
export function flattenParts(parts: FingerprintParts): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {
    code: parts.code,
    environment: parts.environment,
    random: parts.random,
  };
  for (const [name, value] of Object.entries(parts.params))
    flat[`param:${name}`] = JSON.stringify(value);
  for (const [name, digest] of Object.entries(parts.inputs)) flat[`input:${name}`] = digest;
  for (const [name, digest] of Object.entries(parts.settings)) flat[`setting:${name}`] = digest;
  for (const [path, digest] of Object.entries(parts.reads)) flat[`reads:${path}`] = digest;
  return flat;
}

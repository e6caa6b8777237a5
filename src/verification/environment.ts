/** The interpreter and packages of two runs: whether they are the same, and what is not. */
import type { Sha256 } from "../base/brand.ts";
import { sha256OfJson } from "../base/hash.ts";

/** What a run of Python code had loaded. */
export interface PythonEnvironment {
  /** Full version. */
  readonly python: string;
  /** Version by distribution; null for one that is not installed. Sorted by name. */
  readonly packages: Readonly<Record<string, string | null>>;
}

/** One thing that is there in another version. */
export interface EnvironmentChange {
  /** A distribution, or `python`. */
  readonly name: string;
  /** null when it was not loaded. */
  readonly was: string | null;
  /** null when it is not installed. */
  readonly now: string | null;
}

/** Digest over interpreter version and every loaded distribution. */
export function environmentDigest({ python, packages }: PythonEnvironment): Sha256 {
  const loaded = Object.entries(packages).map(
    ([name, version]) => `${name}==${version ?? "not installed"}`,
  );
  return sha256OfJson({ python, loaded });
}

/** What `now` does not speak of is taken to be as before; what it has loaded besides is a change. */
export function compareEnvironments(
  before: PythonEnvironment,
  now: PythonEnvironment,
): { readonly now: PythonEnvironment; readonly changes: readonly EnvironmentChange[] } {
  const packages = Object.fromEntries(
    Object.entries({ ...before.packages, ...now.packages }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const changes = Object.entries(packages).flatMap(([name, version]): EnvironmentChange[] => {
    const was = before.packages[name] ?? null;
    return was === version ? [] : [{ name, was, now: version }];
  });
  if (before.python !== now.python)
    changes.unshift({ name: "python", was: before.python, now: now.python });
  return { now: { python: now.python, packages }, changes };
}

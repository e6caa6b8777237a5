/**
 * Whether a model version may be loaded, judged by what its pickles look up: names known to be harmless, names that the version's
 * own code defines, names on record for it, names that a person trusted. Where a file could not be walked to its end there is no answer.
 */
import { isDenied } from "./denied-names.ts";
import { KNOWN_NAMES } from "./known-names.ts";
import type { PickledNames } from "./model.ts";

/** What walking one file found. */
export interface WalkedFile {
  /** `module:name` → offset in the file, without its compression. */
  readonly names: Readonly<Record<string, number>>;
  readonly refused: { readonly why: string; readonly offset: number } | undefined;
}

/** Path in the version's directory → what was found; only files that are pickles or hold some. */
export type WalkedFiles = Readonly<Record<string, WalkedFile>>;

/** A reason not to load. */
export type NameProblem =
  | { readonly path: string; readonly offset: number; readonly name: string }
  | { readonly path: string; readonly offset: number; readonly why: string };

/** Names of a model that was trained here: all but what executes, unless it is trusted. In the order of paths, then offsets. */
export function judgeTrained(
  walked: WalkedFiles,
  trusted: readonly string[],
): readonly NameProblem[] {
  return problemsIn(walked, (name) => !isDenied(name) || trusted.includes(name));
}

/** Names of a model that comes from elsewhere: what is known, its own, or trusted. */
export function judgeForeign(
  walked: WalkedFiles,
  own: readonly string[],
  trusted: readonly string[],
): readonly NameProblem[] {
  const accepted = new Set([...own, ...trusted]);
  return problemsIn(walked, (name) => KNOWN_NAMES.has(name) || accepted.has(name));
}

/** What is to be kept with the version. */
export function pickledNames(walked: WalkedFiles): PickledNames {
  return Object.fromEntries(
    Object.entries(walked)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([path, { names }]) => [path, Object.keys(names).sort()]),
  );
}

/** `model/model.joblib, byte 12: …` */
export function renderNameProblem(problem: NameProblem): string {
  const place = `${problem.path}, byte ${String(problem.offset)}`;
  return "why" in problem
    ? `${place}: ${problem.why}`
    : `${place}: loading it would look up ${problem.name}`;
}

function problemsIn(
  walked: WalkedFiles,
  isAccepted: (name: string) => boolean,
): readonly NameProblem[] {
  return Object.entries(walked).flatMap(([path, { names, refused }]): readonly NameProblem[] => [
    ...Object.entries(names)
      .filter(([name]) => !isAccepted(name))
      .sort(([, left], [, right]) => left - right)
      .map(([name, offset]) => ({ path, offset, name })),
    ...(refused === undefined ? [] : [{ path, ...refused }]),
  ]);
}

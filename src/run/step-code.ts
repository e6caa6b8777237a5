/**
 * What counts as the code of a step: everything of a package that the step may run. `_code.py` says the same in Python; a
 * test runs both over one table of packages.
 *
 * Two things are left out, because promoting again changes them where the step stays what it is: the numbers of cells that
 * our comments name, which move with every cell that is put in above; and the features that only serving runs, for every
 * step but the one that makes the served model.
 */
import type { Sha256 } from "../base/brand.ts";
import { sha256, sha256OfJson } from "../base/hash.ts";
import { RUNTIME_MODULES } from "../pipeline/runtime-modules.ts";

/** Files of the package that no step runs. */
const NOT_STEP_CODE: ReadonlySet<string> = new Set([
  "__init__.py",
  "__main__.py",
  "_pipeline.py",
  "contract.py",
  "predict.py",
]);
const FEATURES: ReadonlySet<string> = new Set(["features.py"]);
/** What supports features, and the lines that steps have in common with them. */
const SUPPORT: ReadonlySet<string> = new Set([
  "_entity_support.py",
  "_feature_history.py",
  "_feature_statistics.py",
  "_feature_support.py",
]);
/** They import nothing of the package by a name that they compute. */
const RUNTIME: ReadonlySet<string> = new Set(RUNTIME_MODULES);
/** Ways to import the features, and ways to import what nobody can tell: more are taken for one than are. */
const MAY_USE_FEATURES =
  /\.features\b|\bimport\b[^\n]*\bfeatures\b|\bimport[ \t]*[(\\]|import_module|importlib|__import__|\b(?:exec|eval)[ \t]*\(/;
const MAY_USE_SUPPORT = /feature_(?:support|history|statistics)|entity_support/;

/** A Python file of a package, as far as the digests of steps need it. */
export interface CodeFile {
  /** Of its bytes. */
  readonly digest: Sha256;
  /** Of its text without the numbers of cells. */
  readonly unnumbered: Sha256;
  readonly mayUseFeatures: boolean;
  readonly mayUseSupport: boolean;
}

/** What a digest is asked of. Modules are named without `.py`. */
export interface StepModules {
  readonly step: string;
  readonly all: readonly string[];
  /** The one that makes the served model. */
  readonly serving: string | undefined;
}

export function readCodeFile(bytes: Uint8Array): CodeFile {
  // Each byte as one character, so that no encoding has to be known.
  const latin1 = Buffer.from(bytes).toString("latin1");
  return {
    digest: sha256(bytes),
    unnumbered: sha256(withoutCellNumbers(latin1)),
    mayUseFeatures: MAY_USE_FEATURES.test(latin1),
    mayUseSupport: MAY_USE_SUPPORT.test(latin1),
  };
}

/** @param files All Python files of the package, by path inside it. */
export function stepCodeDigest(
  files: ReadonlyMap<string, CodeFile>,
  { step, all, serving }: StepModules,
): Sha256 {
  // A package of an earlier version, whose runtime takes every shared file as it is.
  const isEarlier = !files.has("_code.py");
  const ofSteps = new Set(all.map((name) => `${name}.py`));
  const own = `${step}.py`;
  // An object of a class in features.py may come with an input, so that one step that uses them stands for all.
  const users = [...files]
    .filter(
      ([path]) => ![FEATURES, SUPPORT, RUNTIME, NOT_STEP_CODE].some((others) => others.has(path)),
    )
    .map(([, file]) => file);
  const takesFeatures =
    isEarlier || step === serving || users.some(({ mayUseFeatures }) => mayUseFeatures);
  const takesSupport = takesFeatures || users.some(({ mayUseSupport }) => mayUseSupport);
  const chosen = [...files].filter(
    ([path]) =>
      path === own ||
      (!ofSteps.has(path) &&
        !NOT_STEP_CODE.has(path) &&
        (takesFeatures || !FEATURES.has(path)) &&
        (takesSupport || !SUPPORT.has(path))),
  );
  return sha256OfJson(
    Object.fromEntries(
      chosen.map(([path, file]) => [path, isEarlier ? file.digest : file.unnumbered]),
    ),
  );
}

const PLACE = /^([ \t]*# [^\r\n]+\.i?py(?:nb)?)(?:, cell [0-9]+)?(?:, line [0-9]+)?[ \t\r]*$/;
const ORIGIN = /^Made by mlops from [^\r\n]+\. Edits are kept:/;

/**
 * The text with our comments as they would be for a notebook without cell numbers. A line inside a longer string is the
 * user's, whatever it looks like; where it is not plain which lines those are, the text stays as it is.
 */
export function withoutCellNumbers(text: string): string {
  const lines = text.split("\n");
  const out: string[] = [];
  let inString = false;
  for (const [at, line] of lines.entries()) {
    const isOrigin = at === 2 && lines[0]?.startsWith('"""') === true && ORIGIN.test(line);
    const continues = out.length > 0 && (lines[at - 1] ?? "").trimEnd().endsWith("\\");
    const place = inString || continues ? undefined : PLACE.exec(line)?.[1];
    out.push(isOrigin ? "Made by mlops" : (place ?? line));
    const after = stringAfter(line, inString);
    if (after === undefined) return text;
    inString = after;
  }
  return out.join("\n");
}

/** Whether the line after this one begins inside a string of three quotes; `undefined` where that takes a tokenizer to tell. */
function stringAfter(line: string, inString: boolean): boolean | undefined {
  if (line.includes("'''")) return undefined;
  const parts = line.split('"""');
  const [before = "", behind = ""] = parts;
  switch (parts.length) {
    case 1:
      return inString;
    case 2:
      if (inString) return behind.trim() === "" && !before.includes("\\") ? false : undefined;
      return /["'#\\]/.test(before) ? undefined : true;
    case 3:
      // A docstring on one line.
      return !inString && before.trim() === "" && parts[2]?.trim() === "" ? false : undefined;
    default:
      return undefined;
  }
}

/**
 * `%timeit`, `%lprun`, `%memit` and their kin: they run code to measure it and keep nothing but what they print.
 * The code is left in their place, so that the analysis can say whether running it changes anything: only where it does not is
 * there nothing to do.
 * @see https://ipython.readthedocs.io/en/stable/interactive/magics.html#magic-timeit
 */
import type { Interpretation } from "./magic.ts";
import { scanLogicalLine } from "./python-lines.ts";
import { isPureArithmetic } from "./python-text.ts";

/** Options of `%timeit` that only say how often, and those of profilers that only say what is shown. */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  timeit: /^(?:-[nr]\s*\d+|-[qtcv]|-p\s*\d+)\s+/,
  lprun: /^(?:-f\s+[\w.]+|-m\s+[\w.]+|-u\s+[\d.e-]+|-[sz])\s+/,
  mprun: /^(?:-f\s+[\w.]+|-c)\s+/,
  memit: /^(?:-[rti]\s*[\d.]+|-[co])\s+/,
};

/** @param body Of `%%NAME`, from the end of the first line on; `undefined` for `%NAME`. */
export function interpretTiming(name: string, argument: string, body?: string): Interpretation {
  const code = withoutOptions(name, argument);
  // A setup that stands behind `%%timeit` runs before the cell; there must be code at all.
  const lines = body === undefined ? [code] : [code, ...body.split("\n").slice(1)];
  const text = lines.join("\n");
  if (text.trim() === "" || isPureArithmetic(text)) return { meaning: { kind: "drop" } };
  if (text.startsWith("-") || (name !== "timeit" && /[{$]/.test(argument))) return refuseTiming();
  if (body === undefined && !scanLogicalLine(code, 0).closed) return refuseTiming();
  // IPython's own syntax inside could do anything.
  if (lines.some((line) => /^\s*[%!]/.test(line))) return refuseTiming();
  const meaning = { kind: "timing", code: text, binds: name !== "timeit" } as const;
  return body === undefined ? { meaning, python: code } : { meaning, whole: text };
}

/** What is said where timing is not shown to change nothing. */
export const TIMING_REFUSED = {
  reason:
    "it runs its code to measure it, perhaps many times, which repeats every side effect of what it calls, and keeps no result",
  hint: "delete the line; it measures and computes nothing",
} as const;

export function refuseTiming(): Interpretation {
  return { meaning: { kind: "refuse", ...TIMING_REFUSED } };
}

function withoutOptions(name: string, argument: string): string {
  const option = OPTIONS[name];
  let rest = `${argument.trim()} `;
  while (option?.test(rest) === true) rest = rest.replace(option, "");
  return rest.trim();
}

/**
 * How options are written on a command line, for whoever reads, completes or explains one. Without commander, whose loading takes
 * longer than many a command.
 */
import type { OptionSpec } from "./command.ts";

interface GlobalSwitch {
  readonly flag: string;
  readonly short?: string;
  readonly summary: string;
}

/** The switches that every command has, in the order of help. A command never sees them. */
export const GLOBAL_SWITCHES = {
  json: { flag: "--json", summary: "print one JSON document, also on failure" },
  events: { flag: "--events", summary: "print progress as JSON lines on stderr" },
  verbose: { flag: "--verbose", summary: "show child commands and more detail" },
  yes: {
    flag: "--yes",
    short: "-y",
    summary: "take the default answer of every question that is safe to answer",
  },
  color: { flag: "--no-color", summary: "print without colors" },
} as const satisfies Readonly<Record<string, GlobalSwitch>>;

/** `testSize` → `test-size` */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `--test-size`; `--no-verify` of a switch that is on by default. */
export function flagOf(name: string, spec: OptionSpec): string {
  const word = kebab(name);
  return spec.kind === "switch" && spec.default === true ? `--no-${word}` : `--${word}`;
}

import type { DoctorResult } from "../../app/doctor-schema.ts";
import type { Style } from "../style.ts";

/** One line a check, with what to type below those that need it. */
export function renderDoctor(result: DoctorResult, style: Style): string {
  const width = Math.max(...result.checks.map(({ name }) => name.length));
  const marks = { ok: style.good("✓"), warning: style.warn("!"), missing: style.bad("✗") };
  return result.checks
    .map(({ name, status, found, hint }) => {
      const line = `${marks[status]} ${name.padEnd(width)}  ${found}`;
      return hint === null ? line : `${line}\n  ${" ".repeat(width)}  ${style.accent(hint)}`;
    })
    .join("\n");
}

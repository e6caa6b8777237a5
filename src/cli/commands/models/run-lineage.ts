/** What was typed → `app/trace-origin.ts` and `app/trace-uses.ts`, or `app/trace-data.ts`. */
import { findModel } from "../../../app/find-model.ts";
import type { ModelsLineageReport } from "../../../app/lineage-schema.ts";
import { traceData } from "../../../app/trace-data.ts";
import { traceOrigin } from "../../../app/trace-origin.ts";
import { traceUses } from "../../../app/trace-uses.ts";
import { UsageError } from "../../../base/errors.ts";
import { isSha256 } from "../../../base/hash.ts";
import type { CommandContext } from "../../context.ts";
import { openState, type ProjectState } from "../../open-state.ts";

/** @throws what `findModel` throws; UsageError `usage-wrong-value` for a digest that is none. */
export async function runLineage(
  context: CommandContext,
  of: string,
): Promise<ModelsLineageReport> {
  const state = await openState(context);
  if (of.startsWith("sha256:") && !isSha256(of))
    throw new UsageError(`${of} is no digest.`, {
      code: "usage-wrong-value",
      hint: "a digest is sha256: and 64 hexadecimal digits, as --json prints it",
    });
  if (await isData(of, state)) return traceData(dataName(of), state);
  const version = findModel(of, state.registry.models);
  const nowMs = (await context.wiring.clock()).nowMs();
  const origin = await traceOrigin(version, state);
  const gaps = [...origin.gaps];
  const uses = await traceUses(version, { gaps, nowMs }, state);
  return { kind: "version", ...origin, uses, gaps };
}

/** A model's name has neither a slash nor a dot; a file may have neither, too, and then the model comes first. */
async function isData(of: string, { files, registry }: ProjectState): Promise<boolean> {
  if (of.startsWith("sha256:") || (/[/\\.]/.test(of) && !of.includes("@"))) return true;
  if (of.includes("@") || registry.models.list(of).length > 0) return false;
  return (await files.kind(of)) !== "missing";
}

function dataName(of: string): string {
  return of
    .replaceAll("\\", "/")
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/+$/, "");
}

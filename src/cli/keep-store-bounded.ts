/** After a command that stored something: what `keep:` in the settings allows, in one line when something was done about it. */
import { boundStore } from "../app/bound-store.ts";
import { parseSize, renderBytes } from "../base/size.ts";
import type { CommandContext } from "./context.ts";
import type { OpenProject } from "./open-project.ts";

/** Never fails the command before it: what it did is done. */
export async function keepStoreBounded(
  project: OpenProject,
  { events, signal }: CommandContext,
): Promise<void> {
  const { keep, pipelines } = project.config;
  const maxBytes = parseSize(keep.size) ?? Number.POSITIVE_INFINITY;
  const bound = { maxBytes, keepRuns: keep.runs, pipelines, signal };
  try {
    const report = await boundStore(bound, project);
    if (report === undefined) return;
    const { beforeBytes, afterBytes, freed } = report;
    if (freed > 0) {
      const text = `Freed ${renderBytes(beforeBytes - afterBytes)}, ${String(freed)} values of old runs: the store was larger than keep.size, ${keep.size}`;
      events.emit({ kind: "noted", text });
    }
    if (afterBytes <= maxBytes) return;
    events.emit({
      kind: "found",
      diagnostic: {
        code: "store-above-bound",
        severity: "warning",
        message: `the store holds ${renderBytes(afterBytes)}, more than keep.size, ${keep.size}: models, revisions, recorded data and the newest runs need what is left`,
        hint: "set keep.size in .mlopsrc.yaml, or forget runs and data that are not needed: mlops runs rm, mlops clean",
      },
    });
  } catch (error) {
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    events.emit({
      kind: "found",
      diagnostic: {
        code: "store-not-bounded",
        severity: "warning",
        message: `old values could not be freed: ${reason}`,
        hint: "mlops clean tries it again",
      },
    });
  }
}

/** Flags and settings → `app/assess-maturity.ts`. */
import { assessMaturity } from "../../app/assess-maturity.ts";
import { STATE_FOLDER, STORE_FOLDER } from "../../app/find-project.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Assessment } from "../../maturity/schema.ts";
import type { CommandContext } from "../context.ts";

/** The assessment, and why it is not enough; `undefined` when it is, or nobody asked. */
export async function runAssess(
  context: CommandContext,
  flags: {
    readonly failUnder: number | undefined;
    readonly gateOn: "proven" | "claimed" | undefined;
  },
): Promise<{ readonly result: Assessment; readonly below: Diagnostic | undefined }> {
  const { wiring } = context;
  const { root } = await context.project();
  const files = await wiring.files(root);
  // Opening would make a registry; one that is not there must stay away.
  const path = `${root}/${STATE_FOLDER}/registry.db`;
  const registry = (await files.kind(path)) === "file" ? await wiring.registry(path) : undefined;
  const result = await assessMaturity({
    files,
    parser: await wiring.parser(),
    registry,
    store: STORE_FOLDER,
  });
  return { result, below: belowLevel(result, flags) };
}

function belowLevel(
  result: Assessment,
  flags: {
    readonly failUnder: number | undefined;
    readonly gateOn: "proven" | "claimed" | undefined;
  },
): Diagnostic | undefined {
  const { failUnder } = flags;
  const gateOn = flags.gateOn ?? "proven";
  const reached = result[gateOn];
  if (failUnder === undefined || reached.level >= failUnder) return undefined;
  return {
    code: "assess-below-level",
    severity: "error",
    message: `the ${gateOn} level is ${String(reached.level)}, asked for is ${String(failUnder)}; unmet gates: ${reached.unmet.join(", ")}`,
    hint:
      gateOn === "proven"
        ? "--gate-on claimed looks at static evidence only"
        : "the report lists what to do next",
  };
}

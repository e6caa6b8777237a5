/** Reading and planning alone, as a measurement: nothing is run. */
import { dirname } from "node:path";
import { loadNotebooks } from "../../../src/app/load-notebook.ts";
import { MlopsError } from "../../../src/base/errors.ts";
import { wire } from "../../../src/cli/wire.ts";
import type { NotebookProgram } from "../../../src/pipeline/notebook-program.ts";
import { planNotebook } from "../../../src/pipeline/plan-notebook.ts";

/** How it ended; `threw` is a bug. */
export interface ReadAndPlanned {
  readonly ms: number;
  readonly program: NotebookProgram | undefined;
  readonly steps: number;
  /** Code of what refused it. */
  readonly refused?: string;
  readonly threw?: string;
}

const wiring = wire({ emit: () => undefined });

/** @param path Absolute path of a notebook. Never throws. */
export async function readAndPlan(path: string): Promise<ReadAndPlanned> {
  const files = await wiring.files(dirname(path));
  const parser = await wiring.parser();
  const startedAtMs = performance.now();
  const ms = (): number => performance.now() - startedAtMs;
  try {
    const { program } = await loadNotebooks(
      [path],
      { files, parser },
      { pipeline: "inspected", environment: {} },
    );
    const { plan, diagnostics } = planNotebook({
      program,
      name: "inspected",
      root: ".",
      observation: undefined,
      python: "3.11",
      cut: "role",
    });
    const refused = diagnostics.find(({ severity }) => severity === "error")?.code;
    return {
      ms: ms(),
      program,
      steps: plan?.steps.length ?? 0,
      ...(refused === undefined ? {} : { refused }),
    };
  } catch (error) {
    if (error instanceof MlopsError)
      return { ms: ms(), program: undefined, steps: 0, refused: error.code };
    const threw = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ms: ms(), program: undefined, steps: 0, threw };
  }
}

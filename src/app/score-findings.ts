/** What is worth saying about a scored file; of many warnings the first, and how many there are. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { ContractProblem } from "../contract/check-rows.ts";
import { MAX_PROBLEMS } from "../contract/check-rows.ts";
import { diagnosticOf } from "./check-batch.ts";
import type { ScoreChunk } from "./score-input.ts";

export interface ScoreFindings {
  readonly unused: (names: ReadonlySet<string>) => void;
  readonly warning: (problem: ContractProblem, chunk: ScoreChunk) => void;
  /** In the order of the methods above. */
  readonly diagnostics: () => readonly Diagnostic[];
}

/** @param file As people know it. */
export function createFindings(file: string): ScoreFindings {
  const unused = new Set<string>();
  const warnings: Diagnostic[] = [];
  let omitted = 0;
  return {
    unused: (names) => {
      for (const name of names) unused.add(name);
    },
    warning: (problem, chunk) => {
      if (warnings.length < MAX_PROBLEMS) warnings.push(diagnosticOf(problem, chunk, file));
      else omitted += 1;
    },
    diagnostics: () => [
      ...[...unused].map((name) =>
        warn("unknown-column", `column "${name}" is not in the contract and was left out`, file),
      ),
      ...warnings,
      ...(omitted === 0
        ? []
        : [warn("warnings-omitted", `${String(omitted)} more values are worth a warning`, file)]),
    ],
  };
}

function warn(code: string, message: string, path: string): Diagnostic {
  return { code, severity: "warning", message, where: { path } };
}

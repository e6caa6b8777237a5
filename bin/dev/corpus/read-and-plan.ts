/**
 * The text of a notebook → what reading and planning say of it, as `mlops inspect` does: nothing is run, and nothing beside
 * the notebook is looked at, so its own modules and what it brings in with `%run` are not there.
 */
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
import { checkExecutionOrder } from "../../../src/notebook/execution-order.ts";
import { readNotebook } from "../../../src/notebook/read-notebook.ts";
import { expandRuns } from "../../../src/pipeline/expand-runs.ts";
import {
  buildNotebookProgram,
  type NotebookProgram,
} from "../../../src/pipeline/notebook-program.ts";
import { planNotebook } from "../../../src/pipeline/plan-notebook.ts";
import { isModelFitCall } from "../../../src/pipeline/roles.ts";
import type { PythonParser } from "../../../src/python/parse.ts";

/** How far one notebook came. */
export type ReadAndPlanned = {
  /** Milliseconds that it took. */
  readonly ms: number;
  /** Whether it splits rows for training and testing, or fits a model with features and labels. */
  readonly supervised: boolean;
} & (
  | {
      readonly kind: "planned";
      readonly steps: number;
      readonly diagnostics: readonly Diagnostic[];
    }
  /** The first error speaks; `diagnostics` has all. `isRead` is false where the file was no Python notebook. */
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly isRead: boolean;
      readonly diagnostics: readonly Diagnostic[];
    }
  /** Always a bug. */
  | { readonly kind: "threw"; readonly error: unknown }
);

/** @param nowMs A clock: a number of milliseconds that only grows. */
export function readAndPlan(
  text: string,
  path: string,
  { parser, nowMs }: { readonly parser: PythonParser; readonly nowMs: () => number },
): ReadAndPlanned {
  const started = nowMs();
  try {
    const outcome = outcomeOf(text, path, parser);
    return { ...outcome, ms: nowMs() - started };
  } catch (error) {
    return { kind: "threw", error, supervised: false, ms: nowMs() - started };
  }
}

type Outcome =
  | Omit<Extract<ReadAndPlanned, { readonly kind: "planned" }>, "ms">
  | Omit<Extract<ReadAndPlanned, { readonly kind: "refused" }>, "ms">;

function outcomeOf(text: string, path: string, parser: PythonParser): Outcome {
  const read = readNotebook(text, path);
  if (read.value === undefined) return refused(read.diagnostics, undefined);
  const expanded = expandRuns(read.value, [read.value], new Map(), parser);
  const built = buildNotebookProgram(expanded.notebook, parser);
  const found = [
    ...read.diagnostics,
    ...expanded.diagnostics,
    ...checkExecutionOrder(read.value),
    ...built.diagnostics,
  ];
  if (found.some(({ severity }) => severity === "error")) return refused(found, built.value);
  const { plan, diagnostics } = planNotebook({
    program: built.value,
    name: "inspected",
    root: ".",
    observation: undefined,
    python: "3.11",
    cut: "role",
  });
  const all = [...found, ...diagnostics];
  return plan === undefined
    ? refused(all, built.value)
    : {
        kind: "planned",
        steps: plan.steps.length,
        supervised: isSupervised(built.value),
        diagnostics: all,
      };
}

function refused(
  diagnostics: readonly Diagnostic[],
  program: NotebookProgram | undefined,
): Outcome {
  const first = diagnostics.find(({ severity }) => severity === "error");
  if (first === undefined) throw new Error("nothing says why there is no plan");
  const isRead = program !== undefined;
  const supervised = isRead && isSupervised(program);
  return { kind: "refused", code: first.code, isRead, supervised, diagnostics };
}

function isSupervised({ facts }: NotebookProgram): boolean {
  return facts.statements.some(({ calls }) =>
    calls.some(
      (call) =>
        call.callee === "sklearn.model_selection.train_test_split" ||
        (isModelFitCall(call) &&
          call.arguments.filter(({ keyword }) => keyword === undefined).length >= 2),
    ),
  );
}

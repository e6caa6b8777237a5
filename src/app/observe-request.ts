/** A program → what the observer is asked to run: statements by cell, what they may change, what to store. */
import { dirname, relative } from "node:path/posix";
import { moveStatement } from "../codegen/moved-statement.ts";
import type { Cell } from "../notebook/cell.ts";
import { cellSources, partOfCell, placeOfCell } from "../notebook/notebook-parts.ts";
import type { Capture, ObserveRequest } from "../observation/schema.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { StatementFacts } from "../python/facts.ts";
import { mutatedNames } from "../python/mutated-names.ts";

/**
 * Seed of the global generators in every run that is compared; `DEFAULT_SEED` in `_runtime.py`, under which pipelines run, too.
 * One that no notebook sets itself: where the two are the same, a pipeline that no longer sets it looks like the notebook.
 */
export const COMPARISON_SEED = 271_828_182;

export interface RequestInput {
  readonly program: NotebookProgram;
  /** Values to store and metrics to record; `undefined` in the first run, which only watches and tells what cells show. */
  readonly reference: { readonly plan: Plan; readonly captures: readonly Capture[] } | undefined;
  /** How many folders above the notebook's the copy has. */
  readonly above: number;
  readonly allowNetwork: boolean;
  readonly allowWrite: boolean;
}

/** Without what names folders of this machine. */
export type SentRequest = Omit<ObserveRequest, "root" | "project" | "store" | "modules">;

/** One for each notebook, in their order. */
export function buildRequests(input: RequestInput): readonly [SentRequest, ...SentRequest[]] {
  const whole = buildRequest(input);
  const { parts } = input.program.notebook;
  if (parts === undefined) return [whole];
  const [first, ...others] = parts.map(({ path }, at): SentRequest => {
    const isHere = ({ cell }: { readonly cell: number }): boolean => partOfCell(parts, cell) === at;
    return {
      ...whole,
      notebook: path.split("/").at(-1) ?? path,
      cells: whole.cells.filter(isHere),
      captures: whole.captures.filter(({ after }) => isHere(after)),
    };
  });
  return first === undefined ? [whole] : [first, ...others];
}

function buildRequest(input: RequestInput): SentRequest {
  const { program, reference } = input;
  const cells = program.cells.map(({ cell }, unit) => {
    const statements = program.facts.statements.filter((statement) => statement.unit === unit);
    return {
      cell: cell.number,
      statements: statements.map((statement) => {
        const ref = { cell: cell.number, index: statement.index, span: statement.span };
        // The reference run records metrics through the same call that the pipeline uses; its literals stay.
        const text =
          reference === undefined
            ? (program.cells[unit]?.python.slice(statement.span.start, statement.span.end) ?? "")
            : moveStatement(program, reference.plan, ref, {
                metricName: "__mlops_metric__",
                liftParameters: false,
                comments: false,
              }).text;
        const insteadOf = program.importedScripts.filter(
          (script) => script.cell === cell.number && script.line === statement.line,
        );
        return {
          index: statement.index,
          line: statement.line,
          code: text,
          ...(reference === undefined &&
          statement === statements.at(-1) &&
          isShown(program, statement)
            ? { shows: true as const }
            : {}),
          ...(insteadOf.length === 0 || statement.imports.some((one) => !isOfScript(one, insteadOf))
            ? {}
            : { insteadOf: insteadOf.map(({ path, text: code }) => ({ path, code })) }),
        };
      }),
      expectedChanges: [
        ...new Set(
          statements.flatMap((statement) => [
            ...statement.mayWrite,
            ...statement.deletes,
            ...mutatedNames(statement),
          ]),
        ),
      ].sort(),
      ...runOf(program, cell),
    };
  });
  return {
    notebook: program.notebook.path.split("/").at(-1) ?? program.notebook.path,
    cells,
    captures: [...(reference?.captures ?? [])],
    seed: COMPARISON_SEED,
    ...(input.above === 0 ? {} : { above: input.above }),
    allowNetwork: input.allowNetwork,
    allowWrite: input.allowWrite,
  };
}

/** Whether a notebook shows the value of a cell's last statement: no semicolon follows. */
function isShown({ cells }: NotebookProgram, { kind, unit, span }: StatementFacts): boolean {
  if (kind !== "expression" || cells[unit]?.cell.script !== undefined) return false;
  return !(cells[unit]?.python ?? "").slice(span.end).trimStart().startsWith(";");
}

/** The import of the script itself, not one that it has inside. */
function isOfScript(
  { module }: { readonly module: string },
  scripts: readonly { readonly path: string }[],
): boolean {
  return scripts.some(({ path }) => path.split("/").at(-1) === `${module}.py`);
}

/** What `%run` makes of a cell. */
function runOf(
  { notebook }: NotebookProgram,
  { number, script, continues }: Cell,
): Pick<SentRequest["cells"][number], "file" | "script" | "continues"> {
  if (notebook.origins === undefined) return {};
  const { path } = placeOfCell(cellSources(notebook), number);
  return {
    ...(path === notebook.path ? {} : { file: path.split("/").at(-1) ?? path }),
    ...(continues === undefined ? {} : { continues }),
    ...(script === undefined
      ? {}
      : {
          script: {
            ...script,
            arguments: [...script.arguments],
            path: relative(dirname(notebook.path), path),
          },
        }),
  };
}

/** Reading and planning without running anything. */
import { basename } from "node:path";
import { loadNotebooks } from "../../app/load-notebook.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { UsageError } from "../../base/errors.ts";
import {
  cellSources,
  findingsInParts,
  hasSeveralFiles,
  placeOfCell,
} from "../../notebook/notebook-parts.ts";
import { cellNumber, type NotebookProgram } from "../../pipeline/notebook-program.ts";
import { planNotebook } from "../../pipeline/plan-notebook.ts";
import { buildDataflow } from "../../python/dataflow.ts";
import type { StatementFacts } from "../../python/facts.ts";
import { renderFacts } from "../../python/render-facts.ts";
import { backwardSlice } from "../../python/slice.ts";
import type { CommandContext } from "../context.ts";
import type { Address, Edge, InspectResult, ListedFacts, Sliced } from "../inspect-schema.ts";
import { fromRoot } from "../open-project.ts";
import { renderPlan } from "../render/plan.ts";
import { renderRows } from "../render/table.ts";
import { plainStyle } from "../style.ts";

export interface InspectFlags {
  /** In the order in which they are run. */
  readonly notebooks: readonly string[];
  readonly phase: "facts" | "graph" | "plan" | undefined;
  readonly slice: string | undefined;
}

interface Inspected {
  readonly result: InspectResult;
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws UsageError `name-unknown` when nothing in the notebook binds the name to slice by. */
export async function runInspect(context: CommandContext, flags: InspectFlags): Promise<Inspected> {
  const project = await context.project();
  const files = await context.wiring.files(project.root);
  const [first, ...others] = flags.notebooks.map((path) =>
    fromRoot(project, context.workingDirectory, path),
  );
  if (first === undefined) throw new Error("the command line asks for a notebook");
  const parser = await context.wiring.parser();
  const { program, diagnostics } = await loadNotebooks(
    [first, ...others],
    { files, parser },
    {
      pipeline: "inspected",
      environment: context.environment,
      listsNames: flags.phase === "facts" || flags.phase === "graph",
    },
  );
  if (flags.slice !== undefined) return { result: sliceOf(program, flags.slice), diagnostics };
  if (flags.phase === "facts") return { result: factsOf(program), diagnostics };
  if (flags.phase === "graph") return { result: graphOf(program), diagnostics };
  const planned = planNotebook({
    program,
    name: "inspected",
    root: ".",
    observation: undefined,
    python: "3.11",
    cut: "role",
  });
  const found = [...diagnostics, ...findingsInParts(program.notebook, planned.diagnostics)];
  if (planned.plan === undefined) {
    return { result: { phase: "plan", text: "no plan: see below" }, diagnostics: found };
  }
  const text = renderPlan(planned.plan);
  return { result: { phase: "plan", plan: planned.plan, text }, diagnostics: found };
}

function factsOf(program: NotebookProgram): InspectResult {
  const cells = program.cells.map(({ cell }, unit) => ({
    ...addressOfCell(program, cell.number),
    statements: program.facts.statements
      .filter((statement) => statement.unit === unit)
      .map(withoutSpread),
  }));
  return { phase: "facts", cells, text: renderFacts(withOwnNumbers(program)).trimEnd() };
}

/** Facts that list all names have nothing spread. */
function withoutSpread({ spread: _none, ...listed }: StatementFacts): ListedFacts {
  return listed;
}

function graphOf(program: NotebookProgram): InspectResult {
  const { statements } = program.facts;
  const edges = buildDataflow(program.facts).flatMap(({ from, to, name, kind }): Edge[] => {
    const [source, target] = [statements[from], statements[to]];
    if (source === undefined || target === undefined) return [];
    return [{ from: addressOf(program, source), to: addressOf(program, target), name, kind }];
  });
  const place = (at: Address): string => `${nameOfCell(at)}:${String(at.line)}`;
  const rows = edges.map(({ from, to, name, kind }) => [place(from), "→", place(to), name, kind]);
  return { phase: "graph", edges, text: renderRows(rows, plainStyle, { right: [0], indent: "" }) };
}

function sliceOf(program: NotebookProgram, name: string): InspectResult {
  const { statements } = program.facts;
  if (!statements.some((statement) => statement.mayWrite.includes(name))) {
    throw new UsageError(`nothing in the notebook binds ${name}`, {
      code: "name-unknown",
      where: { path: program.notebook.path },
      hint: "give the name of a variable, as in --slice model",
    });
  }
  const sliced = [...backwardSlice(program.facts, { names: [name] })].flatMap((at): Sliced[] => {
    const statement = statements[at];
    if (statement === undefined) return [];
    const { start, end } = statement.span;
    const source = program.facts.units[statement.unit]?.text.slice(start, end) ?? "";
    return [{ ...addressOf(program, statement), source }];
  });
  return { phase: "slice", statements: sliced, text: renderSlice(sliced) };
}

/** The statements as one script, with a comment where a new cell begins. */
function renderSlice(statements: readonly Sliced[]): string {
  let cell = "";
  const lines = statements.flatMap((statement) => {
    const { path, cell: number } = statement;
    const name = `${path === undefined ? "" : `${path}, `}cell ${String(number)}`;
    const heading = name === cell ? [] : [`# ${name}`];
    cell = name;
    return [...heading, statement.source];
  });
  return lines.join("\n");
}

function addressOf(program: NotebookProgram, statement: StatementFacts): Address {
  return { ...addressOfCell(program, cellNumber(program, statement)), line: statement.line };
}

/** As its own notebook numbers it; with the path where there are several. */
function addressOfCell(program: NotebookProgram, counted: number): Omit<Address, "line"> {
  const { notebook } = program;
  const sources = cellSources(notebook);
  if (!hasSeveralFiles(sources)) return { cell: counted };
  const { path, cell } = placeOfCell(sources, counted);
  // A Python file is one cell.
  return { path, cell: cell ?? 1 };
}

/** `4`, or `train.ipynb 4` where there are several. */
function nameOfCell({ path, cell }: Omit<Address, "line">): string {
  if (path === undefined) return String(cell);
  return path.endsWith(".ipynb") ? `${basename(path)} ${String(cell)}` : basename(path);
}

function withOwnNumbers(program: NotebookProgram): NotebookProgram["facts"] {
  const units = program.facts.units.map((unit) => ({
    ...unit,
    id: nameOfCell(addressOfCell(program, Number(unit.id))),
  }));
  return { ...program.facts, units };
}

/** Reading and planning without running anything. */
import { basename } from "node:path";
import { inspectFeatures } from "../../app/inspect-features.ts";
import { leakageFindings } from "../../app/leakage.ts";
import { examineNotebooks, loadNotebooks } from "../../app/load-notebook.ts";
import { nameOfPipeline } from "../../app/promote-notebook.ts";
import { readDeclaredServing } from "../../app/read-declared-serving.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { didYouMean } from "../../base/did-you-mean.ts";
import { UsageError } from "../../base/errors.ts";
import {
  cellSources,
  findingsInParts,
  hasSeveralFiles,
  placeOfCell,
} from "../../notebook/notebook-parts.ts";
import { unseededCalls, unseededWarning } from "../../pipeline/causes.ts";
import { cellNumber, type NotebookProgram } from "../../pipeline/notebook-program.ts";
import { planNotebook } from "../../pipeline/plan-notebook.ts";
import { sliceScript } from "../../pipeline/slice-script.ts";
import type { Files } from "../../ports/files.ts";
import type { PythonParser } from "../../python/parse.ts";
import { renderFacts } from "../../python/render-facts.ts";
import { backwardSlice, type SliceTarget } from "../../python/slice.ts";
import type { CommandContext } from "../context.ts";
import { viewFeatures } from "../inspect-features-view.ts";
import type { InspectResult } from "../inspect-schema.ts";
import { addressOf, cellEdges, viewFacts, viewGraph } from "../inspect-views.ts";
import { fromRoot } from "../open-project.ts";
import { renderFeatures } from "../render/features.ts";
import {
  renderCellEdges,
  renderCellFacts,
  renderScript,
  renderStatementEdges,
} from "../render/inspection.ts";
import { renderPlan } from "../render/plan.ts";

export interface InspectFlags {
  /** In the order in which they are run. */
  readonly notebooks: readonly string[];
  readonly phase: "facts" | "graph" | "plan" | "features" | undefined;
  /** A variable, or the number of a cell, with `NOTEBOOK:` before it where there are several. */
  readonly slice: string | undefined;
  /** The text has a line for each statement. */
  readonly statements: boolean;
}

interface Inspected {
  readonly result: InspectResult;
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws UsageError `name-unknown`, `cell-unknown` when there is nothing to slice by. */
export async function runInspect(context: CommandContext, flags: InspectFlags): Promise<Inspected> {
  const project = await context.project();
  const files = await context.wiring.files(project.root);
  const [first, ...others] = flags.notebooks.map((path) =>
    fromRoot(project, context.workingDirectory, path),
  );
  if (first === undefined) throw new Error("the command line asks for a notebook");
  const parser = await context.wiring.parser();
  const looksOnly =
    flags.slice === undefined && (flags.phase === "facts" || flags.phase === "graph");
  const load = looksOnly ? examineNotebooks : loadNotebooks;
  const { program, diagnostics } = await load(
    [first, ...others],
    { files, parser },
    { pipeline: "inspected", environment: context.environment, listsNames: looksOnly },
  );
  if (flags.slice !== undefined) {
    const { result, diagnostics: ofSlice } = sliceOf(program, flags.slice);
    const placed = findingsInParts(program.notebook, ofSlice);
    return { result, diagnostics: [...diagnostics, ...placed] };
  }
  if (flags.phase === "facts") return { result: factsOf(program, flags), diagnostics };
  if (flags.phase === "graph") return { result: graphOf(program, flags), diagnostics };
  if (flags.phase === "features") {
    const config = await context.config();
    const name = nameOfPipeline({ name: undefined, notebooks: [first, ...others] });
    const folder = `${config.pipelines}/${name}`;
    const found = await featuresOf(program, { folder, files, parser });
    return { ...found, diagnostics: [...diagnostics, ...found.diagnostics] };
  }
  const planned = planNotebook({
    program,
    name: "inspected",
    root: ".",
    observation: undefined,
    python: "3.11",
    cut: "role",
  });
  const unseeded =
    planned.plan === undefined
      ? []
      : unseededWarning(unseededCalls(program, undefined), planned.plan, program.notebook.path);
  const leaks = leakageFindings(program, parser);
  const found = [
    ...diagnostics,
    ...findingsInParts(program.notebook, [...planned.diagnostics, ...unseeded, ...leaks]),
  ];
  if (planned.plan === undefined) {
    return { result: { phase: "plan", text: "no plan: see below" }, diagnostics: found };
  }
  const text = renderPlan(planned.plan);
  return { result: { phase: "plan", plan: planned.plan, text }, diagnostics: found };
}

/** Of the notebook as it stands, with what its pipeline declares of serving where it has been promoted. */
async function featuresOf(
  program: NotebookProgram,
  {
    folder,
    files,
    parser,
  }: { readonly folder: string; readonly files: Files; readonly parser: PythonParser },
): Promise<Inspected> {
  const { notebook } = program;
  const paths = notebook.parts?.map(({ path }) => path) ?? [notebook.path];
  const declared = await readDeclaredServing(folder, paths, files);
  const { plan, diagnostics } = planNotebook({
    program,
    name: "inspected",
    root: ".",
    observation: undefined,
    python: "3.11",
    cut: "role",
    ...(declared === undefined ? {} : { serving: declared.serving }),
  });
  const found = findingsInParts(notebook, diagnostics);
  if (plan === undefined) {
    const nothing = { statements: [], fields: [], text: "no plan: see below" };
    return { result: { phase: "features", ...nothing }, diagnostics: found };
  }
  const inspected = inspectFeatures(plan, program, { parser, folder });
  const view = viewFeatures(inspected, program, declared);
  return { result: { ...view, text: renderFeatures(view) }, diagnostics: found };
}

function factsOf(program: NotebookProgram, { statements }: InspectFlags): InspectResult {
  const cells = [...viewFacts(program)];
  const text = statements ? renderFacts(withOwnNumbers(program)) : renderCellFacts(cells);
  return { phase: "facts", cells, text: text.trimEnd() };
}

function graphOf(program: NotebookProgram, { statements }: InspectFlags): InspectResult {
  const { edges, cells } = viewGraph(program);
  const text = statements
    ? renderStatementEdges(edges)
    : renderCellEdges(cells, viewFacts(program));
  return { phase: "graph", cellEdges: cellEdges(cells), edges: [...edges], text };
}

function sliceOf(program: NotebookProgram, wanted: string): Inspected {
  const needed = backwardSlice(program.facts, targetOf(program, wanted));
  const script = sliceScript(program, needed);
  const statements = script.statements.map(({ facts, source }) => ({
    ...addressOf(program, facts),
    source,
  }));
  const preamble = [...script.preamble];
  const text = renderScript(preamble, statements);
  return {
    result: { phase: "slice", preamble, statements, text },
    diagnostics: script.diagnostics,
  };
}

function targetOf(program: NotebookProgram, wanted: string): SliceTarget {
  const cell = /^(?:(.+):)?(\d+)$/.exec(wanted);
  if (cell !== null) return cellTarget(program, cell[1], Number(cell[2]));
  const { statements } = program.facts;
  const bound = [...new Set(statements.flatMap(({ mayWrite }) => mayWrite))];
  const last = statements.findLast(
    ({ mayWrite, deletes }) => mayWrite.includes(wanted) || deletes.includes(wanted),
  );
  const where = { path: program.notebook.path };
  if (!bound.includes(wanted)) {
    throw new UsageError(`nothing in the notebook binds ${wanted}`, {
      code: "name-unknown",
      where,
      hint:
        didYouMean(wanted, bound) ??
        "give the name of a variable or the number of a cell, as in --slice model or --slice 12",
    });
  }
  if (last?.mayWrite.includes(wanted) === false) {
    throw new UsageError(`${wanted} is deleted here, so that it has no last value`, {
      code: "name-unknown",
      where: { ...where, cell: cellNumber(program, last), line: last.line },
      hint: "slice by the number of a cell before it",
    });
  }
  return { names: [wanted] };
}

/** All statements of a cell. @throws UsageError `cell-unknown` */
function cellTarget(
  program: NotebookProgram,
  path: string | undefined,
  wanted: number,
): SliceTarget {
  const { notebook } = program;
  const sources = cellSources(notebook);
  const several = hasSeveralFiles(sources);
  const places = notebook.cells.map(({ number, kind }) => ({
    number,
    kind,
    ...(several ? placeOfCell(sources, number) : { path: notebook.path, cell: number }),
  }));
  const [only, ...more] = new Set(places.map((place) => place.path));
  const of = path ?? (more.length === 0 ? only : undefined);
  if (of === undefined) {
    throw new UsageError(`cell ${String(wanted)} may be of several files`, {
      code: "cell-unknown",
      where: { path: notebook.path },
      hint: `name the file: --slice ${basename(only ?? "")}:${String(wanted)}`,
    });
  }
  const own = places.filter((place) => place.path === of || basename(place.path) === of);
  const found = own.find((place) => (place.cell ?? 1) === wanted);
  if (found?.kind !== "code") throw cellUnknown(of, wanted, found?.kind, own);
  const positions = program.facts.statements.flatMap((statement, at) =>
    cellNumber(program, statement) === found.number ? [at] : [],
  );
  return { statements: positions };
}

function cellUnknown(
  path: string,
  wanted: number,
  kind: string | undefined,
  own: readonly { readonly cell: number | undefined; readonly kind: string }[],
): UsageError {
  const code = own.filter((place) => place.kind === "code").map(({ cell }) => cell ?? 1);
  const [nearest] = [...code].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
  return new UsageError(
    kind === undefined
      ? `there is no cell ${String(wanted)}`
      : `cell ${String(wanted)} is ${kind}, not code`,
    {
      code: "cell-unknown",
      where: { path },
      hint:
        nearest === undefined
          ? "it has no cells of code; give a notebook that has"
          : `the nearest cell of code is ${String(nearest)}; cells are counted from 1, those of text included`,
    },
  );
}

function withOwnNumbers(program: NotebookProgram): NotebookProgram["facts"] {
  const cells = program.cells.map(({ cell }) => cell.number);
  const sources = cellSources(program.notebook);
  const several = hasSeveralFiles(sources);
  const units = program.facts.units.map((unit, at) => {
    const { path, cell } = placeOfCell(sources, cells[at] ?? 0);
    const number = String(cell ?? "");
    return { ...unit, id: several ? `${basename(path)} ${number}`.trimEnd() : number };
  });
  return { ...program.facts, units };
}

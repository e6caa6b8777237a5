/** Leakage of a notebook: what reading shows of it, and the program without it where that was asked for. */
import { basename } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import { buildFeatureProgram, type FeatureProgram } from "../features/feature-program.ts";
import { findLeakage, type Leak } from "../features/leakage/find-leakage.ts";
import { fixLeakage, isHarmful } from "../features/leakage/fix-leakage.ts";
import { reportLeakage } from "../features/leakage/leak-report.ts";
import type { CellChange } from "../notebook/cell.ts";
import { cellSources, hasSeveralFiles, placeOfCell } from "../notebook/notebook-parts.ts";
import type { Observation } from "../observation/schema.ts";
import type { DecidedItem } from "../pipeline/decisions.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import { planNotebook } from "../pipeline/plan-notebook.ts";
import type { PythonParser } from "../python/parse.ts";
import type { MetricValue as MetricNumber } from "../run/schema.ts";
import type { Reference } from "../verification/reference-schema.ts";
import { stop } from "./load-notebook.ts";

/** What `--fix leakage` changed, and what came of it. */
export interface FixReport {
  readonly what: "leakage";
  readonly places: readonly CellChange[];
  /** Of the notebook as it stands and as it was fixed; absent where one of them was not computed. */
  readonly metrics: readonly FixedMetric[];
}

/** One metric before and after; a series is told by its last value. */
export interface FixedMetric {
  readonly name: string;
  readonly notebook?: MetricNumber;
  readonly fixed?: MetricNumber;
}

interface Looked {
  readonly program: FeatureProgram;
  readonly leaks: readonly Leak[];
}

function look(program: NotebookProgram, parser: PythonParser): Looked {
  const features = buildFeatureProgram({
    notebook: program.notebook.path,
    facts: program.facts,
    cellNumbers: program.cells.map(({ cell }) => cell.number),
    parser,
  });
  return { program: features, leaks: findLeakage(features) };
}

/** The findings, by the numbers that people know the cells by. */
export function leakageFindings(
  program: NotebookProgram,
  parser: PythonParser,
): readonly Diagnostic[] {
  const looked = look(program, parser);
  const sources = cellSources(program.notebook);
  const isMany = hasSeveralFiles(sources);
  const describeCell = (counted: number): string => {
    const { path, cell } = placeOfCell(sources, counted);
    const name = cell === undefined ? "" : `cell ${String(cell)}`;
    return isMany ? `${basename(path)} ${name}`.trimEnd() : name;
  };
  return reportLeakage(looked.program, looked.leaks, { describeCell });
}

/** Whether a person wants the leaks fixed: said now, or written in pipeline.yaml. */
function wantsFix(decisions: readonly DecidedItem[]): boolean {
  return decisions.some(({ decision }) => decision.kind === "fix");
}

/** The decision, where it is not on record yet. */
export function withFix(
  decisions: readonly DecidedItem[],
  fix: "leakage" | undefined,
): readonly DecidedItem[] {
  return fix === undefined || wantsFix(decisions)
    ? decisions
    : [...decisions, { decision: { kind: "fix", what: fix }, where: undefined }];
}

/** A notebook that can be read again with other cells. */
export interface Reloadable {
  readonly program: NotebookProgram;
  readonly reload: (cells: ReadonlyMap<number, string>) => Promise<NotebookProgram>;
}

/** The program to promote; without `changed` it is the notebook's own. */
interface FixedProgram {
  readonly program: NotebookProgram;
  readonly changed: readonly CellChange[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The notebook's program with what leaks in it told; with every leak fixed, where a decision says so.
 *
 * @throws InputError `leakage-not-fixed` for the first leak that cannot be; nothing is fixed by halves.
 */
export async function lookForLeakage(
  { program, reload }: Reloadable,
  decisions: readonly DecidedItem[],
  parser: PythonParser,
): Promise<FixedProgram> {
  const fixing = wantsFix(decisions)
    ? await fixedProgram(program, parser, reload)
    : { program, changed: [], diagnostics: [] };
  const findings = leakageFindings(fixing.program, parser);
  return { ...fixing, diagnostics: [...fixing.diagnostics, ...findings] };
}

/** @param reload Reads the notebook again with other cells. */
async function fixedProgram(
  program: NotebookProgram,
  parser: PythonParser,
  reload: Reloadable["reload"],
): Promise<FixedProgram> {
  const { notebook } = program;
  const looked = look(program, parser);
  const harmful = looked.leaks.filter(isHarmful);
  if (harmful.length === 0)
    return { program, changed: [], diagnostics: [nothingToFix(notebook.path)] };
  if (notebook.parts !== undefined || notebook.origins !== undefined)
    throw stop([severalFiles(notebook.path)], notebook.path);
  const sources = new Map(program.cells.map(({ cell }) => [cell.number, cell.source] as const));
  const fix = fixLeakage(looked.program, looked.leaks, sources);
  if (fix.kind === "refused") throw stop(fix.diagnostics, notebook.path);
  const hidden = [...fix.cells.values()].find((text) =>
    [...program.hidden.keys()].some((name) => text.includes(name)),
  );
  if (hidden !== undefined) throw stop([besideSecret(notebook.path)], notebook.path);
  const fixed = await reload(fix.cells);
  const left = look(fixed, parser).leaks.filter(isHarmful);
  if (left.length > 0) throw stop([stillThere(notebook.path)], notebook.path);
  const places = fix.places.map((place) => ({ ...place }));
  return {
    program: { ...fixed, notebook: { ...fixed.notebook, fixed: { kind: "leakage", places } } },
    changed: places,
    diagnostics: [],
  };
}

/** Metrics of the notebook as it stands, by a plan of its own; empty where it cannot be planned. */
export async function metricsAsItStands(
  program: NotebookProgram,
  planning: { readonly name: string; readonly root: string },
  run: (plan: Plan) => Promise<Observation>,
): Promise<ReadonlyMap<string, MetricNumber>> {
  const { plan } = planNotebook({
    ...planning,
    program,
    observation: undefined,
    python: "3.11",
    cut: "role",
  });
  const metrics = new Map<string, MetricNumber>();
  if (plan === undefined || plan.metrics.length === 0) return metrics;
  const { statements } = await run({ ...plan, artifacts: [] });
  for (const statement of statements)
    for (const { name, value } of statement.metrics) metrics.set(name, value);
  return metrics;
}

/**
 * What a fix changed, with its metrics beside those of the notebook as it stands; `undefined` when nothing was fixed.
 *
 * @param asItStands Runs the notebook as it stands; not called where there is nothing to put beside it.
 */
export async function fixReport(
  fixing: FixedProgram,
  reference: Reference | undefined,
  asItStands: () => Promise<ReadonlyMap<string, MetricNumber>>,
): Promise<FixReport | undefined> {
  if (fixing.changed.length === 0) return undefined;
  const metrics = reference === undefined ? [] : compareMetrics(await asItStands(), reference);
  return { what: "leakage", places: fixing.changed, metrics };
}

/** Both sides of every metric, in the notebook's order. */
function compareMetrics(
  notebook: ReadonlyMap<string, MetricNumber>,
  reference: Reference,
): readonly FixedMetric[] {
  const fixed = new Map<string, MetricNumber>();
  for (const step of Object.values(reference.metrics))
    for (const [name, values] of Object.entries(step)) {
      const last = values.at(-1);
      if (last !== undefined) fixed.set(name, last);
    }
  const names = [...new Set([...notebook.keys(), ...fixed.keys()])];
  return names.map((name) => {
    const [before, after] = [notebook.get(name), fixed.get(name)];
    return {
      name,
      ...(before === undefined ? {} : { notebook: before }),
      ...(after === undefined ? {} : { fixed: after }),
    };
  });
}

function nothingToFix(path: string): Diagnostic {
  return {
    code: "leakage-nothing-to-fix",
    severity: "note",
    message: "no leakage was found that could be fixed, so the pipeline is the notebook's",
    hint: "the decision stays in pipeline.yaml; remove it there if it is no longer meant",
    where: { path },
  };
}

function severalFiles(path: string): Diagnostic {
  return {
    code: "leakage-not-fixed",
    severity: "error",
    message:
      "leakage is fixed in one notebook by itself, not in several or in files that %run brings in",
    hint: "promote the notebook that trains the model by itself, or mend it by hand",
    where: { path },
  };
}

function besideSecret(path: string): Diagnostic {
  return {
    code: "leakage-not-fixed",
    severity: "error",
    message: "a cell that would have to be fixed holds a secret, which is not moved about",
    hint: "keep the secret in the environment, or in a cell of its own",
    where: { path },
  };
}

function stillThere(path: string): Diagnostic {
  return {
    code: "leakage-not-fixed",
    severity: "error",
    message: "the notebook still leaks after everything that could be fixed was",
    hint: "mend it by hand; nothing was written",
    where: { path },
  };
}

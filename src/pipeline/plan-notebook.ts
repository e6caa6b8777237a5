/**
 * Cells and facts → Plan. Decides nothing about text: `codegen` writes it, `verification` proves it.
 * Invariant: where a cut would not be sound the two sides become one step, and where no step would be, planning refuses with the place.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { type Reconciled, reconcile, SEEN } from "../observation/reconcile.ts";
import type { Observation } from "../observation/schema.ts";
import type { StatementFacts } from "../python/facts.ts";
import { buildArtifacts } from "./artifacts.ts";
import { type SegmentInterface, segmentInterfaces } from "./interfaces.ts";
import { keepStatements } from "./keep.ts";
import { findMetrics, metricsOfStep } from "./metrics.ts";
import { nameSteps } from "./name-steps.ts";
import { type NameTable, sortNames } from "./names.ts";
import { cellNumber, type NotebookProgram, refOf } from "./notebook-program.ts";
import { findParameters, kebab, liftLiteral } from "./parameters.ts";
import {
  addressOf,
  type Parameter,
  type Plan,
  type ServePlan,
  type StatementRef,
  type Step,
} from "./plan.ts";
import { refusals } from "./refusals.ts";
import { requirementNotes, requirementsOf } from "./requirements.ts";
import { type Cut, cutIntoSegments, joinStatements, type Segment } from "./segment.ts";
import { findServedModel, fittedModels } from "./served-model.ts";
import { soundSegments } from "./sound-segments.ts";

export interface PlanInput {
  readonly program: NotebookProgram;
  /** Name of the pipeline (contract 1). */
  readonly name: string;
  /** Working directory of the steps, relative to the pipeline's folder. */
  readonly root: string;
  /** `undefined` with `--no-observe`. */
  readonly observation: Observation | undefined;
  /** Used when there is no observation: `major.minor`. */
  readonly python: string;
  readonly cut: Cut;
  /** Addresses of the first and last statement of what must be one step, because cut apart it did not compute the same. */
  readonly together?: readonly (readonly [string, string])[];
}

/** The plan, or `undefined` when an error diagnostic says why there is none. */
export interface Planned {
  readonly plan: Plan | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Module names of the generated package that no step may take. */
export const RESERVED_STEP_NAMES: ReadonlySet<string> = new Set([
  "features",
  "settings",
  "helpers",
  "predict",
  "contract",
  "runtime",
  "pipeline",
  "run",
  "step",
  "describe",
]);

/** Plans what the notebook keeps; an error diagnostic with its place where that cannot be done soundly. Pure: the same input gives the same plan. */
export function planNotebook(input: PlanInput): Planned {
  const { program, observation } = input;
  const path = program.notebook.path;
  const facts = reconcile({
    path,
    statements: program.facts.statements,
    cellOf: (statement) => cellNumber(program, statement),
    observation,
  });
  const names = sortNames({
    ...program,
    facts: { ...program.facts, statements: facts.statements },
  });
  const ordinary = facts.statements.filter((statement) => !isHoisted(statement, names));
  const needed = keepStatements(ordinary, facts.shares);
  const kept = ordinary.filter((statement) => needed.has(statement));
  const refused = refusals({ program, kept, all: facts.statements, names });
  if (refused.length > 0)
    return { plan: undefined, diagnostics: [...facts.diagnostics, ...refused] };
  if (kept.length === 0)
    return { plan: undefined, diagnostics: [...facts.diagnostics, nothingToPromote(path)] };
  return assemble(input, facts, names, kept);
}

function assemble(
  input: PlanInput,
  facts: Reconciled,
  names: NameTable,
  kept: readonly StatementFacts[],
): Planned {
  const { program, observation } = input;
  const path = program.notebook.path;
  const served = findServedModel(kept);
  const results = new Set(served === undefined ? [] : [served.variable]);
  // Every model leaves its step, so that it is compared and kept, read later or not.
  const end = kept.at(-1);
  for (const name of fittedModels(kept).keys()) {
    const last = end === undefined ? undefined : facts.valueAfter(cellNumber(program, end), name);
    if (last?.pickleError === null) results.add(name);
  }
  const helperConstants = constantsOfHelpers(names);
  const isData = (name: string): boolean =>
    !names.importedNames.has(name) && !names.helperNames.has(name) && !names.constants.has(name);
  const sound = soundSegments({
    segments: joinStatements(
      cutIntoSegments(kept, headingsAbove(program), input.cut),
      input.together ?? [],
      (statement) => addressOf(refOf(program, statement)),
    ),
    interfacesOf: (segments) =>
      segmentInterfaces(segments, {
        isData,
        shares: facts.shares,
        results,
      }),
    cellOf: (statement) => cellNumber(program, statement),
    valueAfter: facts.valueAfter,
    isImported: (name) => names.importedNames.has(name),
    isShared: (name) => names.helperNames.has(name),
    path,
  });
  const { segments, interfaces } = sound;
  // A module whose function bears the name of something it imports would hide it.
  const reserved = new Set([
    ...RESERVED_STEP_NAMES,
    ...[...names.importedNames.keys(), ...names.helperNames.keys()].map(kebab),
  ]);
  const named = nameSteps(segments, reserved);
  const located = kept.map((statement) => ({ statement, ref: refOf(program, statement) }));
  const read = new Set(kept.flatMap((statement) => statement.reads));
  const usedConstants = [...names.constants].filter(
    ([name]) => !helperConstants.has(name) && read.has(name),
  );
  const parameters = findParameters({
    statements: located,
    constants: usedConstants.flatMap(([name, statement]) => {
      const literal = liftLiteral(statement.constant?.literal);
      return literal === undefined ? [] : [{ name, literal }];
    }),
    taken: new Set(
      facts.statements.flatMap((statement) => [...statement.mayWrite, ...statement.reads]),
    ),
  });
  const definitions = [...names.helpers].map((statement) => ({
    statement,
    ref: refOf(program, statement),
  }));
  const metrics = findMetrics([...definitions, ...located]);
  const built = buildArtifacts({
    segments,
    interfaces,
    stepNames: named.map((step) => step.name),
    shares: facts.shares,
    observed: (segment, variable) => {
      const last = segment.statements.at(-1);
      return last === undefined ? undefined : facts.valueAfter(cellNumber(program, last), variable);
    },
  });
  const steps = segments.map((segment, at): Step => {
    const refs = segment.statements.map((statement) => refOf(program, statement));
    const own = new Set(refs.map(addressOf));
    const runs = segment.statements.map((statement) =>
      facts.statementRun(cellNumber(program, statement), statement.index),
    );
    return {
      name: named[at]?.name ?? "step",
      role: segment.role,
      summary: named[at]?.summary ?? "",
      cells: [...new Set(refs.map((ref) => ref.cell))],
      statements: refs,
      inputs: built.inputs[at] ?? [],
      outputs: built.outputs[at] ?? [],
      params: parametersOf(segment, refs, parameters),
      metrics: metricsOfStep(metrics, { own, statements: segment.statements }, definitions),
      reads: sortedPaths([
        ...segment.statements.flatMap((statement) => filesOf(statement, "read")),
        ...runs.flatMap((run) => run?.filesRead.map((file) => file.path) ?? []),
      ]),
      writes: sortedPaths([
        ...segment.statements.flatMap((statement) => filesOf(statement, "write")),
        ...runs.flatMap((run) => run?.filesWritten.map((file) => file.path) ?? []),
      ]),
      random: segment.statements.some((statement) =>
        statement.ambient.some((effect) => effect.resource.startsWith("random:")),
      )
        ? "global"
        : "none",
    };
  });
  const helperRefs = [
    ...names.helpers,
    ...[...names.constants]
      .filter(([name]) => helperConstants.has(name))
      .map(([, statement]) => statement),
  ];
  const inOrder = (statements: Iterable<StatementFacts>): readonly StatementRef[] =>
    [...statements]
      .sort((a, b) => a.unit - b.unit || a.index - b.index)
      .map((statement) => refOf(program, statement));
  const plan: Plan = {
    version: 1,
    name: input.name,
    notebook: { path, sha256: program.notebook.sha256 },
    ...(program.modules.length === 0
      ? {}
      : {
          modules: program.modules.map((module) => ({
            path: module.path,
            source: module.source,
            sha256: module.sha256,
          })),
        }),
    root: input.root,
    python:
      observation?.environment === undefined
        ? input.python
        : observation.environment.python.split(".").slice(0, 2).join("."),
    imports: inOrder(names.imports),
    setup: inOrder(names.setup),
    helpers: inOrder(helperRefs),
    steps,
    artifacts: built.artifacts,
    parameters,
    metrics,
    serve:
      served === undefined
        ? undefined
        : servePlan(served.variable, segments, built.artifacts, interfaces),
    leftOut: leftOut(program, facts.statements, new Set(kept), names),
    requirements: requirementsOf(observation),
  };
  const notes = requirementNotes(plan.requirements, program.notebook.path);
  return { plan, diagnostics: [...facts.diagnostics, ...sound.diagnostics, ...notes] };
}

function isHoisted(statement: StatementFacts, names: NameTable): boolean {
  if (names.imports.has(statement) || names.helpers.has(statement) || names.setup.has(statement))
    return true;
  return (
    statement.constant !== undefined && names.constants.get(statement.constant.name) === statement
  );
}

/** Constants that a shared definition reads stand beside it, so that it keeps seeing them. */
function constantsOfHelpers(names: NameTable): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const helper of names.helpers) {
    for (const name of [...(helper.definition?.freeReads ?? []), ...helper.reads])
      if (names.constants.has(name)) needed.add(name);
  }
  return needed;
}

/** The heading of the section that a statement stands in. */
function headingsAbove(
  program: NotebookProgram,
): (statement: StatementFacts) => string | undefined {
  let heading: string | undefined;
  const above = program.notebook.cells.map((cell, at) => {
    const before = heading;
    if (cell.kind === "markdown") {
      const last = cell.source
        .split("\n")
        .filter((line) => /^#{1,6}\s+\S/.test(line))
        .at(-1);
      // The notebook's title is no section.
      if (last !== undefined && !(at === 0 && /^#\s/.test(last)))
        heading = last.replace(/^#+\s+/, "").trim();
    }
    return before;
  });
  return (statement) => above[cellNumber(program, statement) - 1];
}

function parametersOf(
  segment: Segment,
  refs: readonly StatementRef[],
  parameters: readonly Parameter[],
): readonly string[] {
  const reads = new Set(segment.statements.flatMap((statement) => statement.reads));
  const own = new Set(refs.map(addressOf));
  return parameters
    .filter((parameter) =>
      parameter.places.length === 0
        ? reads.has(parameter.variable)
        : parameter.places.some((place) => own.has(addressOf(place))),
    )
    .map((parameter) => parameter.name);
}

function filesOf(statement: StatementFacts, access: "read" | "write"): readonly string[] {
  return statement.ambient.flatMap((effect) =>
    effect.resource === "file" &&
    effect.detail !== undefined &&
    (effect.access === access || effect.access === "read-write") &&
    !effect.detail.includes("://") &&
    effect.because !== SEEN
      ? [effect.detail]
      : [],
  );
}

function sortedPaths(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map((path) => path.replace(/^\.\//, "")))].sort();
}

function servePlan(
  variable: string,
  segments: readonly Segment[],
  artifacts: Plan["artifacts"],
  interfaces: readonly SegmentInterface[],
): ServePlan | undefined {
  const model = artifacts.findLast((artifact) => artifact.variables.includes(variable));
  if (model === undefined) return undefined;
  // The raw table: what the loading segment binds and hands on without touching it again.
  const load = segments.findIndex((segment) => segment.role === "load");
  const raw = load === -1 ? undefined : rawArtifact(segments[load], interfaces[load], artifacts);
  return {
    model: model.name,
    modelVariable: variable,
    raw,
    entity: undefined,
    time: undefined,
    unseen: "other",
  };
}

function rawArtifact(
  segment: Segment | undefined,
  iface: SegmentInterface | undefined,
  artifacts: Plan["artifacts"],
): string | undefined {
  if (segment === undefined || iface === undefined) return undefined;
  for (const name of iface.outputs) {
    const touching = segment.statements.filter(
      (statement) =>
        statement.mayWrite.includes(name) ||
        statement.mutations.some((mutation) => mutation.name === name),
    );
    if (touching.length !== 1) continue;
    return artifacts.find(
      (artifact) => artifact.variables.length === 1 && artifact.variables[0] === name,
    )?.name;
  }
  return undefined;
}

function leftOut(
  program: NotebookProgram,
  statements: readonly StatementFacts[],
  kept: ReadonlySet<StatementFacts>,
  names: NameTable,
): Plan["leftOut"] {
  return statements
    .filter((statement) => !kept.has(statement) && !isHoisted(statement, names))
    .map((statement) => ({
      statement: refOf(program, statement),
      because: leftOutReason(statement),
    }));
}

function leftOutReason(statement: StatementFacts): string {
  if (statement.ambient.some((effect) => effect.resource === "figure"))
    return "draws a figure that nothing else needs";
  if (statement.isBareExpression) return "only shows something";
  if (statement.ambient.some((effect) => effect.resource === "stdout")) return "only prints";
  return "no result depends on it";
}

function nothingToPromote(path: string): Diagnostic {
  return {
    code: "nothing-to-promote",
    severity: "error",
    message: "the notebook has no statement that makes or changes a value",
    hint: "promote a notebook that trains a model, computes a metric or writes a file",
    where: { path },
  };
}

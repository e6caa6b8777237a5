/**
 * Cells and facts → Plan. Decides nothing about text: `codegen` writes it, `verification` proves it.
 * Invariant: where a cut would not be sound the two sides become one step, and where no step would be, planning refuses with the place.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { type Reconciled, reconcile } from "../observation/reconcile.ts";
import type { Observation } from "../observation/schema.ts";
import type { StatementFacts } from "../python/facts.ts";
import { buildArtifacts } from "./artifacts.ts";
import { clockNames } from "./clock-reads.ts";
import {
  applyDecisions,
  type DecidedItem,
  type LocatedDecisions,
  locateDecisions,
} from "./decisions.ts";
import { whyInOneProcess } from "./definition-reasons.ts";
import { droppedCells } from "./drop-cells.ts";
import { followedCalls } from "./followed-calls.ts";
import { markHandMetrics } from "./hand-metrics.ts";
import { headingsAbove } from "./headings.ts";
import { type InterfaceOptions, segmentInterfaces } from "./interfaces.ts";
import { keepStatements } from "./keep.ts";
import { keptResults } from "./kept-results.ts";
import { leftOut } from "./left-out.ts";
import { findMetrics, metricsOfStep } from "./metrics.ts";
import { nameSteps } from "./name-steps.ts";
import { constantsOfHelpers, isHoisted, type NameTable, sortNames } from "./names.ts";
import { cellNumber, type NotebookProgram, notebookOf, refOf } from "./notebook-program.ts";
import { inNotebookOf, isOneNotebook, stepAcrossNotebooks } from "./one-notebook.ts";
import { outsideOf } from "./outside.ts";
import { findParameters, kebab, liftLiteral, parametersOfStep } from "./parameters.ts";
import { addressOf, type Plan, type StatementRef, type Step } from "./plan.ts";
import { servableModels, servedModelOf } from "./planned-model.ts";
import { nothingToPromote, refusals } from "./refusals.ts";
import { repeatEnvironmentReads } from "./repeat-environment-reads.ts";
import {
  findRepeated,
  namesMadeAgain,
  type RepeatedDefinitions,
  withoutRepeated,
  withRepeated,
} from "./repeated-definitions.ts";
import { requirementNotes, requirementsOf } from "./requirements.ts";
import { type Cut, cutIntoSegments, joinStatements, type Segment } from "./segment.ts";
import { type ServingChoice, servePlan } from "./serve-plan.ts";
import { matrixOfFit, modelsNotKept } from "./served-model.ts";
import { soundSegments } from "./sound-segments.ts";
import { filesOfStep, movesWorkingDirectory } from "./step-files.ts";

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
  /** What a person decided about the steps, in order. */
  readonly decisions?: readonly DecidedItem[];
  /** Serving settings that a person chose. */
  readonly serving?: ServingChoice;
}

/** The plan, or `undefined` when an error diagnostic says why there is none. */
export interface Planned {
  readonly plan: Plan | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Variables of the models that a person may choose from; absent without a plan. */
  readonly models?: readonly string[];
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
  const reconciled = reconcile({
    path,
    facts: program.facts,
    cellOf: (statement) => cellNumber(program, statement),
    observation,
  });
  const facts = {
    ...reconciled,
    statements: markHandMetrics(reconciled.statements, program.facts.units),
  };
  const names = sortNames({
    ...program,
    facts: { ...program.facts, statements: facts.statements },
  });
  const ordinary = facts.statements.filter((statement) => !isHoisted(statement, names));
  const located = locateDecisions(input.decisions ?? [], program);
  const dropped = droppedCells({
    kept: keptOf(ordinary, facts),
    items: located.items,
    cellOf: (statement) => cellNumber(program, statement),
    interfaces: interfaceOptions(input, facts, names, ordinary),
    path,
  });
  const wanted = ordinary.filter((statement) => !dropped.cells.has(cellNumber(program, statement)));
  const kept = keptOf(wanted, facts);
  const obstacles = [
    ...dropped.diagnostics,
    ...refusals({
      program,
      kept,
      all: facts.statements,
      names,
      moduleConstants: constantsOfHelpers(names),
    }),
  ];
  if (obstacles.some(({ severity }) => severity !== "warning"))
    return { plan: undefined, diagnostics: [...facts.diagnostics, ...obstacles] };
  const repeated = findRepeated(kept, facts.statements, names);
  const placed = withoutRepeated(kept, repeated);
  if (placed.length === 0)
    return { plan: undefined, diagnostics: [...facts.diagnostics, nothingToPromote(path)] };
  const chosen = { kept, placed, repeated, located, dropped: dropped.cells };
  const planned = assemble(input, facts, names, chosen);
  return { ...planned, diagnostics: [...planned.diagnostics, ...obstacles] };
}

function keptOf(
  statements: readonly StatementFacts[],
  facts: Reconciled,
): readonly StatementFacts[] {
  const needed = keepStatements(statements, facts.shares, followedCalls(facts.statements));
  return statements.filter((statement) => needed.has(statement));
}

function interfaceOptions(
  input: PlanInput,
  facts: Reconciled,
  names: NameTable,
  kept: readonly StatementFacts[],
): InterfaceOptions {
  const served = servedModelOf(input, facts, kept);
  return {
    isData: (name) =>
      !names.importedNames.has(name) && !names.helperNames.has(name) && !names.constants.has(name),
    shares: facts.shares,
    results: new Set(served === undefined ? [] : [served.variable]),
  };
}

function assemble(
  input: PlanInput,
  facts: Reconciled,
  names: NameTable,
  chosen: {
    readonly kept: readonly StatementFacts[];
    /** Those that are in one step each. */
    readonly placed: readonly StatementFacts[];
    readonly repeated: RepeatedDefinitions;
    readonly located: LocatedDecisions;
    readonly dropped: ReadonlySet<number>;
  },
): Planned {
  const { kept } = chosen;
  const { program, observation } = input;
  const callsOf = followedCalls(facts.statements);
  const path = program.notebook.path;
  const served = servedModelOf(input, facts, kept);
  const end = kept.at(-1);
  const results = keptResults({
    kept,
    all: facts.statements,
    served: served?.variable,
    matrix: matrixOfFit(served, kept),
    callsOf,
    lastValue: (name) =>
      end === undefined ? undefined : facts.valueAfter(cellNumber(program, end), name),
  });
  const helperConstants = constantsOfHelpers(names);
  const madeAgain = namesMadeAgain(chosen.repeated);
  const options = { ...interfaceOptions(input, facts, names, kept), results, madeAgain };
  const complete = (segment: Segment): Segment => withRepeated(segment, chosen.repeated);
  const soundly = {
    interfacesOf: (segments: readonly Segment[]) =>
      segmentInterfaces(segments.map(complete), options),
    cellOf: (statement: StatementFacts) => cellNumber(program, statement),
    valueAfter: facts.valueAfter,
    isImported: (name: string) => names.importedNames.has(name),
    isShared: (name: string) => names.helperNames.has(name),
    whyInOneProcess: (name: string) =>
      whyInOneProcess(name, {
        all: facts.statements,
        names,
        cellOf: (statement) => cellNumber(program, statement),
      }),
    path,
  };
  const proposed = soundSegments({
    ...soundly,
    segments: joinStatements(
      cutIntoSegments(chosen.placed, headingsAbove(program), input.cut, {
        mayJoin: (left, right) => isOneNotebook(program, [left, right]),
        callsOf,
      }),
      input.together ?? [],
      (statement) => addressOf(refOf(program, statement)),
    ),
  });
  // A module whose function bears the name of something it imports would hide it.
  const reserved = new Set([
    ...RESERVED_STEP_NAMES,
    ...[...names.importedNames.keys(), ...names.helperNames.keys()].map(kebab),
  ]);
  const proposedNames = nameSteps(proposed.segments, reserved);
  const decided = applyDecisions({
    steps: proposed.segments.map((segment, at) => ({
      segment,
      name: proposedNames[at]?.name ?? "step",
      summary: proposedNames[at]?.summary ?? "",
    })),
    items: chosen.located.items,
    reserved,
    cellOf: soundly.cellOf,
    sound: (segments) => soundSegments({ ...soundly, segments }),
    path,
    served: served?.variable,
  });
  const notesOfDecisions = [...chosen.located.diagnostics, ...decided.diagnostics];
  if (decided.diagnostics.some((found) => found.severity === "error"))
    return { plan: undefined, diagnostics: [...facts.diagnostics, ...notesOfDecisions] };
  const named = decided.steps;
  const across = named.find(({ segment }) => !isOneNotebook(program, segment.statements));
  if (across !== undefined) {
    const found = stepAcrossNotebooks(across.name, program, across.segment.statements);
    return { plan: undefined, diagnostics: [...facts.diagnostics, ...notesOfDecisions, found] };
  }
  const segments = named.map(({ segment }) =>
    repeatEnvironmentReads(complete(segment), { names, helperConstants, program }),
  );
  const interfaces = soundly.interfacesOf(segments);
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
  const throughModules = clockNames(program);
  const movesFolder = movesWorkingDirectory(facts.statements);
  const steps = segments.map((segment, at): Step => {
    const refs = segment.statements.map((statement) => refOf(program, statement));
    const own = new Set(refs.map(addressOf));
    const runs = segment.statements.map((statement) =>
      facts.statementRun(cellNumber(program, statement), statement.index),
    );
    const outside = outsideOf(
      segment.statements,
      runs,
      interfaces[at]?.outputs ?? [],
      throughModules,
    );
    return {
      name: named[at]?.name ?? "step",
      role: segment.role,
      summary: named[at]?.summary ?? "",
      cells: [...new Set(refs.map((ref) => ref.cell))],
      statements: refs,
      inputs: built.inputs[at] ?? [],
      outputs: built.outputs[at] ?? [],
      params: parametersOfStep(parameters, segment.statements, refs),
      metrics: metricsOfStep(metrics, { own, statements: segment.statements }, definitions),
      ...filesOfStep({ statements: segment.statements, runs }, movesFolder),
      random: segment.statements.some((statement) =>
        statement.ambient.some((effect) => effect.resource.startsWith("random:")),
      )
        ? "global"
        : "none",
      ...(outside.length === 0 ? {} : { outside }),
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
    notebook: notebookOf(program),
    ...(program.notebook.parts === undefined ? {} : { notebooks: program.notebook.parts }),
    ...(program.notebook.origins === undefined ? {} : { origins: program.notebook.origins }),
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
        : servePlan(
            served,
            inNotebookOf(served.fit, program, {
              segments,
              interfaces,
              steps,
              artifacts: built.artifacts,
            }),
            input.serving ?? {},
          ),
    leftOut: leftOut({
      program,
      statements: facts.statements.filter((statement) => !isHoisted(statement, names)),
      kept: new Set(kept),
      dropped: chosen.dropped,
    }),
    decisions: chosen.located.items.map((item) => item.decision),
    environment: program.environment,
    requirements: requirementsOf(observation),
  };
  const notes = [
    ...requirementNotes(plan.requirements, path),
    ...modelsNotKept({ kept, path, cellOf: soundly.cellOf, valueAfter: facts.valueAfter }),
  ];
  return {
    plan,
    diagnostics: [...facts.diagnostics, ...proposed.diagnostics, ...notesOfDecisions, ...notes],
    models: servableModels(input, facts, kept),
  };
}

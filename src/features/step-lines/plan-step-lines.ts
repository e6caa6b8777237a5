/**
 * Finds the lines of `learn` that are whole statements of the pipeline's steps. Such lines are written once, in the step, and both
 * training and `learn` call them, so that nobody can change the one without the other. Where that is not plain, a step keeps its
 * statements and `learn` has lines of its own; verification compares what the steps compute either way.
 */
import { pythonName } from "../../base/python-name.ts";
import { type NotebookProgram, statementIndex } from "../../pipeline/notebook-program.ts";
import { addressOf, type Plan, type StatementRef, type Step } from "../../pipeline/plan.ts";
import { isBuiltin } from "../../python/effects/builtin-names.ts";
import type { StatementFacts } from "../../python/facts.ts";
import type { PythonParser } from "../../python/parse.ts";
import { freeName } from "../free-name.ts";
import { isReserved } from "../reserved-names.ts";
import type { FeatureStaging } from "../staging.ts";
import {
  headNames,
  type KnownNames,
  type SharedStatements,
  sharedStatements,
} from "./head-names.ts";
import { type LearnedProgram, learnedProgram } from "./learned-program.ts";
import { namesNeeded, surelyWritten } from "./live-names.ts";
import { sharedInStepsOnly } from "./shared-in-steps.ts";
import { inNotebookOrder, NO_STEP_LINES, type StepLines, type StepRun } from "./step-lines.ts";
import { type WholeStatement, wholeStatements } from "./whole-statements.ts";

/** What the steps and the features are made of. */
export interface StepLinesInput {
  readonly staging: FeatureStaging;
  readonly plan: Plan;
  readonly program: NotebookProgram;
  readonly parser: PythonParser;
}

/** Everything that one run is weighed with. */
interface Weighing extends StepLinesInput {
  readonly learned: LearnedProgram;
  readonly shared: SharedStatements;
  readonly known: KnownNames;
}

/** Statements of a step whose lines follow one another in `fit`. */
interface Group {
  readonly statements: readonly WholeStatement[];
  readonly from: number;
  readonly to: number;
}

/** Plans which lines stand in the steps alone. */
export function planStepLines(input: StepLinesInput): StepLines {
  const { staging, plan, program, parser } = input;
  const learned = learnedProgram(staging, parser);
  if (learned === undefined) return NO_STEP_LINES;
  const shared = sharedStatements(input);
  const weighing: Weighing = { ...input, learned, shared, known: knownNames(input) };
  const taken = new Set([
    ...program.facts.statements.flatMap(({ mayWrite, reads }) => [...mayWrite, ...reads]),
    ...plan.steps.map(({ name }) => pythonName(name)),
  ]);
  const runs: StepRun[] = [];
  const heads = new Map<string, readonly StatementRef[]>();
  for (const step of plan.steps) {
    const found = groupsOf(step, weighing).flatMap((group) => weigh(group, step, weighing) ?? []);
    const ofStep = found.flatMap(({ head }) => head);
    if (ofStep.length > 0) heads.set(step.name, distinct(ofStep));
    for (const { run } of found)
      runs.push({ ...run, name: freeName(taken, wantedNames(step.name)) });
  }
  return { runs, heads, onlyInSteps: sharedInStepsOnly(staging, runs, parser) };
}

function wantedNames(step: string): readonly string[] {
  const name = `learn_${pythonName(step)}`;
  return isReserved(name) ? [`${name}_rows`] : [name];
}

function distinct(refs: readonly StatementRef[]): readonly StatementRef[] {
  return inNotebookOrder([...new Map(refs.map((ref) => [addressOf(ref), ref])).values()]);
}

/** Names that a module of the package has by importing them. */
function knownNames({ staging, plan, program }: StepLinesInput): KnownNames {
  const imported = program.facts.statements.flatMap(({ imports }) =>
    imports.map(({ name }) => name),
  );
  const statementAt = statementIndex(program);
  return {
    importable: new Set([...imported, ...staging.support, "copy"]),
    helpers: new Set(plan.helpers.flatMap((ref) => statementAt(ref).mayWrite)),
  };
}

/** Statements of the step in groups: between two of them `learn` does something else, or the step does. */
function groupsOf(step: Step, { shared, ...weighing }: Weighing): readonly Group[] {
  const groups: Group[] = [];
  let open: Group | undefined;
  const close = (): void => {
    if (open !== undefined) groups.push(open);
    open = undefined;
  };
  for (const { ref, lines } of wholeStatements(step, weighing)) {
    // What never changes is there in any order.
    if (shared.isShared(ref)) continue;
    if (lines === undefined) close();
    else if (open !== undefined && open.to === lines.from)
      open = { ...open, statements: [...open.statements, { ref, lines }], to: lines.to };
    else {
      close();
      open = { statements: [{ ref, lines }], from: lines.from, to: lines.to };
    }
  }
  close();
  return groups;
}

interface Weighed {
  readonly run: Omit<StepRun, "name">;
  readonly head: readonly StatementRef[];
}

/** The run that a group makes; `undefined` where the step or `learn` has not all that it takes. */
function weigh(group: Group, step: Step, weighing: Weighing): Weighed | undefined {
  const { learned, staging } = weighing;
  const { from, to } = group;
  const own = learned.factsOf(from, to);
  const before = learned.factsOf(0, from);
  const inLearn = new Set([
    ...before.flatMap(({ mayWrite }) => mayWrite),
    ...staging.parameters.map(({ variable }) => variable),
  ]);
  const inStep = namesInStep(group, step, weighing);
  const isVariable = (name: string): boolean => inLearn.has(name) && inStep.before.has(name);
  const takes: string[] = [];
  const fromHead: string[] = [];
  for (const name of namesNeeded(own)) {
    if (isVariable(name) || (weighing.shared.has(name) && inStep.given.has(name))) takes.push(name);
    else if (inLearn.has(name)) return undefined;
    else fromHead.push(name);
  }
  const head = headNames(fromHead, step, weighing);
  if (head === undefined) return undefined;
  // What is changed in place comes back as well, so that the call shows it.
  const changed = own.flatMap(({ mutations }) =>
    mutations.flatMap(({ name, certain }) => (certain ? [name] : [])),
  );
  const written = new Set([
    ...own.flatMap(({ mayWrite }) => mayWrite),
    ...changed.filter((name) => takes.includes(name)),
  ]);
  const surely = surelyWritten(own);
  const later = namesNeeded(learned.factsOf(to, undefined));
  const gives = [...inStep.later].filter((name) => written.has(name));
  const keeps = [...later].filter((name) => written.has(name) && !inStep.later.has(name));
  for (const name of [...gives, ...keeps]) {
    if (isBuiltin(name)) return undefined;
    if (surely.has(name) || takes.includes(name)) continue;
    // What only some ways through the lines bind has to be there before.
    if (!isVariable(name)) return undefined;
    takes.push(name);
  }
  if (takes.length === 0) return undefined;
  const isHidden = [...written, ...inStep.written].some((name) => head.names.has(name));
  if (isHidden) return undefined;
  const statements = group.statements.map(({ ref }) => ref);
  return { run: { step: step.name, statements, from, to, takes, gives, keeps }, head: head.refs };
}

interface NamesInStep {
  /** What the step is given: inputs and parameters. */
  readonly given: ReadonlySet<string>;
  /** Variables that are surely there when the group begins. */
  readonly before: ReadonlySet<string>;
  /** Variables that the step goes on with, those that it returns first. */
  readonly later: ReadonlySet<string>;
  /** Variables that its other statements bind. */
  readonly written: ReadonlySet<string>;
}

function namesInStep(group: Group, step: Step, { plan, shared, program }: Weighing): NamesInStep {
  const variablesOf = (names: readonly string[]): readonly string[] =>
    names.flatMap(
      (name) => plan.artifacts.find((artifact) => artifact.name === name)?.variables ?? [],
    );
  const given = new Set([
    ...variablesOf(step.inputs),
    ...plan.parameters.flatMap(({ name, variable }) =>
      step.params.includes(name) ? [variable] : [],
    ),
  ]);
  const inGroup = new Set(group.statements.map(({ ref }) => ref));
  const first = group.statements[0]?.ref;
  const isBefore = (ref: StatementRef): boolean =>
    first !== undefined && (ref.cell - first.cell || ref.index - first.index) < 0;
  const others = step.statements.filter((ref) => !inGroup.has(ref));
  const statementAt = statementIndex(program);
  const factsOf = (refs: readonly StatementRef[]): readonly StatementFacts[] =>
    inNotebookOrder(refs).map((ref) => statementAt(ref));
  return {
    given,
    before: new Set([...given, ...surelyWritten(factsOf(others.filter(isBefore)))]),
    later: new Set([
      ...variablesOf(step.outputs),
      ...namesNeeded(factsOf(others.filter((ref) => !isBefore(ref)))),
    ]),
    written: new Set(
      factsOf(others.filter((ref) => !shared.isShared(ref))).flatMap(({ mayWrite }) => mayWrite),
    ),
  };
}

/**
 * Features that a function of the notebook learns: where staging refuses at such a function, its lines are put in place of its calls, and
 * the notebook is staged again as if the user had written it that way. Every call then learns for itself, as it does in the notebook, and
 * the rules for plain statements hold. A function that is followed as it is stays a function.
 */
import type { Place } from "../../base/diagnostic.ts";
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { ClassifiedStatement } from "../dependence.ts";
import type { FeatureProgram } from "../feature-program.ts";
import type { FeatureRefusal, FeatureStaging, StagedLines } from "../staging.ts";
import type { StageFeaturesInput } from "../staging-input.ts";
import { calledNames } from "./found-call.ts";
import type { InlinedNotebook, LineOrigin } from "./inlined-notebook.ts";
import { asTheUserWrote, inlineOnce } from "./inlined-notebook.ts";
import { findInstances, findLeftOver } from "./instances.ts";

type Staged = Result<FeatureStaging, FeatureRefusal>;

/** Functions call each other a few deep; what needs more rounds than these is no notebook's. */
const MOST_ROUNDS = 12;

/** Stages the notebook, with calls of learning functions written out where that is needed. */
export function stageInlined(
  input: StageFeaturesInput,
  stage: (input: StageFeaturesInput) => Staged,
): Staged {
  const first = stage(input);
  if (first.ok) return first;
  let notebook = asTheUserWrote(input);
  let refused = first.error;
  let told = first.error;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const opened = inlineAt(notebook, refused.where, input);
    if (opened.count === 0) return err(withReason(told, opened));
    notebook = opened.notebook;
    const staged = stage({ ...input, facts: notebook.facts });
    if (staged.ok) {
      const own = staged.value.matrices.every(({ name }) => notebook.newNames.has(name));
      // With nothing of the notebook's own to compare, nothing would show that the lines do what the function did.
      return own ? first : ok(inUsersTerms(staged.value, notebook, input));
    }
    refused = staged.error;
    told = refusalInUsersTerms(refused, { notebook, input });
  }
  return err(told);
}

interface Opened {
  readonly notebook: InlinedNotebook;
  readonly count: number;
  readonly reasons: ReadonlyMap<string, string>;
}

/** Writes out all calls that lead to its functions and classes. */
function inlineAt(start: InlinedNotebook, where: Place, input: StageFeaturesInput): Opened {
  const { functions, classes } = concernedAt(start.program, where);
  const reasons = new Map<string, string>();
  const asItIs: Opened = { notebook: start, count: 0, reasons };
  const [name] = [...functions, ...classes];
  if (name === undefined) return asItIs;
  const found = findInstances(start.program, classes);
  for (const [of, reason] of found.reasons) reasons.set(of, reason);
  const { instances } = found;
  let notebook = start;
  let count = 0;
  for (let pass = 0; pass < MOST_ROUNDS; pass += 1) {
    const opened = inlineOnce(notebook, { functions, instances }, input);
    for (const [of, reason] of opened?.reasons ?? []) reasons.set(of, reason);
    if (opened === undefined || opened.count === 0) break;
    notebook = opened.notebook;
    count += opened.count;
  }
  const isMisplaced = "it is called where other values are looked at first, or handed on";
  const left = findLeftOver(notebook.program, instances.keys());
  if (left !== undefined) {
    if (reasons.size === 0) reasons.set(left, isMisplaced);
    return asItIs;
  }
  if (count === 0 && reasons.size === 0) reasons.set(name, isMisplaced);
  return { notebook, count, reasons };
}

/** The functions that a place is about, those that reach them, and classes. */
function concernedAt(
  program: FeatureProgram,
  where: Place,
): { readonly functions: ReadonlySet<string>; readonly classes: ReadonlySet<string> } {
  const definitions = program.statements.flatMap(({ facts }) =>
    facts.definition === undefined ? [] : [facts.definition],
  );
  const all = new Set(definitions.map(({ name }) => name));
  const concerned = new Set(helpersAt(program, where, all));
  const functions = new Set<string>();
  const classes = new Set<string>();
  for (const { kind, name, freeReads } of definitions) {
    const isConcerned = concerned.has(name);
    if (kind === "class" && isConcerned) classes.add(name);
    if (kind === "function" && (isConcerned || freeReads.some((read) => concerned.has(read))))
      functions.add(name);
  }
  return { functions, classes };
}

/** The function whose line a place is, or those that the statement there calls. */
function helpersAt(
  program: FeatureProgram,
  { cell, line }: Place,
  names: ReadonlySet<string>,
): readonly string[] {
  if (cell === undefined || line === undefined) return [];
  return program.statements
    .filter(({ cell: own, facts }) => own === cell && facts.line <= line && line <= facts.endLine)
    .flatMap(({ facts, node, tree }) =>
      facts.definition === undefined
        ? calledNames(node, tree.text, names)
        : [facts.definition.name],
    );
}

function withReason(refused: FeatureRefusal, { reasons }: Opened): FeatureRefusal {
  const [first] = reasons;
  if (first === undefined) return refused;
  const [name, reason] = first;
  const message = refused.message.replace(/\.$/u, "");
  return {
    ...refused,
    message: `${message}, and the lines of \`${name}\` cannot stand in place of its call: ${reason}.`,
  };
}

function usersPlace(where: Place, notebook: InlinedNotebook, input: StageFeaturesInput): Place {
  const origin = originOf(where.cell, where.line, { notebook, input });
  return origin === undefined ? where : { ...where, cell: origin.cell, line: origin.line };
}

interface WrittenFor {
  readonly notebook: InlinedNotebook;
  readonly input: StageFeaturesInput;
}

function refusalInUsersTerms(
  refused: FeatureRefusal,
  { notebook, input }: WrittenFor,
): FeatureRefusal {
  const { statements, where } = refused;
  return {
    ...refused,
    where: usersPlace(where, notebook, input),
    ...(statements === undefined
      ? {}
      : { statements: classifiedInUsersTerms(statements, { notebook, input }) }),
  };
}

function classifiedInUsersTerms(
  list: readonly ClassifiedStatement[],
  at: WrittenFor,
): readonly ClassifiedStatement[] {
  return list.map((classified) => {
    const origin = originOf(classified.cell, classified.line, at);
    return origin === undefined
      ? classified
      : { ...classified, cell: origin.cell, line: origin.line };
  });
}

/** The staging with the places of the user's own lines. */
function inUsersTerms(
  staging: FeatureStaging,
  notebook: InlinedNotebook,
  input: StageFeaturesInput,
): FeatureStaging {
  const at = { notebook, input };
  const lines = (list: readonly StagedLines[]): readonly StagedLines[] =>
    list.map((staged) => {
      const origin = originOf(staged.cell, staged.line, at);
      if (origin === undefined) return staged;
      const { line, call } = origin;
      return call === undefined
        ? { ...staged, line }
        : { ...staged, line: call.line, call: { text: call.text, cell: call.cell } };
    });
  return {
    ...staging,
    shared: lines(staging.shared),
    fit: lines(staging.fit),
    transform: lines(staging.transform),
    classes: classifiedInUsersTerms(staging.classes, at),
    statements: classifiedInUsersTerms(staging.statements, at),
    notes: staging.notes.map((note) => ({
      ...note,
      where: usersPlace(note.where, notebook, input),
    })),
  };
}

function originOf(
  cell: number | undefined,
  line: number | undefined,
  { notebook, input }: WrittenFor,
): LineOrigin | undefined {
  if (cell === undefined || line === undefined) return undefined;
  const unit = input.cellNumbers.indexOf(cell);
  return notebook.origins[unit]?.[line - 1];
}

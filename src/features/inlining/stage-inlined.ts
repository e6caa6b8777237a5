/**
 * Features that a function of the notebook learns: where staging refuses at such a function, its lines are put in place of its calls, and
 * the notebook is staged again as if the user had written it that way. Every call then learns for itself, as it does in the notebook, and
 * the rules for plain statements hold. A function that is followed as it is stays a function.
 */
import type { Place } from "../../base/diagnostic.ts";
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { FeatureRefusal, FeatureStaging, StagedLines } from "../staging.ts";
import type { StageFeaturesInput } from "../staging-input.ts";
import { calledNames } from "./found-call.ts";
import type { InlinedNotebook, LineOrigin } from "./inlined-notebook.ts";
import { asTheUserWrote, inlineOnce } from "./inlined-notebook.ts";

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
    told = { ...refused, where: usersPlace(refused.where, notebook, input) };
  }
  return err(told);
}

interface Opened {
  readonly notebook: InlinedNotebook;
  readonly count: number;
  readonly reasons: ReadonlyMap<string, string>;
}

/** Writes out all calls that lead to the functions that a refusal is about. */
function inlineAt(start: InlinedNotebook, where: Place, input: StageFeaturesInput): Opened {
  const helpers = new Map<string, FeatureStatement>();
  for (const statement of start.program.statements) {
    const { definition } = statement.facts;
    if (definition?.kind === "function") helpers.set(definition.name, statement);
  }
  const concerned = new Set(helpersAt(start.program, where, new Set(helpers.keys())));
  const names = new Set(
    [...helpers].flatMap(([name, { facts }]) =>
      concerned.has(name) ||
      facts.definition?.freeReads.some((read) => concerned.has(read)) === true
        ? [name]
        : [],
    ),
  );
  let notebook = start;
  let count = 0;
  const reasons = new Map<string, string>();
  if (names.size === 0) return { notebook, count, reasons };
  for (let pass = 0; pass < MOST_ROUNDS; pass += 1) {
    const opened = inlineOnce(notebook, names, input);
    for (const [name, reason] of opened?.reasons ?? []) reasons.set(name, reason);
    if (opened === undefined || opened.count === 0) break;
    notebook = opened.notebook;
    count += opened.count;
  }
  const [name] = concerned;
  if (count === 0 && reasons.size === 0 && name !== undefined)
    reasons.set(name, "it is called where other values are looked at first, or handed on");
  return { notebook, count, reasons };
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
    classes: staging.classes.map((classified) => {
      const origin = originOf(classified.cell, classified.line, at);
      return origin === undefined
        ? classified
        : { ...classified, cell: origin.cell, line: origin.line };
    }),
    notes: staging.notes.map((note) => ({
      ...note,
      where: usersPlace(note.where, notebook, input),
    })),
  };
}

function originOf(
  cell: number | undefined,
  line: number | undefined,
  { notebook, input }: { readonly notebook: InlinedNotebook; readonly input: StageFeaturesInput },
): LineOrigin | undefined {
  if (cell === undefined || line === undefined) return undefined;
  const unit = input.cellNumbers.indexOf(cell);
  return notebook.origins[unit]?.[line - 1];
}

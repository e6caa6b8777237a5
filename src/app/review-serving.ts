/**
 * A person says whose a row is and when it was, where features look at earlier rows and nothing declares that. Only what
 * the features can then be split with is offered and counts; nothing is run and nothing is written here. The answer stands
 * where a declaration by hand does: `entity` and `time` under `serve` in pipeline.yaml.
 */

import { didYouMean } from "../base/did-you-mean.ts";
import { InterruptedError } from "../base/errors.ts";
import type { Result } from "../base/result.ts";
import type { FeatureRefusal, FeatureStaging, HistoryCandidates } from "../features/staging.ts";
import { valueHistory } from "../observation/reconcile.ts";
import type { Observation } from "../observation/schema.ts";
import type { Plan, ServePlan } from "../pipeline/plan.ts";
import { type PlanInput, planNotebook } from "../pipeline/plan-notebook.ts";
import type { ServingChoice } from "../pipeline/serve-plan.ts";
import type { PythonParser } from "../python/parse.ts";
import { stagePlan } from "./stage-plan.ts";

/** Whose a row is, and when it was. */
export interface SeriesChoice {
  /** None when the table is one series. */
  readonly entity: readonly string[];
  /** `undefined` where no time is asked for, because answers are for entities and not for their last rows. */
  readonly time: string | undefined;
}

/** What the person said. */
export type ServingAnswer =
  | { readonly kind: "decide"; readonly series: SeriesChoice }
  /** Takes the decision of this dialog back. */
  | { readonly kind: "undo" }
  /** Goes on with what is decided; with nothing decided serving stays refused, and training works. */
  | { readonly kind: "accept" }
  | { readonly kind: "give-up" };

/** What is shown. */
export interface ServingReview {
  /** What stands in the way of serving without a decision. */
  readonly refusal: FeatureRefusal;
  /** Columns that the code uses as times; `undefined` where none is needed. */
  readonly times: readonly string[] | undefined;
  /** Columns that the code groups by, all that may say whose a row is. */
  readonly keys: readonly string[];
  /** Those of them that together with a time make it possible to split the features; none when nothing does. */
  readonly entities: (time: string | undefined) => readonly (readonly string[])[];
  /** The decision as it stands. */
  readonly taken: SeriesChoice | undefined;
  /** Why the last answer did not count. */
  readonly refused: string | undefined;
}

/** Shows what is missing and brings back the answer. */
export type ReviewServing = (review: ServingReview) => Promise<ServingAnswer>;

/**
 * Asks until there is a decision that the features can be split with, or until serving is left refused.
 *
 * @returns The serving settings on record, with the decision where there is one.
 * @throws InterruptedError when the person gives up.
 */
export async function reviewServing(
  planning: PlanInput,
  review: ReviewServing,
  parser: PythonParser,
): Promise<ServingChoice> {
  const onRecord = planning.serving ?? {};
  const { plan } = planNotebook(planning);
  const { serve } = plan ?? {};
  if (plan === undefined || serve === undefined) return onRecord;
  const { program, observation } = planning;
  const columns = rawColumns(plan, serve, observation);
  const stage = (choice: ServingChoice): Result<FeatureStaging, FeatureRefusal> =>
    stagePlan({ plan, serve: { ...serve, ...choice }, program, observation }, parser);
  const staged = stage({});
  if (staged.ok || staged.error.candidates === undefined) return onRecord;
  const refusal = staged.error;
  const { entity: keys, time: times } = known(staged.error.candidates, columns);
  const whyNot = (series: SeriesChoice): string | undefined =>
    wrongColumn(series, columns) ?? reasonOf(stage(choiceOf(series)));
  const entities = (time: string | undefined): readonly (readonly string[])[] =>
    subsetsOf(keys).filter((entity) => whyNot({ entity, time }) === undefined);
  const asksTime = refusal.code === "feature-needs-history";
  let taken: SeriesChoice | undefined;
  let refused: string | undefined;
  for (;;) {
    const answer = await review({
      refusal,
      times: asksTime ? times : undefined,
      keys,
      entities,
      taken,
      refused,
    });
    refused = undefined;
    switch (answer.kind) {
      case "accept":
        return taken === undefined ? onRecord : { ...onRecord, ...choiceOf(taken) };
      case "give-up":
        throw new InterruptedError("serving was not decided; nothing was written", {
          code: "interrupted",
          hint: "promote without --interactive leaves serving refused; training does not need it",
        });
      case "undo":
        taken = undefined;
        break;
      case "decide":
        refused = whyNot(answer.series);
        if (refused === undefined) taken = answer.series;
        break;
    }
  }
}

function reasonOf(staged: Result<FeatureStaging, FeatureRefusal>): string | undefined {
  return staged.ok ? undefined : staged.error.message.replace(/\.$/, "");
}

/** A name that no row brings finds no history, and a time that is whose row it is has one row each. */
function wrongColumn(
  { entity, time }: SeriesChoice,
  columns: readonly string[] | undefined,
): string | undefined {
  if (time !== undefined && entity.includes(time))
    return `${time} cannot say both whose a row is and when it was`;
  const unknown = [...entity, ...(time === undefined ? [] : [time])].find(
    (name) => columns?.includes(name) === false,
  );
  if (unknown === undefined) return undefined;
  const meant = didYouMean(unknown, columns ?? []);
  return `the raw table has no column ${unknown}${meant === undefined ? "" : ` (${meant})`}`;
}

/** As pipeline.yaml has it. */
function choiceOf({ entity, time }: SeriesChoice): ServingChoice {
  const [first, ...others] = entity;
  const named = others.length === 0 ? first : entity;
  return { entity: named, ...(time === undefined ? {} : { time }) };
}

/** Names in the code that are no columns of the raw table, such as computed ones, find no history. */
function known(
  { entity, time }: HistoryCandidates,
  columns: readonly string[] | undefined,
): HistoryCandidates {
  const isKnown = (name: string): boolean => columns?.includes(name) !== false;
  return { entity: entity.filter(isKnown), time: time.filter(isKnown) };
}

/** All of them together first, as the code groups them; then fewer; none at last. Of few names, so that all can be tried. */
function subsetsOf(names: readonly string[]): readonly (readonly string[])[] {
  let all: readonly (readonly string[])[] = [[]];
  for (const name of names.toReversed()) all = [...all.map((others) => [name, ...others]), ...all];
  return all.toSorted((left, right) => right.length - left.length);
}

/** Columns of the artifact that serving starts from, at the end of the step that makes it. */
function rawColumns(
  plan: Plan,
  { raw }: ServePlan,
  observation: Observation | undefined,
): readonly string[] | undefined {
  const artifact = plan.artifacts.find(({ name }) => name === raw);
  const cell = plan.steps.find(({ name }) => name === artifact?.producer)?.cells.at(-1);
  const [variable] = artifact?.variables ?? [];
  if (observation === undefined || cell === undefined || variable === undefined) return undefined;
  return valueHistory(observation)(cell, variable)?.columns;
}

/** The dialog of `promote --interactive` about serving: says what nothing declares, and asks for the columns. */
import type {
  ReviewServing,
  SeriesChoice,
  ServingAnswer,
  ServingReview,
} from "../app/review-serving.ts";
import { renderPlace } from "../base/diagnostic.ts";
import { declaredLines } from "../features/history/declared-lines.ts";
import type { Prompts } from "./prompts.ts";
import type { DialogPorts } from "./review-plan-dialog.ts";

const FLAG = "no --interactive, and write entity and time into pipeline.yaml under serve";

/** First, so that Enter changes nothing. */
const NONE = {
  value: "none",
  label: "None of these: serving stays refused, training works",
} as const;

const STOP = { value: "give-up", label: "Stop here and write nothing" } as const;

/** @throws UsageError `usage-missing-answer` without a terminal. */
export function reviewServingDialog({ prompts, show }: DialogPorts): ReviewServing {
  return async (review) => {
    const { refusal, taken, refused } = review;
    if (refused !== undefined) show(`This cannot be done: ${refused}.`);
    else if (taken === undefined)
      show(`Serving needs a decision: ${renderPlace(refusal.where)}: ${refusal.message}`);
    if (taken !== undefined) return confirm(taken, { prompts, show });
    return askSeries(review, prompts);
  };
}

async function confirm(
  series: SeriesChoice,
  { prompts, show }: DialogPorts,
): Promise<ServingAnswer> {
  const lines = declaredLines(series.entity, series.time);
  show(
    `The features can be split with that. pipeline.yaml will say, under serve:\n${lines.map((line) => `  ${line}`).join("\n")}`,
  );
  const action = await prompts.choose({
    message: "What should happen with this decision?",
    flag: FLAG,
    atEnd: "undo",
    choices: [
      { value: "accept", label: "Go on with it" },
      { value: "undo", label: `Take back: ${lines.join(", ")}` },
      STOP,
    ],
  });
  return { kind: action };
}

async function askSeries(review: ServingReview, prompts: Prompts): Promise<ServingAnswer> {
  const time = await askTime(review, prompts);
  if (typeof time === "object") return time;
  const entities = review.entities(time);
  // Trying what is likeliest says why it cannot be.
  if (entities.length === 0) return { kind: "decide", series: { entity: review.keys, time: time } };
  const chosen = await prompts.choose({
    message: "Which column says whose a row is?",
    flag: FLAG,
    atEnd: "none",
    choices: [
      NONE,
      ...entities.map((names, at) => ({
        value: `entity ${String(at)}`,
        label: nameOfEntity(names, time),
      })),
      STOP,
    ],
  });
  if (chosen === "none") return { kind: "accept" };
  if (chosen === "give-up") return { kind: "give-up" };
  const entity = entities[Number(chosen.slice("entity ".length))] ?? [];
  return { kind: "decide", series: { entity, time } };
}

/** A column, nothing where none is asked for, or the answer that ends the asking. */
async function askTime(
  { times }: ServingReview,
  prompts: Prompts,
): Promise<string | undefined | ServingAnswer> {
  if (times === undefined) return undefined;
  const chosen = await prompts.choose({
    message: "Which column says when a row was?",
    flag: FLAG,
    atEnd: "none",
    choices: [
      NONE,
      ...times.map((name) => ({ value: `time ${name}`, label: name })),
      { value: "other", label: "Another column" },
      STOP,
    ],
  });
  if (chosen === "none") return { kind: "accept" };
  if (chosen === "give-up") return { kind: "give-up" };
  if (chosen !== "other") return chosen.slice("time ".length);
  return prompts.text({
    message: "What is the column with the time called?",
    flag: FLAG,
    check: (answer) => (answer.trim() === "" ? "the name of a column" : undefined),
  });
}

function nameOfEntity(names: readonly string[], time: string | undefined): string {
  if (names.length > 0) return names.join(" and ");
  return time === undefined ? "None" : `No column: the table is one series in the order of ${time}`;
}

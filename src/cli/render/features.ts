/** What `mlops inspect --phase features` says to people: a line a statement, what is learned, and what stands in the way. */
import type { FeatureStatement, Features } from "../inspect-schema.ts";
import { nameOfPlace } from "../inspect-views.ts";
import { plainStyle } from "../style.ts";
import { displayWidth } from "./display-width.ts";
import { fillWholeWords } from "./layout.ts";
import { renderRows } from "./table.ts";

/** How each class is served, in a few words. */
const SERVED: Readonly<Record<NonNullable<FeatureStatement["class"]>, string>> = {
  schema: "names and types of columns",
  row: "each row by itself",
  fitted: "learned from whole columns, kept in the state",
  "fitted-per-key": "learned of each group, kept by key",
  table: "looks at other rows, which a history must have",
  target: "uses the column that is predicted",
  random: "drawn",
  "row-filter": "which rows there are, in training alone",
  label: "the predicted column alone",
};

/** Without diagnostics, which the command's frame prints, and without a final newline. */
export function renderFeatures(features: Omit<Features, "text">): string {
  const { statements, fields, refusal } = features;
  const blocks = [headOf(features)];
  if (statements.length > 0) blocks.push(renderStatements(statements));
  const classes = new Set(statements.flatMap((each) => each.class ?? []));
  if (classes.size > 0)
    blocks.push(
      `Classes\n${renderRows(
        Object.entries(SERVED).flatMap(([name, words]) =>
          [...classes].some((found) => found === name) ? [[name, words]] : [],
        ),
        plainStyle,
      )}`,
    );
  if (fields.length > 0)
    blocks.push(
      `State\n${renderRows(
        fields.map(({ name, type, source }) => [name, type, source]),
        plainStyle,
      )}`,
    );
  if (refusal !== undefined) blocks.push(`Refused\n${renderRefusal(refusal)}`);
  return blocks.join("\n\n");
}

function headOf({ model, declared, entity, history, refusal }: Omit<Features, "text">): string {
  if (model === undefined) return "no model that could be served";
  const stands =
    refusal === undefined
      ? "the features split into fit and transform"
      : "the features are refused, as they stand";
  const per = entity === undefined ? [] : [`an answer is for one ${entity}, from all of its rows`];
  const looks =
    history === undefined
      ? []
      : [
          `features look at ${history.window === null ? "all" : String(history.window)} earlier rows${history.entity.length === 0 ? "" : ` of the same ${history.entity.join(" and ")}`}, in the order of ${history.time}`,
        ];
  const from = declared === undefined ? [] : [`entity and time as ${declared.path} declares them`];
  return [`${model}: ${stands}`, ...per, ...looks, ...from].join("\n");
}

/** One line a statement, cut where it is longer; what is learned in it below. */
function renderStatements(statements: readonly FeatureStatement[]): string {
  const places = statements.map(nameOfPlace);
  const marks = statements.map(markOf);
  const widest = (texts: readonly string[]): number =>
    Math.max(...texts.map((text) => displayWidth(text)));
  const [place, mark] = [widest(places), widest(marks)];
  const room = Math.max(20, plainStyle.columns - place - mark - 4);
  return statements
    .flatMap(({ text, fields }, at) => {
      const head = `${(places[at] ?? "").padEnd(place)}  ${(marks[at] ?? "").padEnd(mark)}  `;
      const learned = fields.map((name) => `${" ".repeat(head.length)}→ ${name}`);
      return [`${head}${shortCode(text, room)}`, ...learned];
    })
    .join("\n");
}

function markOf({ classes, state }: FeatureStatement): string {
  if (state === "not-read") return "not read";
  const named = state === "refused" ? ["refused", ...classes] : classes;
  return named.length === 0 ? "–" : named.join(", ");
}

function renderRefusal(refusal: NonNullable<Features["refusal"]>): string {
  const { cell, line, path, message, hint, candidates } = refusal;
  const place =
    cell === undefined || line === undefined
      ? ""
      : `${nameOfPlace({ cell, line, ...(path === undefined ? {} : { path }) })}: `;
  const needs =
    candidates === undefined
      ? []
      : [
          ["entity", candidates.entity.join(", ") || "none seen"],
          ["time", candidates.time.join(", ") || "none seen"],
        ];
  const lines = [`${place}${message}`, `needs: ${hint}`].map((words) =>
    fillWholeWords(words.split(" "), "  ", 78),
  );
  return [...lines, ...(needs.length === 0 ? [] : [renderRows(needs, plainStyle)])].join("\n");
}

function shortCode(text: string, room: number): string {
  return displayWidth(text) > room ? `${text.slice(0, room - 1)}…` : text;
}

/** What the dialog about serving shows and offers, with somebody who answers from a list. */
import { expect, test } from "vitest";
import type { ServingAnswer, ServingReview } from "../../src/app/review-serving.ts";
import type { Prompts } from "../../src/cli/prompts.ts";
import { reviewServingDialog } from "../../src/cli/review-serving-dialog.ts";

const REVIEW: ServingReview = {
  refusal: {
    code: "feature-needs-history",
    message: "`df.shift(1)` looks at earlier rows, and which column says when is not declared.",
    hint: "",
    where: { path: "sales.ipynb", cell: 3, line: 2 },
  },
  times: ["date", "booked"],
  keys: ["shop"],
  entities: (time) => (time === "booked" ? [] : [["shop", "product"], ["shop"], []]),
  taken: undefined,
  refused: undefined,
};

interface Shown {
  readonly text: readonly string[];
  /** Labels of each question, first that which Enter takes. */
  readonly offered: readonly (readonly string[])[];
  readonly answer: ServingAnswer;
}

/** Takes the choice that a label begins with; `end` is the end of all answers, a text what is typed. */
async function answer(
  changes: Partial<ServingReview>,
  ...typed: readonly string[]
): Promise<Shown> {
  const text: string[] = [];
  const offered: (readonly string[])[] = [];
  const left = [...typed];
  const prompts: Prompts = {
    isInteractive: true,
    text: () => Promise.resolve(left.shift() ?? ""),
    confirm: () => Promise.reject(new Error("nothing is confirmed")),
    choose: ({ choices, atEnd }) => {
      offered.push(choices.map(({ label }) => label));
      const wanted = left.shift() ?? "";
      const found = choices.find(({ label }) => label.startsWith(wanted))?.value;
      const chosen = wanted === "end" ? atEnd : found;
      return chosen === undefined
        ? Promise.reject(new Error(`not offered: ${wanted}`))
        : Promise.resolve(chosen);
    },
  };
  const dialog = reviewServingDialog({ prompts, show: (shown) => text.push(shown) });
  return { answer: await dialog({ ...REVIEW, ...changes }), text, offered };
}

test("says what is missing and asks for the time, then for whose a row is", async () => {
  const shown = await answer({}, "date", "shop and product");
  expect(shown.text).toEqual([
    "Serving needs a decision: sales.ipynb, cell 3, line 2: `df.shift(1)` looks at earlier rows, and which column says when is not declared.",
  ]);
  expect(shown.offered).toEqual([
    [
      "None of these: serving stays refused, training works",
      "date",
      "booked",
      "Another column",
      "Stop here and write nothing",
    ],
    [
      "None of these: serving stays refused, training works",
      "shop and product",
      "shop",
      "No column: the table is one series in the order of date",
      "Stop here and write nothing",
    ],
  ]);
  expect(shown.answer).toEqual({
    kind: "decide",
    series: { entity: ["shop", "product"], time: "date" },
  });
});

test.each([
  { name: "Enter at the first question", typed: [""], kind: "accept" },
  { name: "Enter at the second question", typed: ["date", ""], kind: "accept" },
  { name: "the end of input", typed: ["end"], kind: "accept" },
  { name: "the end of input at the second question", typed: ["date", "end"], kind: "accept" },
  { name: "stopping", typed: ["Stop"], kind: "give-up" },
  { name: "stopping at the second question", typed: ["date", "Stop"], kind: "give-up" },
])("$name decides nothing", async ({ typed, kind }) => {
  expect((await answer({}, ...typed)).answer).toEqual({ kind });
});

test("another column is typed, and one that nothing fits to is tried for the reason", async () => {
  expect((await answer({}, "Another", "day", "No column")).answer).toEqual({
    kind: "decide",
    series: { entity: [], time: "day" },
  });
  expect((await answer({}, "booked")).answer).toEqual({
    kind: "decide",
    series: { entity: ["shop"], time: "booked" },
  });
  const again = await answer({ refused: "it has no column booked" }, "");
  expect(again.text).toEqual(["This cannot be done: it has no column booked."]);
});

test("shows the lines that will be written, quoted where YAML needs it, and takes them back", async () => {
  const taken = { entity: ["shop", "a: b"], time: "on" };
  const shown = await answer({ taken }, "Take back");
  expect(shown.text).toEqual([
    'The features can be split with that. pipeline.yaml will say, under serve:\n  entity: [shop, "a: b"]\n  time: "on"',
  ]);
  expect(shown.offered).toEqual([
    [
      "Go on with it",
      'Take back: entity: [shop, "a: b"], time: "on"',
      "Stop here and write nothing",
    ],
  ]);
  expect(shown.answer).toEqual({ kind: "undo" });
  expect((await answer({ taken }, "")).answer).toEqual({ kind: "accept" });
  expect((await answer({ taken }, "end")).answer).toEqual({ kind: "undo" });
});

test("asks for no time where answers are for entities", async () => {
  const shown = await answer({ times: undefined, entities: () => [["customer"]] }, "customer");
  expect(shown.answer).toEqual({
    kind: "decide",
    series: { entity: ["customer"], time: undefined },
  });
});

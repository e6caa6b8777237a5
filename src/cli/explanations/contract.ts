import type { Explanation } from "./explanation.ts";

/** How rows may disagree with contract.json, and what keeps a contract from being made. */
export const contractExplanations: Readonly<Record<string, Explanation>> = {
  "missing-column": {
    what: "A column of the contract is not there, in one row or in all.",
    why: "A missing value is said by null; a missing column is more often a misspelled one.",
    example: '{"rows": [{"tenure": 12}]}     # charges is missing',
    fix: "Send every column of the contract; null where the contract allows it and the value is not known.",
  },
  "unknown-column": {
    what: "The rows have a column that the contract does not know.",
    why: "It would be ignored, and the client that sends it believes that it matters.",
    example: '{"rows": [{"tenur": 12}]}',
    fix: "Correct the name or leave the column out.",
  },
  "wrong-type": {
    what: "A value does not have the type of its column. Nothing is converted to make it fit.",
    why: 'Conversions hide mistakes: "1.000" is one or a thousand.',
    example: '{"tenure": "12"}     # a string where a whole number is wanted',
    fix: "Send JSON numbers, true and false, strings, and times as ISO 8601 text.",
  },
  "entity-incomplete": {
    what: "A row was left out because another row of the same entity breaks the contract.",
    why: "The answer for a customer is made of all rows of that customer. From fewer rows it would be another one, without a sign of it.",
    example: "row 7 of customer K0003 has no price, so rows 2, 7 and 9 are all among the rejects",
    fix: "Correct the row that is refused for a reason of its own; the others then pass, too.",
  },
  "null-not-allowed": {
    what: "A value is null in a column that had no nulls in training.",
    why: "The model never saw a missing value there, so its answer would mean nothing.",
    example: '{"tenure": null}',
    fix: "Send a value, or train the model on data with nulls in this column.",
  },
  "unseen-category": {
    what: "A value is not among the categories of its column.",
    why: "The model knows nothing about it. The contract says what happens: reject it, read it as null, or pass it on.",
    example: '{"plan": "gold"}     # training saw basic and premium',
    fix: "Correct the value, or set `serve.unseen` in pipeline.yaml to null or other and run the pipeline again.",
  },
  "out-of-range": {
    what: "A number or time lies outside what training saw. The row is answered all the same.",
    why: "Outside its training range a model extrapolates, and many models do that badly.",
    example: '{"tenure": 900}     # training saw 0 to 72',
    fix: "Check the unit and the source of the value; if it is right, train on newer data.",
  },
  "contract-column-missing": {
    what: "The served model reads a column that the raw table does not have.",
    why: "Without it the contract would let requests through that the model cannot answer.",
    example: "features.py reads tenure, the load step gives tenure_months",
    fix: "Check which artifact `serve.raw` in pipeline.yaml names.",
  },
  "contract-empty-table": {
    what: "The raw table has no rows.",
    why: "Types, ranges and categories of the contract are what the training data showed.",
    example: "a CSV file with nothing but its header",
    fix: "Check the data that the load step reads.",
  },
};

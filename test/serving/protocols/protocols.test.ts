import { expect, test } from "vitest";
import type { Answer } from "../../../src/serving/answer-schema.ts";
import {
  inferenceV2Protocol,
  renderModelMetadata,
} from "../../../src/serving/protocols/inference-v2.ts";
import { kserveV1Protocol } from "../../../src/serving/protocols/kserve-v1.ts";
import { mlflowProtocol } from "../../../src/serving/protocols/mlflow.ts";
import { predictProtocol } from "../../../src/serving/protocols/predict.ts";
import type { Protocol } from "../../../src/serving/protocols/protocol.ts";
import { churnModel } from "../../support/serving.ts";

const context = { model: churnModel, maxRows: 3 };
const tensor = { name: "tenure", shape: [2], datatype: "INT64", data: [1, 2] };

/** Bodies that all ask for tenure 1 and 2. */
const accepted: readonly (readonly [string, Protocol, unknown])[] = [
  ["rows", predictProtocol, { rows: [{ tenure: 1 }, { tenure: 2 }] }],
  ["a bare array", predictProtocol, [{ tenure: 1 }, { tenure: 2 }]],
  ["columns", predictProtocol, { columns: { tenure: [1, 2] } }],
  ["instances of KServe", kserveV1Protocol, { instances: [{ tenure: 1 }, { tenure: 2 }] }],
  ["instances of MLflow", mlflowProtocol, { instances: [{ tenure: 1 }, { tenure: 2 }] }],
  [
    "dataframe_records",
    mlflowProtocol,
    { dataframe_records: [{ tenure: 1 }, { tenure: 2 }], params: {} },
  ],
  [
    "dataframe_split",
    mlflowProtocol,
    { dataframe_split: { index: [7, 8], columns: ["tenure"], data: [[1], [2]] } },
  ],
  ["inputs by column", mlflowProtocol, { inputs: { tenure: [1, 2] } }],
  ["inputs by row", mlflowProtocol, { inputs: [{ tenure: 1 }, { tenure: 2 }] }],
  ["a flat tensor", inferenceV2Protocol, { inputs: [tensor] }],
  ["a tensor of shape [n, 1]", inferenceV2Protocol, { inputs: [{ ...tensor, shape: [2, 1] }] }],
  [
    "a nested tensor",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, shape: [2, 1], data: [[1], [2]] }] },
  ],
  [
    "a tensor of smaller integers",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, datatype: "UINT8" }] },
  ],
  [
    "a tensor with a codec that changes nothing",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, parameters: { content_type: "np" } }] },
  ],
];

test.each(accepted)("reads %s", (_name, protocol, body) => {
  const parsed = protocol.parseRequest(body, context);
  expect(parsed).toMatchObject({ ok: true, value: { raw: { rows: 2 } } });
  expect(parsed.ok && parsed.value.raw.columns.get("tenure")).toEqual([1, 2]);
});

test("takes a bare object for one row", () => {
  const parsed = predictProtocol.parseRequest({ tenure: 1, rows: 4 }, context);
  expect(parsed).toMatchObject({ ok: true, value: { raw: { rows: 1 } } });
});

test("keeps the client's id", () => {
  const ids = [
    predictProtocol.parseRequest({ id: "q-1", rows: [{ tenure: 1 }] }, context),
    inferenceV2Protocol.parseRequest({ id: "q-1", inputs: [tensor] }, context),
  ].map((parsed) => parsed.ok && parsed.value.id);
  expect(ids).toEqual(["q-1", "q-1"]);
});

const refused: readonly (readonly [string, Protocol, unknown, string])[] = [
  ["a number as body", predictProtocol, 7, "the body must be"],
  ["rows that are none", predictProtocol, { rows: [1] }, "rows[0] must be an object"],
  ["rows and columns at once", predictProtocol, { rows: [], columns: {} }, "not both"],
  ["something beside rows", predictProtocol, { rows: [{}], row: 1 }, '"row" stands beside "rows"'],
  ["an id that is a number", predictProtocol, { rows: [{}], id: 1 }, '"id" must be a string'],
  [
    "columns of different length",
    predictProtocol,
    { columns: { a: [1], b: [1, 2] } },
    'columns["b"] has 2 values',
  ],
  [
    "a column that is no array",
    predictProtocol,
    { columns: { a: 1 } },
    'columns["a"] must be an array',
  ],
  ["no rows", predictProtocol, { rows: [] }, "no rows"],
  ["no columns", predictProtocol, { columns: {} }, "no rows"],
  ["more rows than the limit", predictProtocol, { rows: [{}, {}, {}, {}] }, "at most 3"],
  ["KServe without instances", kserveV1Protocol, { rows: [] }, "instances"],
  ["MLflow with two shapes", mlflowProtocol, { inputs: {}, instances: [] }, "exactly one of"],
  ["MLflow with none", mlflowProtocol, {}, "exactly one of"],
  [
    "MLflow with params the model has not",
    mlflowProtocol,
    { inputs: { a: [1] }, params: { top: 3 } },
    "no params",
  ],
  [
    "a split frame with a short row",
    mlflowProtocol,
    { dataframe_split: { columns: ["a", "b"], data: [[1]] } },
    "data[0] must be an array of 2",
  ],
  [
    "a split frame with a column twice",
    mlflowProtocol,
    { dataframe_split: { columns: ["a", "a"], data: [[1, 2]] } },
    'names "a" twice',
  ],
  [
    "a split frame with too many rows",
    mlflowProtocol,
    { dataframe_split: { columns: ["a"], data: [[1], [1], [1], [1]] } },
    "at most 3",
  ],
  ["v2 without inputs", inferenceV2Protocol, { rows: [] }, "inputs"],
  [
    "a tensor without a name",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, name: 1 }] },
    "inputs[0].name",
  ],
  [
    "a tensor of another datatype",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, datatype: "FP64" }] },
    'input "tenure" must have datatype INT64',
  ],
  [
    "a tensor without a datatype",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, datatype: undefined }] },
    "got none",
  ],
  [
    "a tensor of another shape",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, shape: [1, 2] }] },
    "shape [n] or [n, 1]",
  ],
  [
    "a tensor shorter than its shape",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, shape: [3] }] },
    "but 2 values",
  ],
  [
    "a tensor in a codec that is not read",
    inferenceV2Protocol,
    { inputs: [{ ...tensor, parameters: { content_type: "base64" } }] },
    "base64",
  ],
  ["the same input twice", inferenceV2Protocol, { inputs: [tensor, tensor] }, "two inputs"],
  [
    "inputs of different length",
    inferenceV2Protocol,
    { inputs: [tensor, { ...tensor, name: "x", shape: [1], data: [1] }] },
    "1 rows, the inputs before it 2",
  ],
  [
    "outputs that are none",
    inferenceV2Protocol,
    { inputs: [tensor], outputs: "label" },
    '"outputs" must be',
  ],
];

test.each(refused)("refuses %s", (_name, protocol, body, message) => {
  const parsed = protocol.parseRequest(body, context);
  expect(parsed.ok ? "accepted" : parsed.error.message).toContain(message);
});

const answers: readonly Answer[] = [
  { label: "yes", probabilities: { yes: 0.75, no: 0.25 } },
  { label: "no", probabilities: { yes: 0.1, no: 0.9 } },
];
const answered = { id: "q-1", model: churnModel, answers, warnings: [], outputs: undefined };
const failed = {
  ...answered,
  answers: [...answers, { error: { code: "x", message: "no such plan" } }],
};

test("answers /predict with the model and one answer a row", () => {
  expect(predictProtocol.renderAnswers(answered)).toEqual({
    ok: true,
    value: { id: "q-1", model: "churn@v3", answers, warnings: [] },
  });
});

test("gives the rows that could be answered beside the one that could not", () => {
  expect(predictProtocol.renderAnswers(failed)).toMatchObject({
    ok: true,
    value: { answers: failed.answers },
  });
});

test("fails /predict when every row failed", () => {
  const allFailed = { ...failed, answers: failed.answers.slice(2) };
  expect(predictProtocol.renderAnswers(allFailed)).toMatchObject({
    ok: false,
    error: { status: 500, code: "prediction-failed" },
  });
});

test("answers v2 with tensors in the contract's order of classes", () => {
  expect(inferenceV2Protocol.renderAnswers(answered)).toEqual({
    ok: true,
    value: {
      model_name: "churn",
      model_version: "3",
      id: "q-1",
      outputs: [
        { name: "label", shape: [2], datatype: "BYTES", data: ["yes", "no"] },
        {
          name: "probabilities",
          shape: [2, 2],
          datatype: "FP64",
          data: [0.25, 0.75, 0.9, 0.1],
          parameters: { classes: '["no","yes"]' },
        },
      ],
    },
  });
});

test("gives only the outputs that v2 asks for, and refuses unknown ones", () => {
  const some = inferenceV2Protocol.renderAnswers({ ...answered, outputs: ["label"] });
  expect(some).toMatchObject({ ok: true, value: { outputs: [{ name: "label" }] } });
  const unknown = inferenceV2Protocol.renderAnswers({ ...answered, outputs: ["score"] });
  expect(unknown).toMatchObject({ ok: false, error: { status: 400 } });
});

test.each([
  ["v2", inferenceV2Protocol],
  ["KServe", kserveV1Protocol],
  ["MLflow", mlflowProtocol],
])("fails %s as a whole when a row failed, and names the row", (_name, protocol) => {
  expect(protocol.renderAnswers(failed)).toMatchObject({
    ok: false,
    error: { status: 500, message: "rows[2]: the model failed: no such plan" },
  });
});

test.each([
  ["KServe", kserveV1Protocol],
  ["MLflow", mlflowProtocol],
])("answers %s with predictions", (_name, protocol) => {
  expect(protocol.renderAnswers(answered)).toEqual({
    ok: true,
    value: { predictions: ["yes", "no"] },
  });
});

test("renders a refusal in each protocol's own form", () => {
  const problem = {
    code: "wrong-type",
    severity: "error",
    column: "tenure",
    row: 1,
    message: "m",
  } as const;
  const refusal = {
    status: 422,
    code: "contract-violated",
    message: "m",
    problems: [problem],
  } as const;
  const forms = [predictProtocol, inferenceV2Protocol, kserveV1Protocol, mlflowProtocol];
  expect(forms.map((protocol) => protocol.renderRefusal(refusal, "q-1"))).toEqual([
    {
      id: "q-1",
      error: {
        code: "contract-violated",
        message: "m",
        problems: [{ code: "wrong-type", column: "tenure", row: 1, message: "m" }],
      },
    },
    { error: "m" },
    { error: "m" },
    { error_code: "BAD_REQUEST", message: "m" },
  ]);
});

test.each([
  { answer: { kind: "label" as const, classes: [0, 1] }, label: 1, datatype: "INT64" },
  { answer: { kind: "label" as const, classes: [true, false] }, label: true, datatype: "BOOL" },
  { answer: { kind: "label" as const, classes: [0.5, 1.5] }, label: 0.5, datatype: "FP64" },
  { answer: { kind: "label" as const }, label: 7, datatype: "BYTES" },
  { answer: { kind: "cluster" as const }, label: 2, datatype: "INT64" },
  { answer: { kind: "number" as const }, label: 2.5, datatype: "FP64" },
])("announces datatype $datatype for $answer and keeps to it", ({ answer, label, datatype }) => {
  const model = { ...churnModel, contract: { ...churnModel.contract, answer } };
  const announced = renderModelMetadata(model);
  expect(announced).toMatchObject({ outputs: [{ name: "label", datatype }] });
  const rendered = inferenceV2Protocol.renderAnswers({ ...answered, model, answers: [{ label }] });
  expect(rendered).toMatchObject({ ok: true, value: { outputs: [{ datatype }] } });
});

test("fails when an answer does not fit the announced datatype", () => {
  const model = {
    ...churnModel,
    contract: { ...churnModel.contract, answer: { kind: "number" as const } },
  };
  const rendered = inferenceV2Protocol.renderAnswers({
    ...answered,
    model,
    answers: [{ label: "high" }],
  });
  expect(rendered).toMatchObject({ ok: false, error: { code: "prediction-failed" } });
});

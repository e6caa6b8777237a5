import { answeredNo, defineCommand, succeeded } from "../command.ts";

/** `mlops predict MODEL --input FILE --out FILE` */
export const predictCommand = defineCommand({
  name: "predict",
  group: "build",
  summary: "Score a CSV file with a model version",
  description:
    "Checks the rows against the model's contract, answers them in a Python worker, and writes one answer a row. The exit code is 1 when the model failed on some rows; their place in the output says why.",
  arguments: { model: { summary: "a model version, like churn@v1, churn@champion or churn" } },
  options: {
    input: { kind: "text", placeholder: "FILE", summary: "CSV file with a header (required)" },
    out: {
      kind: "text",
      placeholder: "FILE",
      summary: "where answers go: .json or CSV (required)",
    },
    python: {
      kind: "text",
      placeholder: "PATH",
      summary: "interpreter that has the model's requirements",
    },
  },
  examples: [
    { line: "mlops predict churn@v1 --input new.csv --out answers.csv", shows: "one answer a row" },
  ],
  resultSchema: async () => {
    const { z } = await import("zod");
    const { ScoreResult } = await import("../../serving/schema.ts");
    return { ...z.toJSONSchema(ScoreResult) };
  },
  run: async (context, input) => {
    const { runPredict } = await import("./run-predict.ts");
    const { result, diagnostics } = await runPredict(context, input);
    return result.failed === 0 ? succeeded(result, diagnostics) : answeredNo(result, diagnostics);
  },
  render: async ({ result }) => (await import("../render/serving.ts")).renderScored(result),
});

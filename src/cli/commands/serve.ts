import { defineCommand, succeeded } from "../command.ts";

/** `mlops serve MODEL` */
export const serveCommand = defineCommand({
  name: "serve",
  group: "ship",
  summary: "Answer predictions of a model version over HTTP",
  description:
    "One port answers POST /predict, Open Inference Protocol v2, KServe v1 :predict and MLflow /invocations, checks each request against the model's contract, and shows its numbers at /metrics. It stops on Ctrl-C or SIGTERM after finishing what it has begun.",
  arguments: { model: { summary: "a model version, like churn@v1, churn@champion or churn" } },
  options: {
    port: {
      kind: "whole-number",
      min: 0,
      max: 65_535,
      placeholder: "PORT",
      summary: "port to listen on; 0 takes any free one (default 8080)",
    },
    host: {
      kind: "text",
      placeholder: "ADDRESS",
      summary: "address to listen on (default 127.0.0.1: this machine only)",
    },
    workers: {
      kind: "whole-number",
      min: 1,
      max: 64,
      placeholder: "N",
      summary: "Python processes that answer (default 1)",
    },
    python: {
      kind: "text",
      placeholder: "PATH",
      summary: "interpreter that has the model's requirements",
    },
    allowHost: {
      kind: "texts",
      placeholder: "NAME",
      summary: "further name accepted in the Host header",
    },
  },
  examples: [
    { line: "mlops serve churn@v1", shows: "serve one version on http://127.0.0.1:8080" },
    {
      line: "mlops serve churn@champion --port 0 --workers 4",
      shows: "any free port, four Python processes",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../json-schema.ts");
    const { ServeResult } = await import("../../serving/schema.ts");
    return toJsonSchema(ServeResult);
  },
  run: async (context, input) => {
    const { runServe } = await import("./run-serve.ts");
    return succeeded(await runServe(context, input));
  },
  render: async ({ result }) => (await import("../render/serving.ts")).renderServed(result),
});

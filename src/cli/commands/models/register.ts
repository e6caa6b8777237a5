import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models register` */
export const modelsRegisterCommand = defineCommand({
  name: "models register",
  group: "models",
  summary: "Make a model version of a run",
  description:
    "Takes the newest run that succeeded, unless one is named. The version holds the fitted model, the feature state, the package, contract, profile and certificate, and loads with MLflow. The same content again is the same version.",
  arguments: {
    pipeline: { summary: "pipeline of the run; the only one when left out", count: "optional" },
  },
  options: {
    run: { kind: "text", placeholder: "id", summary: "run to register, by id or its first digits" },
    model: {
      kind: "text",
      placeholder: "name",
      summary: "name of the model (default the pipeline's)",
    },
    python: {
      kind: "text",
      placeholder: "command|path",
      summary: "interpreter of the run (default as in .mlopsrc.yaml)",
    },
    trust: {
      kind: "texts",
      placeholder: "module:name",
      summary: "a name that executes things and that loading may look up all the same",
    },
  },
  examples: [
    {
      line: "mlops models register churn",
      shows: "the newest successful run becomes the next version",
    },
    {
      line: "mlops models register churn --run 4f2a9c --model churn-test",
      shows: "a certain run, under another name",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelRegisterReport } = await import("../../../app/models-schema.ts");
    return toJsonSchema(ModelRegisterReport);
  },
  run: async (context, input) => {
    const { runRegister } = await import("./run-register.ts");
    return succeeded(await runRegister(context, input));
  },
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderRegistration(result, style),
});

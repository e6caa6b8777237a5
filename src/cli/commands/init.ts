import { defineCommand, succeeded } from "../command.ts";

/** `mlops init` */
export const initCommand = defineCommand({
  name: "init",
  group: "start",
  summary: "Make this folder a project",
  description:
    "Writes .mlopsrc.yaml (settings) and .mlops/ (state, ignored by git), and checks that a Python is there. What exists is never changed.",
  arguments: {},
  options: {
    python: {
      kind: "text",
      placeholder: "command|path",
      summary: "interpreter that notebooks and pipelines run with; kept in .mlopsrc.yaml",
    },
    pipelines: { kind: "text", placeholder: "folder", summary: "where promoted pipelines go" },
  },
  examples: [
    { line: "mlops init", shows: "asks what it needs to know" },
    { line: "mlops init --yes --python .venv/bin/python", shows: "asks nothing, for scripts" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../json-schema.ts");
    const { InitResult } = await import("../../app/init-schema.ts");
    return toJsonSchema(InitResult);
  },
  run: async (context, input) => {
    const { runInit } = await import("./run-init.ts");
    return succeeded(await runInit(context, input));
  },
  render: async ({ result }, style) =>
    (await import("../render/init-result.ts")).renderInitResult(result, style),
});

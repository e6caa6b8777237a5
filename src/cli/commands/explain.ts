import { defineCommand, succeeded } from "../command.ts";

/** `mlops explain` */
export const explainCommand = defineCommand({
  name: "explain",
  group: "other",
  summary: "Explain an error code, or print the schema of a result",
  arguments: {
    code: { summary: "as shown in [brackets]; without it all codes are listed", count: "optional" },
  },
  options: {
    schema: {
      kind: "text",
      placeholder: "command",
      summary: 'JSON Schema of what a command prints with --json, or of "config"',
    },
  },
  examples: [
    { line: "mlops explain python-missing", shows: "what it means and what to do" },
    { line: "mlops explain --schema init", shows: "the document that mlops init --json prints" },
  ],
  resultSchema: async () => (await import("./run-explain.ts")).explainResultSchema(),
  run: async (_context, input) => {
    const { runExplain } = await import("./run-explain.ts");
    return succeeded(await runExplain(input));
  },
  render: async ({ result }, style) =>
    (await import("../render/explain-result.ts")).renderExplainResult(result, style),
});

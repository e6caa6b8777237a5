import { defineCommand, succeeded } from "../command.ts";

/** `mlops inspect` */
export const inspectCommand = defineCommand({
  name: "inspect",
  group: "build",
  summary: "Show what the analysis knows about a notebook",
  description: "From reading alone; nothing is run.",
  arguments: { notebook: { summary: "path of the .ipynb file" } },
  options: {
    phase: {
      kind: "choice",
      choices: ["facts", "plan"],
      summary: "facts: reads, writes and effects of each statement; plan: the steps (default plan)",
    },
  },
  examples: [
    { line: "mlops inspect churn.ipynb", shows: "the steps that promotion would make" },
    { line: "mlops inspect churn.ipynb --phase facts", shows: "one line a statement" },
  ],
  resultSchema: async () => (await import("./run-inspect.ts")).inspectResultSchema(),
  run: async (context, input) => {
    const { runInspect } = await import("./run-inspect.ts");
    const { result, diagnostics } = await runInspect(context, input);
    return succeeded(result, diagnostics);
  },
  render: ({ result }) => result.text,
});

import { defineCommand, succeeded } from "../command.ts";

/** `mlops inspect` */
export const inspectCommand = defineCommand({
  name: "inspect",
  group: "build",
  summary: "Show what the analysis knows about a notebook, or several",
  description: "From reading alone; nothing is run.",
  arguments: {
    notebooks: {
      summary: "path of the .ipynb file; several, in the order they are run, as promote takes them",
      count: "some",
    },
  },
  options: {
    phase: {
      kind: "choice",
      choices: ["facts", "graph", "plan"],
      summary:
        "facts: reads, writes and effects of each statement; graph: what flows between them; plan: the steps (default plan)",
    },
    slice: {
      kind: "text",
      placeholder: "name",
      summary: "print exactly the statements that a variable's last value needs",
    },
  },
  examples: [
    { line: "mlops inspect churn.ipynb", shows: "the steps that promotion would make" },
    { line: "mlops inspect churn.ipynb --phase facts", shows: "one line a statement" },
    { line: "mlops inspect churn.ipynb --slice model", shows: "what the model depends on" },
    { line: "mlops inspect clean.ipynb train.ipynb", shows: "the steps of both as one pipeline" },
  ],
  resultSchema: async () => (await import("../inspect-schema.ts")).inspectResultSchema(),
  run: async (context, input) => {
    const { runInspect } = await import("./run-inspect.ts");
    const { result, diagnostics } = await runInspect(context, input);
    return succeeded(result, diagnostics);
  },
  render: ({ result }) => result.text,
});

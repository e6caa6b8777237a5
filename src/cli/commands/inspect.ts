import { answeredNo, defineCommand, succeeded } from "../command.ts";

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
      choices: ["facts", "graph", "plan", "features"],
      summary:
        "facts: what each cell reads, writes and changes; graph: what each needs of others; plan: the steps; features: what each statement from the raw table to the model's matrix depends on, what is learned in it, and what stands in the way of serving (default plan)",
    },
    statements: {
      kind: "switch",
      summary: "facts and graph with a line for each statement instead of each cell",
    },
    slice: {
      kind: "text",
      placeholder: "name|cell",
      summary:
        "print, as a script, exactly the statements that a variable's last value needs, or a cell (by its number) and all that it needs",
    },
  },
  examples: [
    { line: "mlops inspect churn.ipynb", shows: "the steps that promotion would make" },
    { line: "mlops inspect churn.ipynb --phase facts", shows: "a paragraph a cell" },
    { line: "mlops inspect churn.ipynb --phase graph", shows: "what each cell needs, and why" },
    {
      line: "mlops inspect churn.ipynb --phase features",
      shows: "what is row by row, what is learned, and what serving needs",
    },
    {
      line: "mlops inspect churn.ipynb --slice model > model.py",
      shows: "what the model depends on, to run by itself",
    },
    { line: "mlops inspect churn.ipynb --slice 18", shows: "cell 18 and all that it needs" },
    { line: "mlops inspect clean.ipynb train.ipynb", shows: "the steps of both as one pipeline" },
    {
      line: "mlops inspect clean.ipynb train.ipynb --slice train.ipynb:2",
      shows: "a cell of one of several",
    },
  ],
  resultSchema: async () => (await import("../inspect-schema.ts")).inspectResultSchema(),
  run: async (context, input) => {
    const { runInspect } = await import("./run-inspect.ts");
    const { result, diagnostics } = await runInspect(context, input);
    // Facts are shown of what can be read; that not everything can be is an answer of its own.
    return diagnostics.some(({ severity }) => severity === "error")
      ? answeredNo(result, diagnostics)
      : succeeded(result, diagnostics);
  },
  render: ({ result }) => result.text,
});

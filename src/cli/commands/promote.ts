import { answeredNo, defineCommand, succeeded } from "../command.ts";

/** `mlops promote` */
export const promoteCommand = defineCommand({
  name: "promote",
  group: "start",
  summary: "Turn a notebook into a tested pipeline that computes the same",
  description:
    "Reads the notebook, runs it on a copy of its folder to see what really happens (twice, to find what it does not repeat), cuts it into steps where a cut is sound, writes a Python package, and runs that package in fresh processes to compare everything with the notebook. The notebook and its folder stay as they are. Works without init. Several notebooks run one after the other, each in a process of its own.",
  arguments: {
    notebooks: {
      summary: "path of the .ipynb file; several, in the order they are run, become one pipeline",
      count: "some",
    },
  },
  options: {
    name: {
      kind: "text",
      placeholder: "name",
      summary: "name of the pipeline (default: the notebook's)",
    },
    python: {
      kind: "text",
      placeholder: "command|path",
      summary:
        "interpreter to run the notebook with; this machine then takes it for the pipeline, too",
    },
    asOf: {
      kind: "text",
      placeholder: "date|git",
      summary: "run it with the libraries of that day, in an environment made for it",
    },
    timeout: {
      kind: "number",
      placeholder: "seconds",
      min: 0.1,
      summary: "time for one run of the notebook, and for one step",
    },
    order: {
      kind: "text",
      placeholder: "cells|saved",
      summary:
        "where the saved outputs prove another order of the cells: promote from top to bottom anyway, or a copy in that order",
    },
    fix: {
      kind: "text",
      placeholder: "leakage",
      summary:
        "leakage: learn from the training rows only, and compare the metrics; kept in pipeline.yaml, the notebook stays",
    },
    interactive: {
      kind: "switch",
      summary:
        "look at the plan first and merge, split, rename or drop, and say what serving needs; kept in pipeline.yaml",
    },
    dryRun: { kind: "switch", summary: "do everything and show it, write no file" },
    diff: { kind: "switch", summary: "show what would change as a unified diff, write no file" },
    observe: {
      kind: "switch",
      default: true,
      summary: "never run anything; the pipeline is then unproven",
    },
    verify: {
      kind: "switch",
      default: true,
      summary: "do not compare the pipeline with the notebook",
    },
    fresh: {
      kind: "switch",
      summary: "run the notebook even if nothing changed since its last run",
    },
    lock: {
      kind: "switch",
      default: true,
      summary: "make no requirements.lock; nothing asks a package index then",
    },
    allowNetwork: { kind: "switch", summary: "let the notebook reach the network" },
    allowWrite: { kind: "switch", summary: "let the notebook write outside its folder" },
  },
  examples: [
    {
      line: "mlops promote notebooks/churn.ipynb",
      shows: "writes pipelines/churn and its certificate",
    },
    {
      line: "mlops promote churn.ipynb --interactive",
      shows: "asks about the steps, and about columns that serving needs, before it makes them",
    },
    {
      line: "mlops promote clean.ipynb train.ipynb --name churn",
      shows: "one pipeline of two notebooks: the second reads files that the first writes",
    },
    {
      line: "mlops promote churn.ipynb --fix leakage",
      shows: "means and scalers of the training rows only; old and new metrics side by side",
    },
    { line: "mlops promote churn.ipynb --diff", shows: "what promoting again would change" },
    {
      line: "mlops promote churn.ipynb --as-of 2023-03-01",
      shows: "for a notebook whose libraries have moved on",
    },
    {
      line: "mlops promote churn.ipynb --no-observe",
      shows: "the plan from reading alone; runs nothing",
    },
  ],
  resultSchema: async () => (await import("../promotion-schema.ts")).promotionResultSchema(),
  run: async (context, input) => {
    const { runPromote } = await import("./run-promote.ts");
    const { result, diagnostics } = await runPromote(context, input);
    return result.certificate?.verdict === "differs" ||
      result.changes.some((file) => (file.conflicts ?? []).length > 0)
      ? answeredNo(result, diagnostics)
      : succeeded(result, diagnostics);
  },
  render: async ({ result }, style, input) =>
    (await import("../render/promotion.ts")).renderPromotion(result, { diff: input.diff }, style),
});

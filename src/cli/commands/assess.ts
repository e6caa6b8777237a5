import { answeredNo, defineCommand, succeeded } from "../command.ts";

/** `mlops assess` */
export const assessCommand = defineCommand({
  name: "assess",
  group: "start",
  summary: "Say how mature this repository is, with the evidence",
  description:
    "Two numbers: claimed rests on what the repository shows, proven on what the registry and execution show. Reads only; nothing found in the repository is started. Works without init, and with nothing but notebooks.",
  arguments: {},
  options: {
    format: {
      kind: "choice",
      choices: ["text", "md", "json"],
      summary: "how to print it (default text)",
    },
    failUnder: {
      kind: "whole-number",
      placeholder: "level",
      min: 0,
      max: 3,
      summary: "exit 1 when the level is lower",
    },
    gateOn: {
      kind: "choice",
      choices: ["proven", "claimed"],
      summary: "which number --fail-under looks at (default proven)",
    },
  },
  examples: [
    { line: "mlops assess", shows: "where this repository stands and the next three steps" },
    { line: "mlops assess --fail-under 1 --gate-on claimed", shows: "a gate for CI" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../json-schema.ts");
    const { Assessment } = await import("../../maturity/schema.ts");
    return toJsonSchema(Assessment);
  },
  run: async (context, input) => {
    const { runAssess } = await import("./run-assess.ts");
    const { result, below } = await runAssess(context, input);
    return below === undefined ? succeeded(result) : answeredNo(result, [below]);
  },
  render: async ({ result }, style, { format }) => {
    const { renderAssessment, renderAssessmentMarkdown } = await import("../render/assessment.ts");
    if (format === "json") return JSON.stringify(result, undefined, 2);
    return format === "md" ? renderAssessmentMarkdown(result) : renderAssessment(result, style);
  },
});

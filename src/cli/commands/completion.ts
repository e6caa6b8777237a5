import { defineCommand, succeeded } from "../command.ts";
import { COMPLETION_SCRIPTS } from "../completion-scripts.ts";

/** `mlops completion` */
export const completionCommand = defineCommand({
  name: "completion",
  group: "other",
  summary: "Print the completion script of a shell",
  description:
    "Completes commands, options and their choices, and the names of pipelines, steps, parameters, models, runs and recorded data of the project around the working directory.",
  arguments: { shell: { summary: "bash, zsh or fish" } },
  options: {},
  examples: [
    { line: 'eval "$(mlops completion bash)"', shows: "in ~/.bashrc" },
    { line: 'eval "$(mlops completion zsh)"', shows: "in ~/.zshrc" },
    { line: "mlops completion fish | source", shows: "in ~/.config/fish/config.fish" },
  ],
  resultSchema: async () => {
    const { completionResultSchema } = await import("../completion-schema.ts");
    return completionResultSchema();
  },
  run: async (_context, { shell }) => {
    if (shell === "bash" || shell === "zsh" || shell === "fish")
      return succeeded({ shell, script: COMPLETION_SCRIPTS[shell] });
    const { UsageError } = await import("../../base/errors.ts");
    throw new UsageError(`there is no completion for "${shell}"`, {
      code: "usage-wrong-value",
      hint: "one of bash, zsh, fish",
    });
  },
  render: ({ result }) => result.script.trimEnd(),
});

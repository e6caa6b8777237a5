import { defineCommand, succeeded } from "../command.ts";

/** What each shell needs to hear; the words themselves come from `mlops complete-words`. */
const SCRIPTS = {
  bash: `# mlops completion: eval "$(mlops completion bash)"
_mlops() {
  local IFS=$'\\n'
  COMPREPLY=($(mlops complete-words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _mlops mlops
`,
  zsh: `# mlops completion: eval "$(mlops completion zsh)"
_mlops() {
  local -a answers
  answers=("\${(@f)$(mlops complete-words -- "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  if [[ -n "\${answers[*]}" ]]; then compadd -- "\${answers[@]}"; else _files; fi
}
compdef _mlops mlops
`,
  fish: `# mlops completion: mlops completion fish | source
complete -c mlops -a '(set -l typed (commandline -opc) (commandline -ct); mlops complete-words -- $typed[2..] 2>/dev/null)'
`,
} as const;

/** `mlops completion` */
export const completionCommand = defineCommand({
  name: "completion",
  group: "other",
  summary: "Print the completion script of a shell",
  description:
    "Completes commands, options and their choices, and the names of pipelines, models and runs of the project around the working directory.",
  arguments: { shell: { summary: "bash, zsh or fish" } },
  options: {},
  examples: [
    { line: 'eval "$(mlops completion bash)"', shows: "in ~/.bashrc" },
    { line: "mlops completion fish | source", shows: "in ~/.config/fish/config.fish" },
  ],
  resultSchema: async () => {
    const { completionResultSchema } = await import("../completion-schema.ts");
    return completionResultSchema();
  },
  run: async (_context, { shell }) => {
    if (shell === "bash" || shell === "zsh" || shell === "fish")
      return succeeded({ shell, script: SCRIPTS[shell] });
    const { UsageError } = await import("../../base/errors.ts");
    throw new UsageError(`there is no completion for "${shell}"`, {
      code: "usage-wrong-value",
      hint: "one of bash, zsh, fish",
    });
  },
  render: ({ result }) => result.script.trimEnd(),
});

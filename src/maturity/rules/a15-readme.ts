/** A15: a stranger can reproduce from the README: the commands it documents are the ones CI runs. */
import { runsPythonModule, shellCommands } from "../../deploy/shell-commands.ts";
import { ciCommands } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { itemOfCommand } from "./items.ts";

export const a15: Rule = {
  id: "A15",
  section: "A",
  level: 1,
  gate: undefined,
  question: "Can a stranger reproduce training from the README?",
  how: ["S", "X"],
  weight: 2,
  earn: { command: "mlops promote NOTEBOOK.ipynb, then mlops deploy --level 1", effort: 2 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const { readme } = pipeline;
    if (readme === undefined) return fail("the pipeline has no README.md");
    const commands = [
      ...readme.text.matchAll(/^```(?:sh|bash|shell|console)?\s*\n([\s\S]*?)^```/gm),
    ].flatMap((match) => shellCommands((match[1] ?? "").replace(/^\$ /gm, "")));
    const trains = commands.find((one) => runsPythonModule(one.text, pipeline.package, "run"));
    const installs = commands.some((one) =>
      /\bpip install\b.*-r\s*requirements\.(txt|lock)/.test(one.text),
    );
    if (trains === undefined)
      return fail("README.md shows no command that trains", [
        { text: "README.md", path: readme.path, line: 1 },
      ]);
    const line = readme.text.split("\n").findIndex((text) => text.includes(trains.text)) + 1;
    const item = { text: trains.text, path: readme.path, line: Math.max(1, line) };
    if (!installs)
      return partial(1, "README.md does not say how to install what is needed", [item]);
    const command = ciCommands(project, pipeline).find((one) =>
      runsPythonModule(one.text, pipeline.package, "run"),
    );
    if (command === undefined)
      return partial(2, "README.md documents the commands, but CI does not run them", [item]);
    return pass(3, "CI runs what README.md documents", [item, itemOfCommand(command)]);
  },
};

/** A7: hyper-parameters and paths are configuration outside the code, in a checked file, and the code really uses them. */
import { parameterVariable, readDeclaredSteps } from "../../pipeline/declared-steps.ts";
import { realSteps } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { unusableReason } from "./items.ts";

export const a07: Rule = {
  id: "A7",
  section: "A",
  level: 1,
  gate: undefined,
  question: "Are hyper-parameters and paths external configuration that is checked?",
  how: ["S"],
  weight: 2,
  earn: { command: "mlops promote NOTEBOOK.ipynb (lifts literals into params.yaml)", effort: 1 },
  check: ({ pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    if (pipeline.file === undefined)
      return fail(unusableReason(pipeline, "pipeline.yaml") ?? "pipeline.yaml cannot be read");
    const path = `${pipeline.folder}/params.yaml`;
    const names = Object.keys(pipeline.params ?? {});
    if (names.length === 0)
      return fail(unusableReason(pipeline, "params.yaml") ?? "params.yaml has no parameters");
    const item = {
      text: `${String(names.length)} parameters: ${names.slice(0, 5).join(", ")}`,
      path,
      line: 1,
    };
    const undeclared = pipeline.file.steps
      .flatMap((step) => step.params)
      .find((name) => !names.includes(name));
    if (undeclared !== undefined)
      return partial(1, `a step takes ${undeclared}, which params.yaml does not hold`, [item]);
    const steps = realSteps(pipeline);
    const table = pipeline.modules.get("_pipeline.py");
    const declared = table === undefined ? [] : readDeclaredSteps(table);
    const unread = names.find(
      (name) =>
        !steps.some(({ step, function: body }) => {
          const variable = parameterVariable(
            declared.find((one) => one.name === step.name),
            name,
          );
          return (
            step.params.includes(name) &&
            body.parameters.includes(variable) &&
            body.names.has(variable)
          );
        }),
    );
    if (unread !== undefined) return partial(2, `no step uses the parameter ${unread}`, [item]);
    return pass(3, "every parameter is read from params.yaml and used by a step", [item]);
  },
};

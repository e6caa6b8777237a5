/** B6: the raw input is checked against a schema before features are built. A schema that accepts everything checks nothing. */
import { pythonName } from "../../base/python-name.ts";
import type { Contract } from "../../contract/schema.ts";
import { type PipelineEvidence, reachableModules } from "../evidence.ts";
import { type EvidenceItem, fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";

export const b06: Rule = {
  id: "B6",
  section: "B",
  level: 1,
  gate: 1,
  question: "Is the raw input schema checked before features are built?",
  how: ["S", "P"],
  weight: 3,
  earn: { command: "mlops promote NOTEBOOK.ipynb (writes contract.json and its check)", effort: 2 },
  check: ({ pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    if (pipeline.contract === undefined)
      return fail("there is no contract.json that says what raw rows look like");
    const { path, value } = pipeline.contract;
    const item: EvidenceItem = {
      text: `${String(value.columns.length)} raw columns with types`,
      path,
      line: 1,
    };
    if (acceptsEverything(value))
      return partial(1, "the contract refuses nothing: every column is nullable text", [item]);
    const serving = checkedIn(pipeline, "predict.py");
    const training = (pipeline.file?.steps ?? [])
      .map((step) => checkedIn(pipeline, `${pythonName(step.name)}.py`))
      .find((one) => one !== undefined);
    if (serving === undefined && training === undefined)
      return partial(2, "nothing calls the check of the contract", [item]);
    if (training === undefined && serving !== undefined)
      return partial(3, "requests are checked before features are built; training data is not", [
        serving,
        item,
      ]);
    if (serving === undefined && training !== undefined)
      return partial(3, "training data is checked before features are built; requests are not", [
        training,
        item,
      ]);
    return pass(3, "rows are checked against the contract in training and in serving", [
      ...(serving === undefined ? [] : [serving]),
      ...(training === undefined ? [] : [training]),
      item,
    ]);
  },
};

function acceptsEverything(contract: Contract): boolean {
  return contract.columns.every(
    (column) => column.type === "string" && column.nullable && column.unseen !== "reject",
  );
}

/** The call of contract.check that a module makes itself. */
function checkedIn(pipeline: PipelineEvidence, name: string): EvidenceItem | undefined {
  const module = pipeline.modules.get(name);
  if (module === undefined || !reachableModules(pipeline, name).has("contract.py"))
    return undefined;
  const call = module.calls.find(
    (one) =>
      /(^|\.)contract\.(check|check_\w+|Contract\w*)(\.|$)|^contract\.|\.contract\.check/.test(
        one.callee,
      ) || /^(\w*\.)?check(_rows|_frame)?$/.test(one.callee),
  );
  return call === undefined ? undefined : { text: call.callee, path: module.path, line: call.line };
}

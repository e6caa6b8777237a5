/** B3: one row gives the same features as the batch. Only execution proves it; what is read here is whether such a test exists, asserts, and is run. */

import type { PythonFunction } from "../../python/python-module.ts";
import { realTests, skipsItself } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { pytestCommand } from "./a14-importable.ts";

export const b03: Rule = {
  id: "B3",
  section: "B",
  level: 1,
  gate: 1,
  question: "Does a single-row request give the same features as the batch pipeline?",
  how: ["X", "P"],
  weight: 5,
  earn: {
    command:
      "mlops promote NOTEBOOK.ipynb (writes the parity test), then mlops deploy --level 1 (runs it)",
    effort: 2,
  },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const found = realTests(pipeline).find(({ test }) => comparesOneRowWithBatch(test));
    if (found === undefined)
      return fail("no test compares the features of one row with those of the batch");
    const item = { text: found.test.name, path: found.module.path, line: found.test.line };
    const skip = skipsItself(pipeline, found.module);
    if (skip !== undefined)
      return partial(
        1,
        "the tests of features skip themselves: contract.json is not in the package",
        [{ text: "pytest.skip", ...skip }, item],
      );
    const command = pytestCommand(project, pipeline);
    if (command === undefined) return partial(2, "the parity test is not run by CI", [item]);
    return pass(
      3,
      "CI runs a test that compares one row with the batch; whether it holds needs execution",
      [item, command],
    );
  },
};

/** It transforms (or predicts) at least twice, or once in a loop over single rows taken by position. */
function comparesOneRowWithBatch(test: PythonFunction): boolean {
  const calls = test.calls.filter(
    (call) =>
      /(^|\.)(transform|features|predict|predictor|load)$/.test(call.callee) ||
      /\.(predict|transform)\b/.test(call.callee),
  );
  const oneRow = [...test.names].some((name) =>
    /^(one|single|row|rows|iloc|iterrows|first)$/.test(name),
  );
  return calls.length >= 2 && oneRow;
}

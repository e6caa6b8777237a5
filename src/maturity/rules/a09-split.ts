/**
 * A9: the split is declared, disjoint, and evaluation is leak-free. The rubric asks for rules L01–L12; this version looks at two of them on the order of steps and calls
 * (L01: a transformer is fitted before the split; L03: something is fitted on what is named test), so it never says more than "partial" and names what was not looked at.
 */

import type { PythonCall } from "../../python/python-module.ts";
import { type RealStep, realSteps } from "../evidence.ts";
import { type EvidenceItem, fail, NO_PIPELINE, partial, type Rule } from "../rule.ts";

const SPLIT =
  /^sklearn\.model_selection\.(train_test_split|\w+Split|\w*KFold|cross_val\w+|GridSearchCV|RandomizedSearchCV)$/;
const TRANSFORMER =
  /^sklearn\.(preprocessing|impute|decomposition|feature_selection|feature_extraction\.text|compose)\.[A-Z]\w+$/;

export const a09: Rule = {
  id: "A9",
  section: "A",
  level: 1,
  gate: 1,
  question: "Is the split declared, disjoint by entity and time, and is evaluation leak-free?",
  how: ["S", "X"],
  weight: 5,
  earn: {
    command:
      "split before anything is fitted, in the notebook, then mlops promote it again; the other leakage rules come with mlops lint",
    effort: 4,
  },
  check: ({ pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const calls = realSteps(pipeline).flatMap((real) =>
      inOrder(real.function.calls).map((call) => ({ real, call })),
    );
    const at = calls.findIndex(({ call }) => SPLIT.test(call.callee));
    const split = calls[at];
    if (split === undefined) return fail("no step splits the data into training and test rows");
    const item = itemOf(split.real, split.call, "split");
    const transformers = transformerNames(calls);
    const early = calls.slice(0, at).find(({ call }) => fits(call, transformers));
    if (early !== undefined)
      return partial(1, "L01: a transformer is fitted on all rows before they are split", [
        itemOf(early.real, early.call, "fitted before the split"),
        item,
      ]);
    const onTest = calls.find(
      ({ call }) =>
        /\.fit(_transform)?$/.test(call.callee) &&
        call.arguments.some((one) => /(^|_)test(_|$)/i.test(one.text)),
    );
    if (onTest !== undefined)
      return partial(1, "L03: something is fitted on test rows", [
        itemOf(onTest.real, onTest.call, "fitted on test rows"),
        item,
      ]);
    return partial(
      2,
      "the split is declared and nothing is fitted before it (L01, L03); L02 and L04 to L12 are not examined by this version",
      [item],
    );
  },
};

/** Receivers that were bound to a transformer cannot be followed without data flow; the class itself standing before the split with a fit on the same name is what is looked for. */
function transformerNames(
  calls: readonly { readonly real: RealStep; readonly call: PythonCall }[],
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { real } of calls) {
    for (const match of real.module.text.matchAll(
      /^[ \t]*([A-Za-z_]\w*)\s*=\s*([A-Za-z_][\w.]*)\(/gm,
    )) {
      const [, name, callee] = match;
      const imported = real.module.imports.find((one) => one.name === callee?.split(".")[0]);
      const origin =
        imported?.member === undefined ? callee : `${imported.module}.${imported.member}`;
      if (name !== undefined && origin !== undefined && TRANSFORMER.test(origin)) names.add(name);
    }
  }
  return names;
}

function fits(call: PythonCall, transformers: ReadonlySet<string>): boolean {
  const match = /^(.*)\.fit(_transform)?$/.exec(call.callee);
  const receiver = match?.[1];
  if (receiver === undefined) return false;
  return transformers.has(receiver) || TRANSFORMER.test(receiver.replace(/\(.*$/s, ""));
}

function inOrder(calls: readonly PythonCall[]): readonly PythonCall[] {
  return [...calls].sort((left, right) => left.line - right.line);
}

function itemOf(real: RealStep, call: PythonCall, what: string): EvidenceItem {
  return { text: `${call.callee}: ${what}`, path: real.module.path, line: call.line };
}

/**
 * A9: the split is declared, disjoint, and evaluation is leak-free. The rubric asks for rules L01–L12; this version looks at the order of steps and calls for three of
 * them (L01: a statistic is computed or a transformer fitted before the split; L02: the same for an encoder's vocabulary; L03: something is fitted on what is
 * named test), so it never says more than "partial" and names what was not looked at.
 */
import type { PythonCall } from "../../python/python-module.ts";
import { type RealStep, realSteps } from "../evidence.ts";
import { type EvidenceItem, fail, NO_PIPELINE, partial, type Rule } from "../rule.ts";

const SPLIT =
  /^sklearn\.model_selection\.(train_test_split|\w+Split|\w*KFold|cross_val\w+|GridSearchCV|RandomizedSearchCV)$/;
const TRANSFORMER =
  /^sklearn\.(preprocessing|impute|decomposition|feature_selection|feature_extraction\.text|compose)\.[A-Z]\w+$/;
/** Learn only which categories there are; skew more than optimism. */
const ENCODER =
  /^sklearn\.preprocessing\.(LabelEncoder|OrdinalEncoder|OneHotEncoder|LabelBinarizer|MultiLabelBinarizer)$/;
const VOCABULARY = /^pandas\.(get_dummies|factorize)$|\.factorize$/;
/** A number learned from all rows. */
const STATISTIC = /\.(mean|median|mode|std|var|quantile|corr|nunique|value_counts)$/;

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
    const before = calls.slice(0, at);
    const scalers = namesBoundTo(
      calls,
      (callee) => TRANSFORMER.test(callee) && !ENCODER.test(callee),
    );
    const early = before.find(({ call }) => fits(call, scalers) || STATISTIC.test(call.callee));
    if (early !== undefined)
      return partial(1, "L01: something is learned from all rows before they are split", [
        itemOf(early.real, early.call, "before the split"),
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
    const encoders = namesBoundTo(calls, (callee) => ENCODER.test(callee));
    const vocabulary = before.find(
      ({ call }) => fits(call, encoders) || VOCABULARY.test(call.callee),
    );
    const clean =
      "the split is declared and nothing is fitted before it (L01, L02, L03); L04 to L12 are not examined by this version";
    if (vocabulary === undefined) return partial(2, clean, [item]);
    return partial(
      2,
      "L02: an encoder learns its categories from all rows before they are split; L04 to L12 are not examined by this version",
      [itemOf(vocabulary.real, vocabulary.call, "before the split"), item],
    );
  },
};

/** Names that a step binds to an object of a class, by the text of the assignment; what flows on under another name is not followed. */
function namesBoundTo(
  calls: readonly { readonly real: RealStep }[],
  isWanted: (callee: string) => boolean,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const module of new Set(calls.map(({ real }) => real.module))) {
    for (const match of module.text.matchAll(/^[ \t]*([A-Za-z_]\w*)\s*=\s*([A-Za-z_][\w.]*)\(/gm)) {
      const [, name, callee = ""] = match;
      const imported = module.imports.find((one) => one.name === callee.split(".")[0]);
      const origin =
        imported?.member === undefined ? callee : `${imported.module}.${imported.member}`;
      if (name !== undefined && isWanted(origin)) names.add(name);
    }
  }
  return names;
}

function fits(call: PythonCall, names: ReadonlySet<string>): boolean {
  const receiver = /^(.*)\.fit(_transform)?$/s.exec(call.callee)?.[1];
  return receiver !== undefined && names.has(receiver);
}

function inOrder(calls: readonly PythonCall[]): readonly PythonCall[] {
  return [...calls].sort((left, right) => left.line - right.line);
}

function itemOf(real: RealStep, call: PythonCall, what: string): EvidenceItem {
  return { text: `${call.callee}: ${what}`, path: real.module.path, line: call.line };
}

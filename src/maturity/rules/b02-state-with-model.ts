/** B2: what was fitted is saved with the model and serving recomputes nothing. */
import { modelsOf } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { itemOfModel } from "./items.ts";
import { brokenFiles } from "./lineage.ts";

/** Calls that learn from the rows they get. */
const REFIT = /(^pandas\.(get_dummies|factorize|qcut)$)|\.(fit|fit_transform|partial_fit)$/;
/** `get_dummies` of a column whose categories were given learns nothing. */
const GIVEN_CATEGORIES = /\b(known_dummies|as_categories)\(|\bCategorical(Dtype)?\(/;

export const b02: Rule = {
  id: "B2",
  section: "B",
  level: 1,
  gate: 1,
  question:
    "Is all fitted state saved and versioned with the model, and nothing recomputed in serving?",
  how: ["S", "R"],
  weight: 5,
  earn: { command: "mlops run PIPELINE (registers model and state together)", effort: 2 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const features = pipeline.modules.get("features.py");
    const predict = pipeline.modules.get("predict.py");
    const fit = features?.functions.find((one) => one.name === "fit" && one.statements > 0);
    const transform = features?.functions.find(
      (one) => one.name === "transform" && one.statements > 0,
    );
    if (features === undefined || fit === undefined || transform === undefined)
      return fail("features.py does not separate fit from transform");
    const item = {
      text: `transform(${transform.parameters.join(", ")})`,
      path: features.path,
      line: transform.line,
    };
    if (transform.parameters.length < 2) return partial(1, "transform takes no state", [item]);
    const refit = [
      ...transform.calls.map((call) => ({ call, path: features.path })),
      ...(predict?.calls ?? []).map((call) => ({ call, path: predict?.path ?? "" })),
    ].find(
      ({ call }) =>
        REFIT.test(call.callee) && !GIVEN_CATEGORIES.test(call.arguments[0]?.text ?? ""),
    );
    if (refit !== undefined)
      return partial(1, "serving learns from the rows it is asked about", [
        { text: refit.call.callee, path: refit.path, line: refit.call.line },
        item,
      ]);
    if (predict === undefined)
      return partial(2, "state is separate, but nothing serves with it: there is no predict.py", [
        item,
      ]);
    const model = modelsOf(project, pipeline)[0];
    if (model === undefined)
      return pass(3, "transform works from given state and serving fits nothing", [item]);
    const state = Object.keys(model.files).find((path) => path.startsWith("state/"));
    if (state === undefined)
      return partial(2, "the newest model version holds no state/", [itemOfModel(model), item]);
    const broken = brokenFiles(project, model)?.find((text) => text.startsWith("state/"));
    if (broken !== undefined)
      return fail(`the state of the newest version cannot be loaded: ${broken}`, [
        itemOfModel(model),
      ]);
    if (brokenFiles(project, model) === undefined)
      return pass(3, "state is saved beside the model; its bytes were not looked at", [
        itemOfModel(model),
        item,
      ]);
    return pass(4, "the newest model version holds the state, and its bytes still match", [
      itemOfModel(model),
      { text: state, registry: `${model.model}@v${String(model.version)}` },
      item,
    ]);
  },
};

/** What a statement is for. Tables of callee names, no logic per library; unknown calls are feature work. */
import type { CallFact, StatementFacts } from "../python/facts.ts";
import type { CallsOf } from "./followed-calls.ts";
import type { Role } from "./plan.ts";

/** Readers of data files, and of the data that libraries bring along, by dotted name; the source is each library's input/output reference. */
const LOADERS =
  /^(pandas\.(read_\w+)|numpy\.(load|loadtxt|genfromtxt)|scipy\.io\.(loadmat|arff\.loadarff)|polars\.read_\w+|seaborn\.load_dataset|joblib\.load|pickle\.load|(sklearn|shap|statsmodels(\.api)?|yellowbrick|mlxtend|vega_datasets)\.(datasets|data)\.[\w.]+)$/;
/** Measures of models that are fitted again for each fold, which is no model to keep. */
const CROSS_VALIDATION =
  /^(sklearn\.model_selection\.(cross_val\w*|permutation_test_score)|(xgboost|lightgbm|catboost)\.cv)$/;
/** Functions that fit, where others have a method. */
const FITTING_FUNCTIONS =
  /^(sklearn\.model_selection\.cross_val\w*|(xgboost|lightgbm|catboost)\.(train|cv))$/;
/** Makers of folds split nothing until they are asked to. */
const FOLDS = /^sklearn\.model_selection\.\w*(KFold|Split|Out)$/;
const PERSISTERS =
  /^(joblib\.dump|pickle\.dump|json\.dump|numpy\.(save|savez|savetxt)|torch\.save)$/;
const PERSIST_METHODS = new Set([
  "to_csv",
  "to_parquet",
  "to_pickle",
  "to_json",
  "to_excel",
  "to_feather",
  "savefig",
  "save_model",
  "save",
]);
/** Modules of scikit-learn (and look-alikes) whose estimators predict or group. */
const MODEL_MODULES =
  /^(sklearn\.(linear_model|ensemble|tree|svm|neighbors|naive_bayes|neural_network|cluster|mixture|gaussian_process|discriminant_analysis|dummy|isotonic|kernel_ridge|cross_decomposition|calibration|multioutput|semi_supervised|pipeline|model_selection\.\w*SearchCV)|xgboost|lightgbm|catboost|statsmodels)\b/;
/** Modules whose estimators turn columns into other columns. */
const TRANSFORMER_MODULES =
  /^sklearn\.(preprocessing|impute|feature_extraction|feature_selection|decomposition|compose|random_projection|kernel_approximation)\b/;
const METRIC_MODULE = /^sklearn\.metrics\.\w+$/;
/** Functions of `sklearn.metrics` whose value is one number (scikit-learn user guide, "Metrics and scoring"). */
const NUMBER_METRICS =
  /^sklearn\.metrics\.(\w+_score|\w+_error|\w+_loss|auc|matthews_corrcoef|d2_\w+|pair_confusion_\w+|zero_one_loss)$/;
const MODEL_METHODS = new Set([
  "predict",
  "predict_proba",
  "decision_function",
  "score",
  "predict_log_proba",
]);

/** A call of `sklearn.metrics` (or an estimator's `score`) whose value is a single number, or one that measures predictions by itself. */
export function isNumberMetric(call: CallFact): boolean {
  if (call.measures !== undefined) return true;
  if (call.callee !== undefined && NUMBER_METRICS.test(call.callee)) return !returnsArray(call);
  return (
    call.method === "score" &&
    call.receiver !== undefined &&
    (call.receiverType === undefined || MODEL_MODULES.test(call.receiverType))
  );
}

/** Functions whose value is several numbers: a table, a series, or one number per class. */
const MANY_NUMBERS =
  /^sklearn\.(metrics\.(confusion_matrix|multilabel_confusion_matrix|precision_recall_fscore_support|class_likelihood_ratios)|model_selection\.(cross_val_score|cross_validate))$/;

/** A call whose value is one number or several that a run should record. */
export function isMetric(call: CallFact): boolean {
  const { callee } = call;
  if (callee === "sklearn.metrics.classification_report")
    return call.arguments.some(
      ({ keyword, literal }) => keyword === "output_dict" && literal?.value === true,
    );
  return (
    isNumberMetric(call) ||
    (callee !== undefined && (MANY_NUMBERS.test(callee) || NUMBER_METRICS.test(callee)))
  );
}

/** Prints, as a statement of its own. */
export function isPrint(statement: StatementFacts): boolean {
  return statement.kind === "expression" && statement.calls.some(isPrintCall);
}

export function isPrintCall(call: CallFact): boolean {
  return call.callee === "builtins.print";
}

/** Computes a metric or a report about predictions. */
export function isEvaluation(statement: StatementFacts, callsOf: CallsOf): boolean {
  return (
    statement.kind !== "definition" &&
    callsOf(statement).some(
      (call) =>
        isNumberMetric(call) || (call.callee !== undefined && METRIC_MODULE.test(call.callee)),
    )
  );
}

/** Fits something that predicts or groups. */
export function isModelFit(statement: StatementFacts, callsOf: CallsOf): boolean {
  return statement.kind !== "definition" && callsOf(statement).some(isModelFitCall);
}

/** `model.fit(…)`, where the receiver is a model or unknown with two or more arguments (features and labels). */
export function isModelFitCall(call: CallFact): boolean {
  if (call.callee !== undefined && FITTING_FUNCTIONS.test(call.callee)) return true;
  if (call.method !== "fit" && call.method !== "fit_predict" && call.method !== "partial_fit")
    return false;
  if (call.receiverType !== undefined) return MODEL_MODULES.test(call.receiverType);
  return (
    call.method !== "fit" ||
    call.arguments.filter((argument) => argument.keyword === undefined).length >= 2
  );
}

/** Measures of models that are fitted again for each fold. */
export function isCrossValidation({ callee }: CallFact): boolean {
  return callee !== undefined && CROSS_VALIDATION.test(callee);
}

/** `model.predict(…)` and its kin; asking for a score is none. */
export function isPrediction(call: CallFact): boolean {
  const { method } = call;
  return (
    method !== undefined &&
    method !== "score" &&
    MODEL_METHODS.has(method) &&
    !isOfTransformer(call)
  );
}

/** Whether values of a qualified type predict or group. */
export function isModelType(type: string | undefined): boolean {
  return type !== undefined && MODEL_MODULES.test(type);
}

/** Calls whose result is a model that is not fitted yet. */
export function isModelConstructor(call: CallFact): boolean {
  return (
    call.callee !== undefined && MODEL_MODULES.test(call.callee) && /\.[A-Z]\w*$/.test(call.callee)
  );
}

/** The role a statement shows by itself; `undefined` when it says nothing (`threshold = 3`), and neighbours decide. */
export function roleOf(statement: StatementFacts, callsOf: CallsOf): Role | undefined {
  if (statement.kind === "assert") return "validate";
  let role: Role | undefined;
  for (const call of statement.definition === undefined ? callsOf(statement) : statement.calls) {
    const found = roleOfCall(call);
    if (
      found !== undefined &&
      (role === undefined || PRECEDENCE.indexOf(found) < PRECEDENCE.indexOf(role))
    )
      role = found;
  }
  if (role !== undefined) return role;
  const saysNothing =
    statement.constant !== undefined ||
    statement.calls.some(({ callee }) => callee !== undefined && FOLDS.test(callee));
  return saysNothing ? undefined : "features";
}

/** When one statement does several things, the first of these names it. */
const PRECEDENCE: readonly Role[] = ["persist", "load", "train", "split", "evaluate", "features"];

/** Whether a call brings data into the notebook. */
export function isLoaderCall({ callee }: CallFact): boolean {
  return callee !== undefined && LOADERS.test(callee);
}

function roleOfCall(call: CallFact): Role | undefined {
  const { callee, method, receiverType } = call;
  if (call.measures !== undefined) return "evaluate";
  if (callee !== undefined) {
    if (isLoaderCall(call)) return "load";
    if (PERSISTERS.test(callee)) return "persist";
    if (callee === "sklearn.model_selection.train_test_split") return "split";
    if (METRIC_MODULE.test(callee) || CROSS_VALIDATION.test(callee)) return "evaluate";
    if (TRANSFORMER_MODULES.test(callee)) return "features";
    if (isModelConstructor(call)) return "train";
  }
  if (isModelFitCall(call)) return "train";
  if (method === "split" && receiverType !== undefined && FOLDS.test(receiverType)) return "split";
  if (method !== undefined && PERSIST_METHODS.has(method)) return "persist";
  if (method !== undefined && MODEL_METHODS.has(method))
    return isOfTransformer(call) ? "features" : "evaluate";
  return undefined;
}

function isOfTransformer({ receiverType }: CallFact): boolean {
  return receiverType !== undefined && TRANSFORMER_MODULES.test(receiverType);
}

function returnsArray(call: CallFact): boolean {
  // `average=None` and `multioutput="raw_values"` give one number per class or output.
  return call.arguments.some(
    (argument) =>
      (argument.keyword === "average" && argument.literal?.kind === "none") ||
      (argument.keyword === "multioutput" && argument.literal?.value === "raw_values"),
  );
}

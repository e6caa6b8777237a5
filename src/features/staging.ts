/**
 * The result of staging: the notebook's feature code as two lists of the user's own lines, `fit` and `transform`, and the state that
 * passes from one to the other. Plain data; `generate-feature-files.ts` prints it.
 * Invariant: nothing in `transform` reads a value that is neither in the request nor in `state`.
 */
import type { Place } from "../base/diagnostic.ts";
import type { ClassifiedStatement } from "./dependence.ts";
import type { FeatureParameter } from "./placed-parameter.ts";

/** What a row with a category that training never showed does. */
export type UnseenPolicy = "reject" | "null" | "other";

/** One thing `fit` learns; a field of the generated state class. */
export interface StateField {
  /** Python name of the field. */
  readonly name: string;
  /** Python type, as written in the class. */
  readonly type: string;
  /** What it is, for the comment beside the field: ``df["age"].median()``. */
  readonly source: string;
}

/** Lines of one statement in one of the two functions, without indentation. */
export interface StagedLines {
  readonly cell: number;
  /** 1-based line in the cell. */
  readonly line: number;
  readonly text: string;
  /** Blocks around it. */
  readonly depth: number;
  /** Numbers, from 0, of the lines of `text` that continue a string: they must not be indented. */
  readonly rigidLines: readonly number[];
  /** The call of one of the notebook's functions that the lines stand for, and the cell of that function. */
  readonly call?: { readonly text: string; readonly cell: number };
}

/** An import the two functions need, by the names the notebook gave. */
export interface FeatureImport {
  readonly name: string;
  readonly module: string;
  readonly member: string | undefined;
}

/** A matrix the notebook hands to the model, which the proof compares. */
export interface MatrixSource {
  /** The notebook's variable, or `features` for an expression without a name. */
  readonly name: string;
  /** Cell of the statement that makes its last version; `undefined` for an expression. */
  readonly cell: number | undefined;
  /** Expression of the matrix at the end of `fit`. */
  readonly text: string;
  /** Variables that may carry the row labels of the matrix, best first; empty when rows were renumbered on the way. */
  readonly rowLabels: readonly string[];
}

/** One operation on the model's output on its way to the answer. */
export type DecodeStep =
  /** Model output → original label, from a literal mapping in the notebook. */
  | {
      readonly kind: "mapping";
      readonly pairs: readonly { readonly output: string; readonly label: string }[];
      readonly others: "kept" | "null";
    }
  /** A fitted encoder or scaler kept in this state field; a LabelEncoder takes the outputs as they are. */
  | { readonly kind: "encoder"; readonly field: string; readonly isFlat: boolean }
  /** Python expression of `outputs` that undoes a transformation of the target. */
  | { readonly kind: "inverse"; readonly undo: string }
  /** What the training rows showed the model's values to stand for, kept in this state field. */
  | { readonly kind: "learned"; readonly field: string };

/** How a model's output becomes the answer. */
export interface AnswerPlan {
  readonly kind: "label" | "number" | "cluster";
  /** Steps from the model's output to the raw column's values. */
  readonly decode: readonly DecodeStep[];
  /** For readers of the answers; with a field only when that says that the answers are in other terms than the raw column. */
  readonly remark: { readonly text: string; readonly unless: string | undefined } | undefined;
  /** Names of the answers, when there are several for a row. */
  readonly outputs: readonly string[] | undefined;
  /** Python literals of values that the predicted column may have, for made-up tables. */
  readonly madeUpLabels: readonly string[];
}

/** Which raw columns a request must bring. */
export type NeededColumns =
  | { readonly kind: "all-but"; readonly names: readonly string[] }
  | { readonly kind: "only"; readonly names: readonly string[] };

/** Entities that answers are for. */
export interface ServedEntity {
  /** Column of the raw table that names them. */
  readonly column: string;
  /** Variable of `transform` with the place of each row's entity in the result. */
  readonly places: string;
}

/** The served half of a notebook. */
export interface FeatureStaging {
  readonly model: { readonly variable: string; readonly because: string };
  readonly label: string | undefined;
  readonly needed: NeededColumns;
  readonly unseen: UnseenPolicy;
  readonly answer: AnswerPlan;
  readonly imports: readonly FeatureImport[];
  /** Parameters of the pipeline that `fit` takes. */
  readonly parameters: readonly FeatureParameter[];
  /** Constants and helper functions of the notebook, in its order. */
  readonly shared: readonly StagedLines[];
  readonly fit: readonly StagedLines[];
  readonly transform: readonly StagedLines[];
  /** Expression `transform` returns, and the same in `fit`'s names. */
  readonly result: { readonly text: string; readonly fitText: string };
  readonly state: readonly StateField[];
  /** Python expression for each field at the end of `fit`. */
  readonly stateValues: readonly string[];
  readonly matrices: readonly MatrixSource[];
  /** What answers are for, when not for single rows: a request brings all rows of the entities in it. */
  readonly entity: ServedEntity | undefined;
  /** Functions of `feature_support.py` that the lines call. */
  readonly support: readonly string[];
  /** Names of the parameters of `fit` and `transform`, chosen so that they hide nothing. */
  readonly frameName: string;
  readonly stateName: string;
  /** What each statement of the feature code depends on. */
  readonly classes: readonly ClassifiedStatement[];
  /** The same of every statement on the way from the raw table to the matrix. */
  readonly statements: readonly ClassifiedStatement[];
  /** Present when features look at earlier rows. */
  readonly history: HistoryPlan | undefined;
  /** Things a reader should know: rows left out of training, display code skipped. */
  readonly notes: readonly { readonly text: string; readonly where: Place }[];
}

/** Why features cannot be staged soundly. */
export interface FeatureRefusal {
  readonly code:
    | "feature-model-unknown"
    | "feature-matrix-unknown"
    | "feature-raw-table-unknown"
    | "feature-statement-unknown"
    | "feature-needs-history"
    | "feature-per-key"
    | "feature-rows-differ"
    | "feature-entity-unknown"
    | "feature-uses-target"
    | "feature-fitted-on-test"
    | "feature-mixes-training-rows"
    | "feature-random"
    | "feature-helper-unknown"
    | "feature-target-transform"
    | "feature-answer-unknown";
  readonly message: string;
  readonly hint: string;
  readonly where: Place;
  /** Columns that might say whose row it is, and when; present when a declaration of one or both is what is missing. */
  readonly candidates?: HistoryCandidates;
  /** Every statement on the way to the matrix, with what was known of it by then; absent where there is no way. */
  readonly statements?: readonly ClassifiedStatement[];
}

/** Columns that the code uses as groups, and as times. */
export interface HistoryCandidates {
  readonly entity: readonly string[];
  readonly time: readonly string[];
}

/** How rows before a served one are found. */
export interface HistoryPlan {
  /** Columns that say whose row it is; none when the table is one series. */
  readonly entity: readonly string[];
  readonly time: string;
  /** How many earlier rows of an entity the features look at; `undefined` for all of them. */
  readonly window: number | undefined;
  /** Python name of the history in `fit`, chosen so that it hides nothing. */
  readonly variable: string;
}

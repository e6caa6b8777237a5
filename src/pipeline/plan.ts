/**
 * The plan: which statements of the notebook become which step, and what crosses between steps.
 * Plain, serializable data and the contract between analysis and everything after it.
 * Invariant (checked by `check-plan.ts`): steps are in execution order, every input is an output of exactly one earlier step.
 */
import type { Sha256 } from "../base/brand.ts";
import type { Span } from "../base/text-span.ts";
import type { CellOrigin, NotebookFix, NotebookPart, SavedOrder } from "../notebook/cell.ts";
import type { Decision } from "./schema.ts";

export type Role =
  | "imports"
  | "setup"
  | "helper"
  | "parameters"
  | "load"
  | "validate"
  | "explore"
  | "features"
  | "split"
  | "train"
  | "evaluate"
  | "persist";

/** A statement of the notebook, addressed by cell and position in the cell. */
export interface StatementRef {
  /** 1-based cell number, as in `Cell.number`; of several notebooks counted on. */
  readonly cell: number;
  /** 0-based statement within the cell. */
  readonly index: number;
  readonly span: Span;
}

/** `12:0`, the same for every reference to one statement. */
export function addressOf(ref: Pick<StatementRef, "cell" | "index">): string {
  return `${String(ref.cell)}:${String(ref.index)}`;
}

/** Negative when the first address comes before the second in the notebook. */
export function compareAddresses(one: string, other: string): number {
  const [cell = 0, index = 0] = one.split(":").map(Number);
  const [otherCell = 0, otherIndex = 0] = other.split(":").map(Number);
  return cell - otherCell || index - otherIndex;
}

export type CodecName = "parquet" | "npy" | "json" | "skops" | "joblib" | "pickle";

/** A value (or a group of values that share references) that crosses a step boundary or is kept as a result. */
export interface Artifact {
  /** Unique in the plan: `df`, `df-2` for the second version of `df`. */
  readonly name: string;
  /** Python variables it holds; more than one only for an alias group. */
  readonly variables: readonly string[];
  readonly producer: string;
  readonly codec: CodecName;
  /** Qualified Python type of the (first) value as observed, e.g. `pandas.core.frame.DataFrame`. */
  readonly type: string | undefined;
  readonly bytes: number | undefined;
}

/** A literal of the notebook that became a named parameter. */
export interface Parameter {
  readonly name: string;
  /** Python name in step signatures. */
  readonly variable: string;
  readonly value: number | string | boolean;
  /** Python type of the literal: `1` and `1.0` are one number in JSON and two in Python. */
  readonly type: "int" | "float" | "string" | "bool";
  /** Every place whose text is replaced by `variable`; empty when the notebook assigns the variable itself (`SEED = 42`). */
  readonly places: readonly StatementRef[];
  readonly kind: "data-path" | "split" | "seed" | "hyper-parameter" | "constant" | "output-path";
}

/** A number computed by the notebook that is recorded under a name on every run. */
export interface Metric {
  readonly name: string;
  /** The call whose value it is; `span` is the call expression in the cell. */
  readonly call: StatementRef;
  /** e.g. `sklearn.metrics.roc_auc_score`. */
  readonly function: string;
}

export interface Step {
  /** Kebab-case; the module is the same with `_`. */
  readonly name: string;
  readonly role: Role;
  /** One sentence for README and docstring. */
  readonly summary: string;
  readonly cells: readonly number[];
  readonly statements: readonly StatementRef[];
  /** Artifact names. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Parameter names. */
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  /** Files read and written, relative to the pipeline's root. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** `global` when the step draws from or seeds a process-wide generator, which then travels between steps. */
  readonly random: "none" | "global";
  /** What it depends on or does beyond code, inputs and files; left out when that is nothing. */
  readonly outside?: readonly Outside[];
}

/** No digest covers these, so such a step is never unchanged. */
export type Outside = "clock" | "network" | "subprocess";

/** What is served, when the plan has a model. */
export interface ServePlan {
  /** Artifact that holds the fitted estimator. */
  readonly model: string;
  /** Variable of the estimator inside that artifact. */
  readonly modelVariable: string;
  /** Artifact that holds the raw table, when one was found. */
  readonly raw: string | undefined;
  /** Artifact that holds the answers of the raw table's rows, where no column of it does. */
  readonly target?: string | undefined;
  /** Column, or columns together, that say whose row it is. */
  readonly entity: string | readonly string[] | undefined;
  /** Column that says when. */
  readonly time: string | undefined;
  readonly unseen: "reject" | "null" | "other";
}

/** A variable of the environment that the pipeline reads; its value is nowhere in the plan. */
export interface EnvironmentVariable {
  readonly name: string;
  /** true: the value is never stored, printed or logged. */
  readonly secret: boolean;
  /** false where the notebook also runs without it. */
  readonly required: boolean;
}

export interface Plan {
  readonly version: 1;
  readonly name: string;
  readonly notebook: {
    readonly path: string;
    readonly sha256: Sha256;
    /** Set when it is a copy in the order that saved outputs proved. */
    readonly order?: SavedOrder;
    /** Set when the program was fixed, so that it computes something else than the notebook on purpose. */
    readonly fixed?: NotebookFix;
  };
  /** The notebooks it is made from, in the order in which they are run, when there are several; `notebook` then is all of them as one. */
  readonly notebooks?: readonly NotebookPart[];
  /** Where cells come from when `%run` brings in files, in the order of the cells; absent when it does not. */
  readonly origins?: readonly CellOrigin[];
  /** Modules of the project that the package carries; absent when there are none. `source` is relative to the project. */
  readonly modules?: readonly {
    readonly path: string;
    readonly source: string;
    readonly sha256: Sha256;
  }[];
  /** Working directory of every step, relative to the pipeline's folder. */
  readonly root: string;
  /** `major.minor` of the observed interpreter. */
  readonly python: string;
  /** Statements that every step module needs at its head: imports. */
  readonly imports: readonly StatementRef[];
  /** Ambient settings (`pd.set_option`) replayed by every step at or after the place they stand. */
  readonly setup: readonly StatementRef[];
  /** Definitions shared by steps; they go to `helpers.py`. */
  readonly helpers: readonly StatementRef[];
  readonly steps: readonly Step[];
  readonly artifacts: readonly Artifact[];
  readonly parameters: readonly Parameter[];
  readonly metrics: readonly Metric[];
  readonly serve: ServePlan | undefined;
  /** Statements left out because nothing kept depends on them, with what they were. */
  readonly leftOut: readonly { readonly statement: StatementRef; readonly because: string }[];
  /** Sorted by name. */
  readonly environment: readonly EnvironmentVariable[];
  /** What a person decided, as it was replayed; those that no longer fit are among them. */
  readonly decisions: readonly Decision[];
  /** Packages the observed run imported, with the versions it used. */
  readonly requirements: readonly PlanRequirement[];
}

/** One package at the version the observed run used. */
export interface PlanRequirement {
  readonly distribution: string;
  readonly version: string;
  /** Where it was installed from when that was no package index. `reference` is a URL that pip takes; a folder of one machine has none. */
  readonly source?:
    | { readonly kind: "vcs" | "archive" | "folder"; readonly reference?: string | undefined }
    | undefined;
}

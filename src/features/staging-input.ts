/** What staging is asked with: the whole notebook, and one matrix at a time. */
import type { ProgramFacts } from "../python/facts.ts";
import type { PythonParser } from "../python/parse.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import type { ColumnsAfter, Rounds } from "./answer/target-trace.ts";
import type { EntityTry } from "./entities/stage-entities.ts";
import type { FeatureProgram } from "./feature-program.ts";
import type { ModelCall } from "./models/model-call.ts";
import type { ServedModel } from "./models/served-model.ts";
import type { PlacedParameter } from "./placed-parameter.ts";
import type { MadeRows } from "./stage-made-table.ts";
import type { ServedSide } from "./staged-statement.ts";
import type { UnseenPolicy } from "./staging.ts";

/** What staging needs. */
export interface StageFeaturesInput {
  /** Path of the notebook, for messages and comments. */
  readonly notebook: string;
  readonly facts: ProgramFacts;
  /** Cell number of each unit of `facts`. */
  readonly cellNumbers: readonly number[];
  readonly parser: PythonParser;
  /** The plan's choice of model; without it the notebook is asked. */
  readonly modelVariable?: string;
  /** Qualified type of that model, when a run has shown it. */
  readonly modelType?: string;
  /** Columns of a table at the end of a cell, when a run has shown them. */
  readonly columnsAfter?: ColumnsAfter;
  readonly unseen: UnseenPolicy;
  /** Columns that say whose row it is; none when nothing is declared or the table is one series. */
  readonly entity?: readonly string[];
  /** Column that says when. */
  readonly time?: string;
  /** Whether a run hands on the answers of a matrix that the notebook makes itself; taken for granted when left out. */
  readonly answersBeside?: boolean;
  /** Numbers and flags that a run may give another value. */
  readonly parameters?: readonly PlacedParameter[];
  /** Path of pipeline.yaml, for messages that say what to write there. */
  readonly settings?: string;
}

/** pipeline.yaml as messages name it. */
export function settingsOf({ settings }: StageFeaturesInput): string {
  return settings ?? "pipeline.yaml";
}

/** A matrix to start from and the side of the split it stands on. */
export interface Attempt {
  readonly call: ModelCall;
  readonly matrix: SyntaxNode;
  readonly side: ServedSide;
  /** Which table that is read is the raw one. */
  readonly root: number;
  /** The matrix itself, where no table is read. */
  readonly written?: string;
  /** The matrix that all rows come from, where the notebook makes it itself. */
  readonly made?: MadeRows | undefined;
}

/** With the loop whose body the statements are, when there is one. */
export interface RoundInput extends StageFeaturesInput {
  readonly rounds?: Rounds;
}

/** What one attempt is made with. */
export interface AttemptInput {
  readonly input: RoundInput;
  readonly program: FeatureProgram;
  readonly model: ServedModel;
  readonly attempt: Attempt;
  readonly entity: EntityTry | undefined;
}

/** Calls that fit a model or ask it. */
import type { SyntaxNode } from "../../python/syntax.ts";
import type { FeatureStatement } from "../feature-program.ts";

/** A call of a method of a named estimator. */
export interface ModelCall {
  readonly statement: FeatureStatement;
  readonly variable: string;
  readonly method: string;
  /** First argument, or `X=`. */
  readonly matrix: SyntaxNode | undefined;
  /** Second argument, or `y=`. */
  readonly target: SyntaxNode | undefined;
  /** Qualified class of the estimator, when known. */
  readonly type: string | undefined;
}

/** A call of a method inside a function. */
export interface InnerCall {
  readonly object: SyntaxNode;
  readonly method: string;
  readonly matrix: SyntaxNode | undefined;
  readonly target: SyntaxNode | undefined;
}

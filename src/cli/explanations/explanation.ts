/** What `mlops explain <code>` says about one error or diagnostic code. Plain text; lines are wrapped when printed. */
export interface Explanation {
  /** What happened, in the user's terms. */
  readonly what: string;
  /** Why it matters, or why it cannot simply be ignored. */
  readonly why: string;
  /** A small example that produces it, shown as is. */
  readonly example: string;
  /** What to type or change. */
  readonly fix: string;
}

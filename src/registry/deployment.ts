/**
 * A pipeline or model version in an environment.
 *
 *   pending ──► live ──► draining ──► gone
 *      └──────────────────────────────► gone      (never came up)
 */
export interface Deployment {
  readonly id: number;
  /** `churn:r2` for a training deployment (level 1), `churn@v3` for a served model. */
  readonly subject: string;
  readonly environment: string;
  readonly level: 1 | 2 | 3;
  readonly target: string;
  readonly state: "pending" | "live" | "draining" | "gone";
  readonly gitCommit: string | undefined;
  readonly createdAtMs: number;
}

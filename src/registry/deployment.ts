/**
 * A pipeline or model version in an environment.
 *
 *   pending ──► live ──► draining ──► gone
 *      └──────────────────────────────► gone      (never came up)
 */
import { ConflictError } from "../base/errors.ts";

/** What a deployment is doing; `gone` is final. */
export type DeploymentState = "pending" | "live" | "draining" | "gone";

/** What can happen to a deployment. */
export type DeploymentEvent =
  | { readonly kind: "came-up" }
  | { readonly kind: "never-came-up" }
  | { readonly kind: "replaced" }
  | { readonly kind: "drained" };

/** One deployment and where it is in its life. */
export interface Deployment {
  readonly id: number;
  /** `churn:r2` for a training deployment (level 1), `churn@v3` for a served model. */
  readonly subject: string;
  readonly environment: string;
  readonly level: 1 | 2 | 3;
  readonly target: string;
  readonly state: DeploymentState;
  readonly gitCommit: string | undefined;
  readonly createdAtMs: number;
}

const NEXT: Readonly<
  Record<DeploymentState, Partial<Record<DeploymentEvent["kind"], DeploymentState>>>
> = {
  pending: { "came-up": "live", "never-came-up": "gone" },
  live: { replaced: "draining" },
  draining: { drained: "gone" },
  gone: {},
};

/**
 * The deployment after something happened to it.
 * @throws ConflictError `deployment-transition-illegal` when that cannot happen in its state.
 */
export function deploymentAfter(deployment: Deployment, event: DeploymentEvent): Deployment {
  const state = NEXT[deployment.state][event.kind];
  if (state !== undefined) return { ...deployment, state };
  throw new ConflictError(
    `The deployment of ${deployment.subject} in ${deployment.environment} is ${deployment.state}; "${event.kind}" cannot happen to it.`,
    {
      code: "deployment-transition-illegal",
      hint: "see its state with: mlops status",
    },
  );
}

import { expect, test } from "vitest";
import {
  type Deployment,
  type DeploymentEvent,
  type DeploymentState,
  deploymentAfter,
} from "../../src/registry/deployment.ts";

const states: readonly DeploymentState[] = ["pending", "live", "draining", "gone"];
const events: readonly DeploymentEvent["kind"][] = [
  "came-up",
  "never-came-up",
  "replaced",
  "drained",
];

/** All that may happen; every other pair is illegal. */
const legal: readonly (readonly [DeploymentState, DeploymentEvent["kind"], DeploymentState])[] = [
  ["pending", "came-up", "live"],
  ["pending", "never-came-up", "gone"],
  ["live", "replaced", "draining"],
  ["draining", "drained", "gone"],
];

function deploymentIn(state: DeploymentState): Deployment {
  return {
    id: 1,
    subject: "churn@v3",
    environment: "staging",
    level: 2,
    target: "kubernetes",
    state,
    gitCommit: undefined,
    createdAtMs: 1,
  };
}

const illegal = states.flatMap((state) =>
  events
    .filter((kind) => !legal.some(([from, event]) => from === state && event === kind))
    .map((kind) => ({ state, kind })),
);

for (const [from, kind, to] of legal) {
  test(`makes a deployment that is ${from} ${to} by ${kind}`, () => {
    expect(deploymentAfter(deploymentIn(from), { kind })).toEqual({
      ...deploymentIn(from),
      state: to,
    });
  });
}

for (const { state, kind } of illegal) {
  test(`refuses ${kind} of a deployment that is ${state}`, () => {
    expect(() => deploymentAfter(deploymentIn(state), { kind })).toThrow(
      expect.objectContaining({ code: "deployment-transition-illegal" }),
    );
  });
}

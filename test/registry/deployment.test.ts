import { expect, test } from "vitest";
import { type Deployment, deploymentAfter, type DeploymentEvent, type DeploymentState } from "../../src/registry/deployment.ts";

const states: readonly DeploymentState[] = ["pending", "live", "draining", "gone"];
const events: readonly DeploymentEvent["kind"][] = ["came-up", "never-came-up", "replaced", "drained"];

/** All that may happen; every other pair is illegal. */
const legal: readonly (readonly [DeploymentState, DeploymentEvent["kind"], DeploymentState])[] = [
  ["pending", "came-up", "live"],
  ["pending", "never-came-up", "gone"],
  ["live", "replaced", "draining"],
  ["draining", "drained", "gone"],
];

function deploymentIn(state: DeploymentState): Deployment {
  return { id: 1, subject: "churn@v3", environment: "staging", level: 2, target: "kubernetes", state, gitCommit: undefined, createdAtMs: 1 };
}

for (const state of states) {
  for (const kind of events) {
    const next = legal.find(([from, event]) => from === state && event === kind)?.[2];
    if (next === undefined) {
      test(`refuses ${kind} of a deployment that is ${state}`, () => {
        expect(() => deploymentAfter(deploymentIn(state), { kind })).toThrow(expect.objectContaining({ code: "deployment-transition-illegal" }));
      });
    } else {
      test(`makes a deployment that is ${state} ${next} by ${kind}`, () => {
        expect(deploymentAfter(deploymentIn(state), { kind })).toEqual({ ...deploymentIn(state), state: next });
      });
    }
  }
}

/** One write of every kind that a registry takes, for tests of what may go wrong with any of them. */
import { sha256 } from "../../src/base/hash.ts";
import type { Registry } from "../../src/ports/registry.ts";
import { digestOf } from "./memory-registry.ts";
import {
  decisionOf,
  eventOf,
  requestOf,
  revisionOf,
  runOf,
  stepOf,
  versionOf,
} from "./registry-contract-values.ts";

export interface RegistryWrite {
  /** @param n From 1; each writes something of its own. */
  readonly write: (registry: Registry, n: number) => void;
  /** How many of these were written since `prepareWrites`. */
  readonly count: (registry: Registry) => number;
}

/** What the writes add to: run 1, churn:r1 and churn@v1. */
export function prepareWrites(registry: Registry): void {
  registry.runs.start(runOf(1));
  registry.pipelines.addRevision(revisionOf("1"));
  registry.models.register(versionOf("1"));
}

const { subject: _subject, ...registered } = eventOf("model.registered");
const eventsOf = (action: string, { audit }: Registry): number =>
  audit.list().filter((event) => event.action === action).length;

export const REGISTRY_WRITES: Readonly<Record<string, RegistryWrite>> = {
  "the start of a run": {
    write: ({ runs }, n) => {
      runs.start({ ...runOf(n + 1), params: { note: `started ${String(n)}`.padEnd(200, ".") } });
    },
    count: ({ runs }) => runs.outlines().filter(({ pipeline }) => pipeline === "churn").length - 1,
  },
  "a step with metrics": {
    write: ({ runs }, n) => {
      runs.addStep(
        runOf(1).id,
        stepOf(`step-${String(n)}`, "1", [
          [`metric-${String(n)}`, n],
          ["auc", 1 / n],
        ]),
      );
    },
    count: ({ runs }) => runs.find(runOf(1).id)?.steps.length ?? 0,
  },
  "a whole run, together": {
    write: (registry, n) => {
      const run = runOf(0x8000 + n, "penguins");
      registry.together(() => {
        registry.runs.start(run);
        registry.runs.addSteps(run.id, [stepOf("train", "1"), stepOf("score", "2")]);
        registry.runs.finish(run.id, "succeeded", run.startedAtMs + 1);
      });
    },
    count: ({ runs }) =>
      runs
        .list({ pipeline: "penguins", status: "succeeded" })
        .filter(({ steps }) => steps.length === 2).length,
  },
  "a revision": {
    write: ({ pipelines }, n) => {
      const contentDigest = sha256(`revision ${String(n)}`);
      const files = {
        "pipeline.yaml": digestOf("c"),
        [`churn/step_${String(n)}.py`]: contentDigest,
      };
      pipelines.addRevision({ ...revisionOf("1"), contentDigest, files });
    },
    count: ({ pipelines }) => pipelines.listRevisions().length - 1,
  },
  "a model version and its event": {
    write: ({ models }, n) => {
      models.register(
        { ...versionOf("1"), contentDigest: sha256(`model ${String(n)}`) },
        registered,
      );
    },
    count: (registry) =>
      Math.min(registry.models.list().length - 1, eventsOf(registered.action, registry)),
  },
  "an alias and its event": {
    write: ({ models }, n) => {
      models.setAlias("churn", `alias-${String(n)}`, 1, eventOf("alias.moved"));
    },
    count: (registry) =>
      Math.min(registry.models.aliases("churn").length, eventsOf("alias.moved", registry)),
  },
  "a tag and its event": {
    write: ({ models }, n) => {
      const tags = { [`tag-${String(n)}`]: "checked" };
      models.changeTags("churn", 1, { tags, event: eventOf("tags.changed") });
    },
    count: (registry) =>
      Math.min(
        Object.keys(registry.models.tags("churn", 1)).length,
        eventsOf("tags.changed", registry),
      ),
  },
  "a request for approval with a comment": {
    write: (registry, n) => {
      registry.together(() => {
        const asked = registry.approvals.request(
          requestOf({ environment: `env-${String(n)}` }),
          eventOf("approval.requested"),
        );
        registry.approvals.decide(asked.id, decisionOf("comment"), eventOf("approval.commented"));
      });
    },
    count: ({ approvals }) => approvals.list().filter((one) => one.decisions.length === 1).length,
  },
  "a deployment": {
    write: ({ deployments }, n) => {
      deployments.add({
        subject: "churn@v1",
        environment: `env-${String(n)}`,
        level: 2,
        target: "kubernetes",
        state: "pending",
        gitCommit: undefined,
        createdAtMs: n,
      });
    },
    count: ({ deployments }) => deployments.list().length,
  },
  "an event": {
    write: ({ audit }, n) => {
      audit.append(eventOf("run.finished", `run ${String(n)}`));
    },
    count: (registry) => eventsOf("run.finished", registry),
  },
  "a promised move": {
    write: ({ pendingWrites }, n) => {
      const digest = digestOf("1");
      pendingWrites.add([
        { from: `new/${String(n)}.py`, digest, to: `churn/${String(n)}.py`, replaces: undefined },
      ]);
    },
    count: ({ pendingWrites }) => pendingWrites.list().length,
  },
};

/** All that can be read of a registry. */
export function everythingIn(registry: Registry): unknown {
  const { pipelines, runs, models, approvals, deployments, audit, pendingWrites } = registry;
  const versions = models.list();
  return {
    revisions: pipelines.listRevisions(),
    runs: runs.list({}),
    versions,
    aliases: [...new Set(versions.map(({ model }) => model))].flatMap(models.aliases),
    tags: versions.map(({ model, version }) => models.tags(model, version)),
    approvals: approvals.list(),
    deployments: deployments.list(),
    events: audit.list(),
    firstBroken: audit.firstBroken(),
    pendingWrites: pendingWrites.list(),
    damage: registry.damage(),
  };
}

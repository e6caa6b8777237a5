/** What every registry does: run on the SQLite one and on the one in memory. */
import { expect, test } from "vitest";
import type { Registry } from "../../src/ports/registry.ts";
import { toRunId } from "../../src/registry/names.ts";
import type { FinishedStep } from "../../src/registry/run-record.ts";
import { digestOf } from "./memory-registry.ts";
import { eventOf, revisionOf, runOf, stepOf, versionOf } from "./registry-contract-values.ts";

/** @param open Gives an empty registry; the test closes it. */
export function checkRegistryContract(
  name: string,
  open: () => Promise<Registry> | Registry,
): void {
  const check = (sentence: string, run: (registry: Registry) => void): void => {
    test(`${name}: ${sentence}`, async () => {
      const registry = await open();
      try {
        run(registry);
      } finally {
        registry.close();
      }
    });
  };

  check("numbers revisions from 1 and keeps one whose content did not change", ({ pipelines }) => {
    expect(pipelines.addRevision(revisionOf("1")).revision).toBe(1);
    expect(pipelines.addRevision(revisionOf("1")).revision).toBe(1);
    expect(pipelines.addRevision(revisionOf("2")).revision).toBe(2);
    expect(pipelines.addRevision(revisionOf("1")).revision).toBe(3);
    expect(pipelines.addRevision(revisionOf("1", "another")).revision).toBe(1);
    expect(
      pipelines
        .listRevisions()
        .map((revision) => `${revision.pipeline}:${String(revision.revision)}`),
    ).toEqual(["another:1", "churn:1", "churn:2", "churn:3"]);
    expect(pipelines.listRevisions("another")).toHaveLength(1);
    expect(pipelines.latestRevision("churn")).toEqual({
      ...revisionOf("1"),
      revision: 3,
      certificateDigest: undefined,
      verdict: undefined,
    });
    expect(pipelines.latestRevision("nothing")).toBeUndefined();
  });

  check("records a revision without new content where edits were written over", ({ pipelines }) => {
    pipelines.addRevision(revisionOf("1"));
    const edited = { ...revisionOf("1"), before: { "churn/train.py": digestOf("7") } };
    expect(pipelines.addRevision(edited, { evenWithoutChange: true }).revision).toBe(2);
    expect(pipelines.latestRevision("churn")).toMatchObject({ revision: 2, before: edited.before });
  });

  check("adds a certificate to the revision that it certifies", ({ pipelines }) => {
    pipelines.addRevision(revisionOf("1"));
    pipelines.setCertificate("churn", 1, digestOf("8"), "verified");
    expect(pipelines.latestRevision("churn")).toMatchObject({
      certificateDigest: digestOf("8"),
      verdict: "verified",
    });
    expect(pipelines.addRevision(revisionOf("1"))).toMatchObject({
      revision: 1,
      verdict: "verified",
    });
    expect(() => pipelines.setCertificate("churn", 2, digestOf("8"), "verified")).toThrow(
      expect.objectContaining({ code: "revision-unknown" }),
    );
  });

  check("remembers a run with its steps, parameters and latest metrics", ({ runs }) => {
    const run = runOf(1);
    const failed: FinishedStep = {
      ...stepOf("evaluate", "2"),
      status: "failed",
      manifest: undefined,
      error: "ValueError: no rows",
    };
    runs.start(run);
    const step = stepOf("train", "1", [
      ["roc-auc", 0.8],
      ["loss", 3],
      ["loss", 1],
      ["gap", "NaN"],
      ["bound", "-Infinity"],
    ]);
    runs.addStep(run.id, step);
    runs.addStep(run.id, failed);
    expect(runs.find(run.id)).toMatchObject({ status: "running", endedAtMs: undefined });
    runs.finish(run.id, "failed", 22_000);
    expect(runs.find(run.id)).toEqual({
      ...run,
      status: "failed",
      endedAtMs: 22_000,
      steps: [
        { ...step, runId: run.id },
        { ...failed, runId: run.id },
      ],
      metrics: [
        { name: "bound", value: "-Infinity" },
        { name: "gap", value: "NaN" },
        { name: "loss", value: 1 },
        { name: "roc-auc", value: 0.8 },
      ],
    });
  });

  check("does not let a finished run change, nor a run start twice", ({ runs }) => {
    runs.start(runOf(1));
    expect(() => runs.start(runOf(1))).toThrow(expect.objectContaining({ code: "run-exists" }));
    runs.finish(runOf(1).id, "succeeded", 1);
    expect(() => runs.finish(runOf(1).id, "failed", 2)).toThrow(
      expect.objectContaining({ code: "run-already-finished" }),
    );
    expect(() => runs.finish(runOf(2).id, "failed", 2)).toThrow(
      expect.objectContaining({ code: "run-unknown" }),
    );
    expect(() => runs.addStep(runOf(2).id, stepOf("train", "1"))).toThrow(
      expect.objectContaining({ code: "run-unknown" }),
    );
    expect(runs.find(runOf(1).id)?.status).toBe("succeeded");
  });

  check("finds a run by a prefix of at least six characters that fits one run only", ({ runs }) => {
    runs.start({ ...runOf(1), id: toRunId("abcdef00000000000000000000000001") });
    runs.start({ ...runOf(2), id: toRunId("abcdef10000000000000000000000002") });
    expect(runs.find("abcdef1")?.id).toBe("abcdef10000000000000000000000002");
    expect(runs.find("abcde")).toBeUndefined();
    expect(runs.find("bbbbbb")).toBeUndefined();
    expect(() => runs.find("abcdef")).toThrow(
      expect.objectContaining({ code: "run-prefix-ambiguous" }),
    );
  });

  check("lists runs newest first, of one pipeline when asked", ({ runs }) => {
    for (const n of [2, 1, 3]) runs.start(runOf(n));
    runs.start(runOf(9, "penguins"));
    runs.start({ ...runOf(4), startedAtMs: runOf(3).startedAtMs });
    expect(runs.list({}).map((run) => run.id)).toEqual([9, 4, 3, 2, 1].map((n) => runOf(n).id));
    expect(runs.list({ pipeline: "churn", limit: 2 }).map((run) => run.id)).toEqual(
      [4, 3].map((n) => runOf(n).id),
    );
    expect(runs.list({ pipeline: "nothing" })).toEqual([]);
    runs.finish(runOf(2).id, "succeeded", 1);
    runs.finish(runOf(9).id, "succeeded", 1);
    runs.finish(runOf(1).id, "failed", 1);
    expect(
      runs.list({ pipeline: "churn", status: "succeeded", limit: 1 }).map((run) => run.id),
    ).toEqual([runOf(2).id]);
    expect(runs.list({ status: "failed" }).map((run) => run.id)).toEqual([runOf(1).id]);
    expect(runs.outlines()).toEqual(
      runs.list({}).map(({ id, pipeline, status }) => ({ id, pipeline, status })),
    );
    expect(runs.running().map((run) => run.id)).toEqual([4, 3].map((n) => runOf(n).id));
  });

  check("selects runs by what they have, and gives as many as wanted", ({ runs }) => {
    for (const [n, auc] of [0.7, 0.9, 0.8, 0.6].entries()) {
      runs.start(runOf(n + 1));
      runs.addStep(runOf(n + 1).id, stepOf("train", "1", [["auc", auc]]));
      runs.addStep(runOf(n + 1).id, { ...stepOf("score", "2"), decision: "fresh" });
    }
    const selected = runs.select({
      where: ["auc>0.65"],
      sort: "auc",
      order: "greatest-first",
      pipeline: "churn",
      limit: 2,
    });
    expect(selected.more).toBe(1);
    expect(selected.runs.map((run) => run.metrics)).toEqual([
      [{ name: "auc", value: 0.9 }],
      [{ name: "auc", value: 0.8 }],
    ]);
    expect(selected.runs[0]).toEqual({
      id: runOf(2).id,
      pipeline: "churn",
      revision: 1,
      status: "running",
      startedAtMs: runOf(2).startedAtMs,
      endedAtMs: undefined,
      params: runOf(2).params,
      metrics: [{ name: "auc", value: 0.9 }],
      executed: 1,
      steps: 2,
    });
  });

  check(
    "finds the newest success of a fingerprint and the newest execution of a step",
    ({ runs }) => {
      for (const n of [1, 2, 3]) runs.start(runOf(n));
      runs.start(runOf(4, "penguins"));
      runs.addStep(runOf(1).id, stepOf("train", "1"));
      runs.addStep(runOf(2).id, { ...stepOf("train", "1"), decision: "fresh" });
      runs.addStep(runOf(3).id, {
        ...stepOf("train", "1"),
        status: "failed",
        manifest: undefined,
        error: "MemoryError",
      });
      runs.addStep(runOf(4, "penguins").id, stepOf("train", "1"));
      expect(runs.findStep("churn", "train", digestOf("1"))).toEqual({
        ...stepOf("train", "1"),
        decision: "fresh",
        runId: runOf(2).id,
      });
      expect(runs.lastStep("churn", "train")).toMatchObject({
        runId: runOf(3).id,
        error: "MemoryError",
      });
      expect(runs.findStep("churn", "train", digestOf("2"))).toBeUndefined();
      expect(runs.lastStep("churn", "load")).toBeUndefined();
    },
  );

  check("marks runs as interrupted when their process is gone", ({ runs }) => {
    for (const n of [1, 2, 3]) runs.start(runOf(n));
    runs.finish(runOf(3).id, "succeeded", 5);
    expect(runs.markInterrupted(({ pid }) => pid === runOf(1).pid, 99)).toEqual([runOf(2).id]);
    expect(runs.find(runOf(2).id)).toMatchObject({ status: "interrupted", endedAtMs: 99 });
    expect(runs.find(runOf(1).id)?.status).toBe("running");
    expect(runs.markInterrupted(() => true, 100)).toEqual([]);
  });

  check(
    "numbers model versions from 1 and gives the same content the same version",
    ({ models }) => {
      expect(models.register(versionOf("1")).version).toBe(1);
      expect(models.register(versionOf("2")).version).toBe(2);
      expect(models.register({ ...versionOf("1"), createdAtMs: 99 })).toEqual({
        ...versionOf("1"),
        version: 1,
      });
      expect(models.register(versionOf("1", "another")).version).toBe(1);
      expect(models.get("churn", 2)).toEqual({ ...versionOf("2"), version: 2 });
      expect(models.get("churn", 3)).toBeUndefined();
      expect(
        models.list().map((version) => `${version.model}@v${String(version.version)}`),
      ).toEqual(["another@v1", "churn@v1", "churn@v2"]);
      expect(models.list("churn")).toHaveLength(2);
    },
  );

  check("records a registration once, under the version it made", ({ models, audit }) => {
    const { subject: _subject, ...event } = eventOf("model.registered");
    models.register(versionOf("1"), event);
    models.register(versionOf("1"), event);
    expect(audit.list().map(({ action, subject }) => ({ action, subject }))).toEqual([
      { action: "model.registered", subject: "churn@v1" },
    ]);
  });

  check(
    "keeps names for a version that was registered before they were looked at, once",
    ({ models, audit }) => {
      const { subject: _subject, ...event } = eventOf("model.registered");
      models.register({ ...versionOf("1"), pickledNames: undefined }, event);
      const names = { "model/model.joblib": ["numpy:dtype"] };
      for (const pickledNames of [names, { "model/model.joblib": ["os:system"] }])
        expect(models.register({ ...versionOf("1"), pickledNames }, event)).toMatchObject({
          version: 1,
          pickledNames: names,
        });
      expect(models.get("churn", 1)?.pickledNames).toEqual(names);
      expect(audit.list().map(({ action, subject }) => ({ action, subject }))).toEqual([
        { action: "model.names-recorded", subject: "churn@v1" },
        { action: "model.registered", subject: "churn@v1" },
      ]);
    },
  );

  check("resolves numbers, aliases and the newest version", ({ models, audit }) => {
    for (const content of ["1", "2", "3"]) models.register(versionOf(content));
    models.setAlias("churn", "champion", 1, eventOf("alias.moved"));
    models.setAlias("churn", "candidate", 3, eventOf("alias.moved"));
    models.setAlias("churn", "champion", 2, eventOf("alias.moved"));
    expect(models.resolve("churn", undefined)?.version).toBe(3);
    expect(models.resolve("churn", "v1")?.version).toBe(1);
    expect(models.resolve("churn", "champion")?.version).toBe(2);
    expect(models.resolve("churn", "v9")).toBeUndefined();
    expect(models.resolve("churn", "nobody")).toBeUndefined();
    expect(models.resolve("nothing", undefined)).toBeUndefined();
    expect(models.aliases("churn")).toEqual([
      { model: "churn", alias: "candidate", version: 3 },
      { model: "churn", alias: "champion", version: 2 },
    ]);
    expect(audit.list()).toHaveLength(3);
  });

  check("refuses an alias that cannot be one, and then records no event", ({ models, audit }) => {
    models.register(versionOf("1"));
    expect(() => models.setAlias("churn", "v1", 1, eventOf("alias.moved"))).toThrow(
      expect.objectContaining({ code: "alias-invalid" }),
    );
    expect(() => models.setAlias("churn", "champion", 2, eventOf("alias.moved"))).toThrow(
      expect.objectContaining({ code: "model-version-unknown" }),
    );
    expect(models.aliases("churn")).toEqual([]);
    expect(audit.list()).toEqual([]);
  });

  check("lists deployments newest first, of one environment when asked", ({ deployments }) => {
    const deployment = {
      subject: "churn:r2",
      environment: "staging",
      level: 1,
      target: "github",
      state: "pending",
      gitCommit: undefined,
      createdAtMs: 1,
    } as const;
    const first = deployments.add(deployment);
    const second = deployments.add({ ...deployment, environment: "production", gitCommit: "4f2a" });
    expect(deployments.list()).toEqual([second, first]);
    expect(deployments.list("production")).toEqual([
      { ...deployment, environment: "production", gitCommit: "4f2a", id: second.id },
    ]);
    expect(second.id).not.toBe(first.id);
  });

  check("chains events and lists them newest first", ({ audit }) => {
    const first = audit.append(eventOf("pipeline.promoted", "churn:r1"));
    const second = audit.append(eventOf("model.registered"));
    expect(first).toMatchObject({ sequence: 1, previousHash: undefined });
    expect(second).toMatchObject({ sequence: 2, previousHash: first.hash });
    expect(audit.list()).toEqual([second, first]);
    expect(audit.list(1)).toEqual([second]);
    expect(audit.firstBroken()).toBeUndefined();
  });

  check("keeps promised file moves, oldest first, until they are done", ({ pendingWrites }) => {
    const move = {
      from: ".mlops/staging/1/new/a.py",
      digest: digestOf("1"),
      to: "churn/a.py",
      replaces: digestOf("2"),
    };
    const create = { ...move, to: "churn/b.py", replaces: undefined };
    const first = pendingWrites.add([move, create]);
    const second = pendingWrites.add([create]);
    expect(pendingWrites.list()).toEqual([
      { id: first, moves: [move, create] },
      { id: second, moves: [create] },
    ]);
    pendingWrites.done(first);
    pendingWrites.done(first);
    expect(pendingWrites.list().map((pending) => pending.id)).toEqual([second]);
  });
}

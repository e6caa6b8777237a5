/** The registry in memory, for tests that need no disk. Same contract as `adapters/sqlite/`; values are copied in and out. */
import type { Sha256 } from "../../src/base/brand.ts";
import { ConflictError, UsageError } from "../../src/base/errors.ts";
import { sha256FromHex } from "../../src/base/hash.ts";
import type { PendingWrite, Registry } from "../../src/ports/registry.ts";
import {
  type AuditEvent,
  chainEvent,
  firstBrokenEvent,
  type NewAuditEvent,
} from "../../src/registry/audit.ts";
import type { Deployment } from "../../src/registry/deployment.ts";
import { recordDigest, withEffect } from "../../src/registry/effect.ts";
import type { Effect } from "../../src/registry/effect-schema.ts";
import { RUN_PREFIX_LENGTH } from "../../src/registry/names.ts";
import type { PipelineRevision } from "../../src/registry/pipeline-revision.ts";
import {
  overviewOf,
  type RunOutline,
  type RunRecord,
  runStatusAfter,
  type StepRecord,
} from "../../src/registry/run-record.ts";
import type { MetricValue } from "../../src/run/schema.ts";
import { keptModels, type MemoryTables, memoryModels } from "./memory-models.ts";
import { selectRuns } from "./select-runs.ts";

/** An empty registry. */
export function memoryRegistry(): Registry {
  const tables: unknown[][] = [];
  const table = <T>(): T[] => {
    const rows: T[] = [];
    tables.push(rows);
    return rows;
  };
  const events = table<AuditEvent>();
  const log = (event: NewAuditEvent, effect?: Effect): AuditEvent =>
    append(events, effect === undefined ? event : withEffect(event, effect));
  const models: MemoryTables = {
    versions: table(),
    aliases: table(),
    tags: table(),
    requests: table(),
    log,
  };
  const deployed = table<Deployment>();
  return {
    pipelines: pipelines(table()),
    runs: runs(table(), table()),
    ...memoryModels(models),
    deployments: deployments(deployed, log),
    audit: {
      append: (event) => log(event),
      list: (limit) => structuredClone(events.toReversed().slice(0, limit)),
      firstBroken: () => firstBrokenEvent(events),
      examine: () => ({
        events: events.map(({ sequence, previousHash, hash, ...content }) => ({
          sequence,
          previousHash,
          hash,
          content,
        })),
        tables: {
          ...keptModels(models),
          deployments: deployed.map((one) => ({ id: one.id, record: deploymentRecord(one) })),
        },
        missingGuards: [],
      }),
    },
    pendingWrites: pendingWrites(table()),
    together: (work) => {
      const before = tables.map((rows) => structuredClone(rows));
      try {
        return work();
      } catch (error) {
        for (const [at, rows] of tables.entries())
          rows.splice(0, rows.length, ...(before[at] ?? []));
        throw error;
      }
    },
    damage: () => undefined,
    close: () => undefined,
  };
}

function append(events: AuditEvent[], event: NewAuditEvent): AuditEvent {
  const chained = chainEvent(events.at(-1), structuredClone(event));
  events.push(chained);
  return chained;
}

function pipelines(revisions: PipelineRevision[]): Registry["pipelines"] {
  const latest = (pipeline: string): PipelineRevision | undefined =>
    revisions.findLast((revision) => revision.pipeline === pipeline);
  return {
    addRevision: (revision, options) => {
      const last = latest(revision.pipeline);
      if (last?.contentDigest === revision.contentDigest && options?.evenWithoutChange !== true)
        return structuredClone(last);
      const added = {
        ...structuredClone(revision),
        revision: (last?.revision ?? 0) + 1,
        certificateDigest: undefined,
        verdict: undefined,
      };
      revisions.push(added);
      return structuredClone(added);
    },
    latestRevision: (pipeline) => structuredClone(latest(pipeline)),
    listRevisions: (pipeline) =>
      structuredClone(
        revisions
          .filter((revision) => pipeline === undefined || revision.pipeline === pipeline)
          .sort(
            (left, right) =>
              compareText(left.pipeline, right.pipeline) || left.revision - right.revision,
          ),
      ),
    setCertificate: (pipeline, revision, certificate, verdict) => {
      const index = revisions.findIndex(
        (candidate) => candidate.pipeline === pipeline && candidate.revision === revision,
      );
      const found = revisions[index];
      if (found === undefined)
        throw new ConflictError(`There is no ${pipeline}:r${String(revision)}.`, {
          code: "revision-unknown",
        });
      revisions[index] = { ...found, certificateDigest: certificate, verdict };
    },
  };
}

interface StoredRun {
  record: Omit<RunRecord, "steps" | "metrics">;
  readonly order: number;
}

function runs(
  stored: StoredRun[],
  steps: (StepRecord & { readonly pipeline: string })[],
): Registry["runs"] {
  const known = (id: string): StoredRun => {
    const run = stored.find((candidate) => candidate.record.id === id);
    if (run === undefined)
      throw new ConflictError(`There is no run ${id}.`, { code: "run-unknown" });
    return run;
  };
  const stepOf = (
    step: (StepRecord & { readonly pipeline: string }) | undefined,
  ): StepRecord | undefined => {
    if (step === undefined) return undefined;
    const { pipeline: _pipeline, ...record } = step;
    return structuredClone(record);
  };
  const full = ({ record }: StoredRun): RunRecord => {
    const own = steps
      .filter((step) => step.runId === record.id)
      .flatMap((step) => stepOf(step) ?? []);
    const metrics = new Map<string, { readonly value: MetricValue; readonly atMs: number }>();
    // Points of a metric are numbered as they come, so the last one written is the latest.
    for (const step of own)
      for (const { name, value } of step.manifest?.metrics ?? [])
        metrics.set(name, { value, atMs: step.endedAtMs });
    return {
      ...structuredClone(record),
      steps: own,
      metrics: [...metrics]
        .sort(([left], [right]) => compareText(left, right))
        .map(([name, { value }]) => ({ name, value })),
    };
  };
  const newestFirst = (): StoredRun[] =>
    stored.toSorted(
      (left, right) =>
        right.record.startedAtMs - left.record.startedAtMs || right.order - left.order,
    );
  return {
    start: (run) => {
      if (stored.some((candidate) => candidate.record.id === run.id))
        throw new ConflictError(`Run ${run.id} exists already.`, { code: "run-exists" });
      stored.push({
        record: { ...structuredClone(run), status: "running", endedAtMs: undefined },
        order: stored.length,
      });
    },
    addStep: (runId, step) => {
      steps.push({ ...structuredClone(step), runId, pipeline: known(runId).record.pipeline });
    },
    addSteps: (runId, added) => {
      for (const step of added)
        steps.push({ ...structuredClone(step), runId, pipeline: known(runId).record.pipeline });
    },
    finish: (runId, status, endedAtMs) => {
      const run = known(runId);
      run.record = { ...run.record, status: runStatusAfter(run.record, status), endedAtMs };
    },
    find: (idOrPrefix) => {
      const exact = stored.find((run) => run.record.id === idOrPrefix);
      if (exact !== undefined) return full(exact);
      if (idOrPrefix.length < RUN_PREFIX_LENGTH) return undefined;
      const matches = stored.filter((run) => run.record.id.startsWith(idOrPrefix));
      if (matches.length > 1)
        throw new UsageError(`More than one run starts with ${idOrPrefix}.`, {
          code: "run-prefix-ambiguous",
        });
      return matches[0] === undefined ? undefined : full(matches[0]);
    },
    list: ({ pipeline, status, limit }) =>
      newestFirst()
        .filter(({ record }) => pipeline === undefined || record.pipeline === pipeline)
        .filter(({ record }) => status === undefined || record.status === status)
        .slice(0, limit)
        .map(full),
    select: ({ pipeline, limit, ...selection }) => {
      const ofPipeline = newestFirst()
        .filter(({ record }) => pipeline === undefined || record.pipeline === pipeline)
        .map(full);
      const found = selectRuns(ofPipeline, selection);
      const shown = found.slice(0, limit);
      return { runs: shown.map(overviewOf), more: found.length - shown.length };
    },
    outlines: () => newestFirst().map(outlineOf),
    running: () =>
      newestFirst()
        .filter(({ record }) => record.status === "running")
        .map(outlineOf),
    findStep: (pipeline, step, fingerprint) =>
      stepOf(
        steps.findLast(
          (candidate) =>
            candidate.pipeline === pipeline &&
            candidate.step === step &&
            candidate.fingerprint === fingerprint &&
            candidate.status === "succeeded",
        ),
      ),
    lastStep: (pipeline, step) =>
      stepOf(
        steps.findLast((candidate) => candidate.pipeline === pipeline && candidate.step === step),
      ),
    markInterrupted: (isAlive, nowMs) => {
      const dead = stored.filter(
        ({ record }) =>
          record.status === "running" && !isAlive({ pid: record.pid, start: record.processStart }),
      );
      for (const run of dead)
        run.record = { ...run.record, status: "interrupted", endedAtMs: nowMs };
      return dead.map((run) => run.record.id);
    },
    remove: (ids) => {
      for (const id of ids) {
        const at = stored.findIndex((run) => run.record.id === id);
        if (at !== -1) stored.splice(at, 1);
        for (let index = steps.length - 1; index >= 0; index -= 1)
          if (steps[index]?.runId === id) steps.splice(index, 1);
      }
    },
  };
}

function outlineOf({ record: { id, pipeline, status } }: StoredRun): RunOutline {
  return { id, pipeline, status };
}

function deployments(all: Deployment[], log: MemoryTables["log"]): Registry["deployments"] {
  return {
    add: (deployment, event) => {
      const added = { ...structuredClone(deployment), id: all.length + 1 };
      all.push(added);
      if (event !== undefined)
        log(event, { kind: "deployment", deployment: added.id, record: deploymentRecord(added) });
      return structuredClone(added);
    },
    list: (environment) =>
      structuredClone(
        all
          .filter(
            (deployment) => environment === undefined || deployment.environment === environment,
          )
          .toReversed(),
      ),
  };
}

function deploymentRecord({ state: _state, ...deployment }: Deployment): Sha256 {
  return recordDigest(deployment);
}

function pendingWrites(pending: PendingWrite[]): Registry["pendingWrites"] {
  let lastId = 0;
  return {
    list: () => structuredClone(pending),
    add: (moves) => {
      lastId += 1;
      pending.push({ id: lastId, moves: structuredClone(moves) });
      return lastId;
    },
    done: (id) => {
      const index = pending.findIndex((candidate) => candidate.id === id);
      if (index !== -1) pending.splice(index, 1);
    },
  };
}

/** SQLite's order of text: by code points, which for our names is by code units. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A digest for tests: sixty-four times one hex digit. */
export function digestOf(digit: string): Sha256 {
  return sha256FromHex(digit.repeat(64));
}

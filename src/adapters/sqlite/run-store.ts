/** Runs, their steps, parameters, metrics and data. */
import type Database from "better-sqlite3";
import type { RunId } from "../../base/brand.ts";
import { ConflictError, UsageError } from "../../base/errors.ts";
import type { Registry } from "../../ports/registry.ts";
import { RUN_PREFIX_LENGTH } from "../../registry/names.ts";
import {
  type RunOutline,
  type RunStart,
  type RunStatus,
  runStatusAfter,
} from "../../registry/run-record.ts";
import { once } from "./once.ts";
import { overviewReader } from "./run-overviews.ts";
import { type RunRow, runReader } from "./run-rows.ts";
import { runSelector } from "./run-selector.ts";
import type { Session } from "./session.ts";
import { stepWriter } from "./step-writer.ts";

/** Runs, newest first. */
export function runStore(session: Session): Registry["runs"] {
  const { db } = session;
  const reader = runReader(db);
  const writeStep = stepWriter(db);
  const byId = db.prepare<[string], RunRow>(
    "SELECT r.*, e.name AS experiment FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE r.id = ?",
  );
  const byPrefix = db.prepare<[string, string], RunRow>(
    "SELECT r.*, e.name AS experiment FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE r.id >= ? AND r.id < ? ORDER BY r.id LIMIT 3",
  );
  const running = db.prepare<
    [],
    OutlineRow & { readonly pid: number | null; readonly process_start: string | null }
  >(
    `SELECT id, pipeline, status, pid, process_start FROM runs WHERE status = 'running'
     ORDER BY started_at_ms DESC, number DESC`,
  );
  const outlines = once(() =>
    db.prepare<[], OutlineRow>(
      "SELECT id, pipeline, status FROM runs ORDER BY started_at_ms DESC, number DESC",
    ),
  );
  // What only some commands ask for is prepared when they do.
  const select = once(() => runSelector(db));
  const overviews = once(() => overviewReader(db));
  const end = db.prepare("UPDATE runs SET status = ?, ended_at_ms = ? WHERE id = ?");
  // Its parameters, metrics, tags and steps go with it; artifacts and data belong to no run alone.
  const forget = db.prepare("DELETE FROM runs WHERE id = ?");
  const known = (id: string): RunRow => {
    const row = byId.get(id);
    if (row !== undefined) return row;
    throw new ConflictError(`There is no run ${id} in the registry.`, {
      code: "run-unknown",
      hint: "see the runs with: mlops runs list",
    });
  };

  return {
    start: (run) => {
      session.write(() => {
        if (byId.get(run.id) !== undefined)
          throw new ConflictError(`Run ${run.id} exists already.`, {
            code: "run-exists",
          });
        insertRun(session, run);
      });
    },
    addStep: (runId, step) => {
      session.write(() => {
        writeStep(known(runId), step);
      });
    },
    addSteps: (runId, steps) => {
      if (steps.length === 0) return;
      session.write(() => {
        const run = known(runId);
        for (const step of steps) writeStep(run, step);
      });
    },
    finish: (runId, status, endedAtMs) => {
      session.write(() => end.run(runStatusAfter(known(runId), status), endedAtMs, runId));
    },
    find: (idOrPrefix) =>
      session.read(() => {
        const exact = byId.get(idOrPrefix);
        if (exact !== undefined) return reader.record(exact);
        if (idOrPrefix.length < RUN_PREFIX_LENGTH) return undefined;
        // U+FFFF sorts after every character an id may hold.
        const matches = byPrefix.all(idOrPrefix, `${idOrPrefix}\uffff`);
        if (matches.length > 1) throw ambiguous(idOrPrefix, matches);
        return matches[0] === undefined ? undefined : reader.record(matches[0]);
      }),
    list: (filter) => session.read(() => listRows(db, filter).map(reader.record)),
    select: (query) =>
      session.read(() => {
        const { numbers, total } = select()(query);
        return { runs: overviews()(numbers), more: total - numbers.length };
      }),
    outlines: () => session.look(() => outlines().all().map(outlineOf)),
    running: () => session.look(() => running.all().map(outlineOf)),
    findStep: (pipeline, step, fingerprint) =>
      session.look(() => reader.succeededStep(pipeline, step, fingerprint)),
    lastStep: (pipeline, step) => session.look(() => reader.lastStep(pipeline, step)),
    markInterrupted: (isAlive, nowMs) => {
      // Nearly always there is none, and then nobody has to wait for the write lock.
      if (session.look(() => running.all().length) === 0) return [];
      return session.write(() => {
        const dead = running
          .all()
          .toReversed()
          .filter(
            ({ pid, process_start }) =>
              pid !== null && !isAlive({ pid, start: process_start ?? undefined }),
          );
        for (const run of dead) end.run("interrupted", nowMs, run.id);
        return dead.map((run) => run.id);
      });
    },
    remove: (ids) => {
      session.write(() => {
        for (const id of ids) forget.run(id);
      });
    },
  };
}

interface OutlineRow {
  readonly id: RunId;
  readonly pipeline: string | null;
  readonly status: RunStatus;
}

function outlineOf({ id, pipeline, status }: OutlineRow): RunOutline {
  return { id, pipeline: pipeline ?? "", status };
}

/** Newest first. */
function listRows(
  db: Database.Database,
  { pipeline, status, limit }: Parameters<Registry["runs"]["list"]>[0],
): readonly RunRow[] {
  const wanted = Object.entries({ pipeline, status }).filter(([, value]) => value !== undefined);
  // SQLite reads a negative limit as none.
  return db
    .prepare<unknown[], RunRow>(
      `SELECT r.*, e.name AS experiment FROM runs r JOIN experiments e ON e.id = r.experiment_id
       WHERE ${["TRUE", ...wanted.map(([column]) => `r.${column} = ?`)].join(" AND ")}
       ORDER BY r.started_at_ms DESC, r.number DESC LIMIT ?`,
    )
    .all(...wanted.map(([, value]) => value), limit ?? -1);
}

function insertRun({ db }: Session, run: RunStart): void {
  db.prepare(
    "INSERT INTO experiments (name, created_at_ms, updated_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  ).run(run.experiment, run.startedAtMs, run.startedAtMs);
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO runs (id, experiment_id, pipeline, revision, status, git_commit, git_dirty, environment_digest, pid, process_start, started_at_ms)
       VALUES (?, (SELECT id FROM experiments WHERE name = ?), ?, ?, 'running', ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      run.id,
      run.experiment,
      run.pipeline,
      run.revision ?? null,
      run.gitCommit ?? null,
      run.gitDirty === undefined ? null : Number(run.gitDirty),
      run.environmentDigest,
      run.pid,
      run.processStart ?? null,
      run.startedAtMs,
    );
  const insertParam = db.prepare("INSERT INTO run_params (run, key, value_json) VALUES (?, ?, ?)");
  for (const [key, value] of Object.entries(run.params))
    insertParam.run(lastInsertRowid, key, JSON.stringify(value));
}

function ambiguous(prefix: string, matches: readonly RunRow[]): UsageError {
  const shown = matches.map((run) => run.id.slice(0, prefix.length + 4)).join(", ");
  return new UsageError(`More than one run starts with ${prefix}: ${shown}.`, {
    code: "run-prefix-ambiguous",
    hint: "type more digits of the run you mean",
  });
}

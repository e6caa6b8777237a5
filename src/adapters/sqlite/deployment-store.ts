/** Deployments and how they got where they are. */
import type { Registry } from "../../ports/registry.ts";
import type { Deployment, DeploymentState } from "../../registry/deployment.ts";
import { appendEvent } from "./audit-store.ts";
import { deploymentRecord } from "./records.ts";
import type { Session } from "./session.ts";

interface DeploymentRow {
  readonly id: number;
  readonly subject: string;
  readonly environment: string;
  readonly level: 1 | 2 | 3;
  readonly target: string;
  readonly state: DeploymentState;
  readonly git_commit: string | null;
  readonly created_at_ms: number;
}

/** Deployments, newest first. */
export function deploymentStore(session: Session): Registry["deployments"] {
  const { db } = session;
  const insert = db.prepare(
    "INSERT INTO deployments (subject, environment, level, target, state, git_commit, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const insertHistory = db.prepare(
    "INSERT INTO deployment_history (deployment, position, state, because, at_ms) VALUES (?, 1, ?, 'created', ?)",
  );
  const all = db.prepare<[], DeploymentRow>("SELECT * FROM deployments ORDER BY id DESC");
  const ofEnvironment = db.prepare<[string], DeploymentRow>(
    "SELECT * FROM deployments WHERE environment = ? ORDER BY id DESC",
  );
  return {
    add: (deployment, event) =>
      session.write(() => {
        const { subject, environment, level, target, state, gitCommit, createdAtMs } = deployment;
        const { lastInsertRowid } = insert.run(
          subject,
          environment,
          level,
          target,
          state,
          gitCommit ?? null,
          createdAtMs,
        );
        insertHistory.run(lastInsertRowid, state, createdAtMs);
        const id = Number(lastInsertRowid);
        if (event !== undefined) {
          const record = deploymentRecord(session.db, id);
          appendEvent(session, event, { kind: "deployment", deployment: id, record });
        }
        return { ...deployment, id };
      }),
    list: (environment) =>
      session.read(() =>
        (environment === undefined ? all.all() : ofEnvironment.all(environment)).map(deploymentOf),
      ),
  };
}

function deploymentOf(row: DeploymentRow): Deployment {
  return {
    id: row.id,
    subject: row.subject,
    environment: row.environment,
    level: row.level,
    target: row.target,
    state: row.state,
    gitCommit: row.git_commit ?? undefined,
    createdAtMs: row.created_at_ms,
  };
}

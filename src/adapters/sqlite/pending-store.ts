/** File moves that were promised and may not have happened yet. */
import type { Registry } from "../../ports/registry.ts";
import { Moves, readJson } from "./schema.ts";
import type { Session } from "./session.ts";

interface PendingRow {
  readonly id: number;
  readonly moves_json: string;
}

/** Pending moves, oldest first: they are replayed in that order. */
export function pendingStore(session: Session): Registry["pendingWrites"] {
  const { db } = session;
  const all = db.prepare<[], PendingRow>("SELECT id, moves_json FROM pending_writes ORDER BY id");
  const insert = db.prepare("INSERT INTO pending_writes (moves_json) VALUES (?)");
  const remove = db.prepare("DELETE FROM pending_writes WHERE id = ?");
  return {
    list: () =>
      session.look(() =>
        all.all().map((row) => ({
          id: row.id,
          moves: readJson(Moves, row.moves_json, `pending write ${String(row.id)}`).map((move) => ({
            from: move.from,
            digest: move.digest,
            to: move.to,
            replaces: move.replaces ?? undefined,
          })),
        })),
      ),
    add: (moves) =>
      session.write(() => {
        const rows = moves.map((move) => ({
          from: move.from,
          digest: move.digest,
          to: move.to,
          replaces: move.replaces ?? null,
        }));
        return Number(insert.run(JSON.stringify(rows)).lastInsertRowid);
      }),
    done: (id) => {
      session.write(() => remove.run(id));
    },
  };
}

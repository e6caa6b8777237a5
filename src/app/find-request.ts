/** A request for approval by what the user typed. */
import { ConflictError, UsageError } from "../base/errors.ts";
import type { Registry } from "../ports/registry.ts";
import type { ApprovalRequest } from "../registry/approval.ts";
import { renderModelVersion } from "../registry/names.ts";
import { findModel } from "./find-model.ts";

/**
 * A request by its number, or by the version it is for when one of that waits.
 * @throws UsageError `approval-ambiguous`; ConflictError `approval-unknown`, and what `findModel` throws.
 */
export function findRequest(
  text: string,
  registry: Pick<Registry, "approvals" | "models">,
): ApprovalRequest {
  if (/^#?[1-9][0-9]{0,8}$/.test(text)) {
    const id = Number(text.replace("#", ""));
    const found = registry.approvals.get(id);
    if (found !== undefined) return found;
    throw new ConflictError(`There is no request ${String(id)}.`, {
      code: "approval-unknown",
      hint: "see them with: mlops models requests --all",
    });
  }
  const { model, version } = findModel(text, registry.models);
  const waiting = registry.approvals
    .list({ model, version })
    .filter(({ state }) => state === "open" || state === "approved");
  const [only, ...others] = waiting;
  if (only === undefined)
    throw new ConflictError(`No request for ${renderModelVersion({ model, version })} waits.`, {
      code: "approval-unknown",
      hint: `ask for one: mlops models request ${renderModelVersion({ model, version })} --env production`,
    });
  if (others.length === 0) return only;
  throw new UsageError(
    `${String(waiting.length)} requests for ${renderModelVersion({ model, version })} wait: ${waiting.map(({ id, environment }) => `${String(id)} (${environment})`).join(", ")}.`,
    { code: "approval-ambiguous", hint: "name the one you mean by its number" },
  );
}

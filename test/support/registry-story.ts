/** A bit of everything that writes events, on any registry. */
import type { Registry } from "../../src/ports/registry.ts";
import type { NewAuditEvent } from "../../src/registry/audit.ts";
import { decisionOf, eventOf, requestOf, versionOf } from "./registry-contract-values.ts";

/**
 * Three versions of churn (the third deleted, the first once champion), v2 in production by request 1, request 2 for v1
 * expired, a comment and a rejection on request 3, tags, a deployment, a version that came from elsewhere. 21 events.
 */
export function tellStory({ models, approvals, deployments, audit, together }: Registry): void {
  const { subject: _subject, ...registered } = eventOf("model.registered");
  for (const content of ["1", "2", "3"]) models.register(versionOf(content), registered);
  models.setAlias("churn", "champion", 1, moved("champion", { from: null, to: 1 }));
  models.setAlias("churn", "champion", 2, moved("champion", { from: 1, to: 2 }));
  models.setAlias("churn", "old", 1, moved("old", { from: null, to: 1 }));
  models.removeAlias("churn", "old", { ...moved("old", {}), action: "alias.removed" });
  const tagged = (tags: Record<string, string | undefined>): void => {
    models.changeTags("churn", 1, { tags, event: eventOf("model.tagged") });
  };
  tagged({ owner: "ada", ticket: "42" });
  tagged({ ticket: undefined });
  const asked = eventOf("approval.requested", "churn@v2");
  approvals.request(requestOf({ version: 2 }), asked);
  approvals.decide(1, decisionOf("approve"), eventOf("approval.approved", "churn@v2"));
  together(() => {
    models.setAlias("churn", "production", 2, moved("production", { to: 2, request: 1 }));
    approvals.use(1, 42_000);
  });
  approvals.request(requestOf(), eventOf("approval.requested"));
  approvals.expire(60_000, () => eventOf("approval.expired"));
  approvals.request(requestOf({ environment: "staging" }), eventOf("approval.requested"));
  approvals.decide(3, decisionOf("comment"), eventOf("approval.commented"));
  approvals.decide(3, decisionOf("reject"), eventOf("approval.rejected"));
  models.remove("churn", 3, eventOf("model.deleted", "churn@v3"));
  deployments.add(
    {
      subject: "churn:r2",
      environment: "staging",
      level: 1,
      target: "github",
      state: "pending",
      gitCommit: "4f2a",
      createdAtMs: 1,
    },
    eventOf("deployment.created", "churn:r2"),
  );
  models.adopt({ ...versionOf("5", "pulled"), version: 5 }, eventOf("model.pulled", "pulled@v5"));
  audit.append(eventOf("model.exported"));
}

function moved(alias: string, details: Record<string, unknown>): NewAuditEvent {
  return { ...eventOf("alias.moved", `churn@${alias}`), details };
}

/** What every registry does with requests, decisions, tags and versions that go: run on the SQLite one and on the one in memory. */
import { expect, test } from "vitest";
import type { Registry } from "../../src/ports/registry.ts";
import { decisionOf, eventOf, PROOFS, requestOf, versionOf } from "./registry-contract-values.ts";

/** @param open Gives an empty registry; the test closes it. */
export function checkApprovalsContract(
  name: string,
  open: () => Promise<Registry> | Registry,
): void {
  const check = (sentence: string, run: (registry: Registry) => void): void => {
    test(`${name}: ${sentence}`, async () => {
      const registry = await open();
      try {
        registry.models.register(versionOf("1"));
        registry.models.register(versionOf("2"));
        run(registry);
      } finally {
        registry.close();
      }
    });
  };
  const actionsOf = ({ audit }: Registry): readonly string[] =>
    audit.list().map(({ action }) => action);

  check("keeps a request with its evidence, policy and decisions", (registry) => {
    const { approvals } = registry;
    const asked = approvals.request(requestOf(), eventOf("approval.requested"));
    expect(asked).toEqual({ ...requestOf(), id: 1, state: "open", decisions: [] });
    approvals.decide(1, decisionOf("comment"), eventOf("approval.commented"));
    const approved = approvals.decide(1, decisionOf("approve"), eventOf("approval.approved"));
    expect(approved).toEqual({
      ...requestOf(),
      id: 1,
      state: "approved",
      decisions: [decisionOf("comment"), decisionOf("approve")],
    });
    expect(approvals.get(1)).toEqual(approved);
    expect(approvals.use(1, 42_000).state).toBe("used");
    expect(actionsOf(registry)).toEqual([
      "approval.approved",
      "approval.commented",
      "approval.requested",
    ]);
  });

  check("keeps what the identities of both sides rest on", (registry) => {
    const { approvals } = registry;
    for (const [index, proof] of PROOFS.entries()) {
      const requestedBy = { name: "Ada", grade: "asserted", proof } as const;
      const environment = `e-${String(index)}`;
      const asked = requestOf({ requestedBy, environment });
      const { id } = approvals.request(asked, eventOf("approval.requested"));
      const approval = {
        ...decisionOf("approve"),
        by: { name: "Grace", grade: "machine", proof },
      } as const;
      approvals.decide(id, approval, eventOf("approval.approved"));
      expect(approvals.get(id)).toMatchObject({ requestedBy, decisions: [approval] });
    }
  });

  check("keeps one request at a time for a version and an environment", (registry) => {
    const { approvals } = registry;
    approvals.request(requestOf(), eventOf("approval.requested"));
    expect(() => approvals.request(requestOf(), eventOf("approval.requested"))).toThrow(
      expect.objectContaining({ code: "approval-open" }),
    );
    approvals.request(requestOf({ environment: "staging" }), eventOf("approval.requested"));
    approvals.request(requestOf({ version: 2 }), eventOf("approval.requested"));
    approvals.decide(1, decisionOf("reject"), eventOf("approval.rejected"));
    expect(approvals.request(requestOf(), eventOf("approval.requested")).id).toBe(4);
    expect(approvals.list().map(({ id }) => id)).toEqual([4, 3, 2, 1]);
    expect(approvals.list({ model: "churn", version: 1 }).map(({ id }) => id)).toEqual([4, 2, 1]);
    expect(approvals.list({ environment: "staging" }).map(({ id }) => id)).toEqual([2]);
    expect(approvals.list({ model: "penguins" })).toEqual([]);
  });

  check("decides nothing that the state does not allow, and then records nothing", (registry) => {
    const { approvals } = registry;
    approvals.request(requestOf(), eventOf("approval.requested"));
    approvals.decide(1, decisionOf("reject"), eventOf("approval.rejected"));
    const before = actionsOf(registry);
    for (const kind of ["approve", "reject", "withdraw"] as const)
      expect(() => approvals.decide(1, decisionOf(kind), eventOf("approval.decided"))).toThrow(
        expect.objectContaining({ code: "approval-transition-illegal" }),
      );
    expect(() => approvals.use(1, 42_000)).toThrow(
      expect.objectContaining({ code: "approval-transition-illegal" }),
    );
    expect(() => approvals.decide(9, decisionOf("comment"), eventOf("x.y"))).toThrow(
      expect.objectContaining({ code: "approval-unknown" }),
    );
    expect(approvals.get(1)?.decisions).toHaveLength(1);
    expect(actionsOf(registry)).toEqual(before);
  });

  check(
    "neither approves nor uses what is past its time, and writes down that it is",
    (registry) => {
      const { approvals } = registry;
      approvals.request(requestOf(), eventOf("approval.requested"));
      approvals.request(
        requestOf({ version: 2, expiresAtMs: undefined }),
        eventOf("approval.requested"),
      );
      expect(() => approvals.decide(1, decisionOf("approve", 50_000), eventOf("x.y"))).toThrow(
        expect.objectContaining({ code: "approval-expired" }),
      );
      expect(approvals.expire(49_999, () => eventOf("approval.expired"))).toEqual([]);
      const expired = approvals.expire(50_000, ({ id }) => eventOf("approval.expired", String(id)));
      expect(expired.map(({ id, state }) => [id, state])).toEqual([[1, "expired"]]);
      expect(approvals.get(2)?.state).toBe("open");
      expect(actionsOf(registry)[0]).toBe("approval.expired");
    },
  );

  check("keeps all of what belongs together, or nothing", (registry) => {
    const { approvals, models } = registry;
    approvals.request(requestOf(), eventOf("approval.requested"));
    approvals.decide(1, decisionOf("approve"), eventOf("approval.approved"));
    const useIt = (): void => {
      registry.together(() => {
        models.setAlias("churn", "production", 1, eventOf("alias.moved"));
        registry.pendingWrites.add([]);
        approvals.use(1, 42_000);
      });
    };
    useIt();
    expect(models.resolve("churn", "production")?.version).toBe(1);
    models.setAlias("churn", "production", 2, eventOf("alias.moved"));
    const before = actionsOf(registry);
    expect(useIt).toThrow(expect.objectContaining({ code: "approval-transition-illegal" }));
    expect(models.resolve("churn", "production")?.version).toBe(2);
    expect(registry.pendingWrites.list()).toHaveLength(1);
    expect(actionsOf(registry)).toEqual(before);
    expect(registry.together(() => 7)).toBe(7);
  });

  check("changes tags of a version, and forgets those without a value", (registry) => {
    const { models } = registry;
    const event = eventOf("model.tagged");
    models.changeTags("churn", 1, { tags: { owner: "ada", team: "growth" }, event });
    models.changeTags("churn", 1, { tags: { owner: "grace", team: undefined, a: "1" }, event });
    expect(models.tags("churn", 1)).toEqual({ a: "1", owner: "grace" });
    expect(models.tags("churn", 2)).toEqual({});
    expect(() => models.changeTags("churn", 9, { tags: {}, event })).toThrow(
      expect.objectContaining({ code: "model-version-unknown" }),
    );
    expect(actionsOf(registry)).toEqual(["model.tagged", "model.tagged"]);
  });

  check("removes an alias once", (registry) => {
    registry.models.setAlias("churn", "champion", 1, eventOf("alias.moved"));
    registry.models.removeAlias("churn", "champion", eventOf("alias.removed"));
    registry.models.removeAlias("churn", "champion", eventOf("alias.removed"));
    expect(registry.models.aliases("churn")).toEqual([]);
    expect(actionsOf(registry)).toEqual(["alias.removed", "alias.moved"]);
  });

  check(
    "removes a version that nothing needs, never its number, and brings it back",
    (registry) => {
      const { models, approvals } = registry;
      const remove = (version: number): void => {
        models.remove("churn", version, eventOf("model.deleted"));
      };
      models.setAlias("churn", "champion", 2, eventOf("alias.moved"));
      expect(() => {
        remove(2);
      }).toThrow(expect.objectContaining({ code: "model-version-in-use" }));
      approvals.request(requestOf(), eventOf("approval.requested"));
      expect(() => {
        remove(1);
      }).toThrow(expect.objectContaining({ code: "model-version-in-use" }));
      approvals.decide(1, decisionOf("withdraw"), eventOf("approval.withdrawn"));
      remove(1);
      expect(models.list("churn").map(({ version }) => version)).toEqual([2]);
      expect(models.get("churn", 1)).toBeUndefined();
      expect(models.resolve("churn", "v1")).toBeUndefined();
      expect(approvals.get(1)?.state).toBe("withdrawn");
      expect(() => {
        remove(1);
      }).toThrow(expect.objectContaining({ code: "model-version-unknown" }));
      expect(models.register(versionOf("3")).version).toBe(3);
      expect(models.register(versionOf("1")).version).toBe(1);
      expect(models.get("churn", 1)).toEqual({ ...versionOf("1"), version: 1 });
    },
  );

  check("takes a version in under the number it has elsewhere, once", (registry) => {
    const { models } = registry;
    const elsewhere = { ...versionOf("7"), version: 9 };
    models.adopt(elsewhere, eventOf("model.pulled"));
    models.adopt(elsewhere, eventOf("model.pulled"));
    expect(models.get("churn", 9)).toEqual(elsewhere);
    expect(models.resolve("churn", undefined)?.version).toBe(9);
    expect(models.register(versionOf("8")).version).toBe(10);
    models.adopt({ ...versionOf("6"), version: 4 }, eventOf("model.pulled"));
    expect(models.register(versionOf("5")).version).toBe(11);
    models.adopt({ ...versionOf("1", "basket"), version: 3 }, eventOf("model.pulled"));
    expect(models.list("basket").map(({ version }) => version)).toEqual([3]);
    expect(actionsOf(registry)).toEqual(["model.pulled", "model.pulled", "model.pulled"]);
  });

  check("takes no version in whose number or content is another's here", (registry) => {
    const { models } = registry;
    for (const version of [
      { ...versionOf("7"), version: 2 },
      { ...versionOf("1"), version: 7 },
    ])
      expect(() => {
        models.adopt(version, eventOf("model.pulled"));
      }).toThrow(expect.objectContaining({ code: "model-version-taken" }));
    models.adopt({ ...versionOf("1"), version: 1 }, eventOf("model.pulled"));
    models.remove("churn", 1, eventOf("model.deleted"));
    models.adopt({ ...versionOf("1"), version: 1 }, eventOf("model.pulled"));
    expect(models.get("churn", 1)?.contentDigest).toBe(versionOf("1").contentDigest);
    expect(actionsOf(registry)).toEqual(["model.pulled", "model.deleted"]);
  });
}

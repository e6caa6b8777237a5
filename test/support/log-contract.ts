/** What every registry writes into its event log, so that the tables beside it can be held against it. */
import { expect, test } from "vitest";
import type { Registry } from "../../src/ports/registry.ts";
import { checkChain } from "../../src/registry/check-chain.ts";
import { compareWithLog } from "../../src/registry/replay.ts";
import { eventsOf } from "../../src/registry/version-history.ts";
import { tellStory } from "./registry-story.ts";

/** @param open Gives an empty registry; the test closes it. */
export function checkLogContract(name: string, open: () => Promise<Registry> | Registry): void {
  test(`${name}: tells in the log of every change of models, aliases, tags, approvals and deployments`, async () => {
    const registry = await open();
    try {
      tellStory(registry);
      const { events, tables, missingGuards } = registry.audit.examine();
      expect(checkChain(events)).toEqual([]);
      expect(compareWithLog(tables, events)).toEqual([]);
      expect(missingGuards).toEqual([]);
      expect(events).toHaveLength(21);
      expect(tables.requests.map(({ state }) => state)).toEqual(["used", "expired", "rejected"]);
      // What is appended is what is found.
      const listed = registry.audit.list().toReversed();
      expect(events.map(({ content, ...chained }) => ({ ...content, ...chained }))).toEqual(listed);
    } finally {
      registry.close();
    }
  });

  test(`${name}: tells what happened to one version, also what an alias that pointed at it did`, async () => {
    const registry = await open();
    try {
      tellStory(registry);
      const { events } = registry.audit.examine();
      const told = (version: number): readonly string[] =>
        eventsOf({ model: "churn", version }, events).map(
          ({ action, subject }) => `${action} ${subject}`,
        );
      expect(told(2)).toEqual([
        "model.registered churn@v2",
        "alias.moved churn@champion",
        "approval.requested churn@v2",
        "approval.approved churn@v2",
        "alias.moved churn@production",
      ]);
      expect(told(3)).toEqual(["model.registered churn@v3", "model.deleted churn@v3"]);
      expect(told(1).slice(0, 5)).toEqual([
        "model.registered churn@v1",
        "alias.moved churn@champion",
        "alias.moved churn@champion",
        "alias.moved churn@old",
        "alias.removed churn@old",
      ]);
      expect(eventsOf({ model: "churn", version: undefined }, events)).toHaveLength(19);
      expect(eventsOf({ model: "penguins", version: undefined }, events)).toEqual([]);
    } finally {
      registry.close();
    }
  });
}

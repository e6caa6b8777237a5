/** G3: an append-only trail. The chain of hashes is recomputed; without an anchored head a rewrite of the whole would not show, so it is never a full pass here. */
import { fail, partial, type Rule, unknown } from "../rule.ts";
import { describeMissingRegistry } from "./items.ts";

export const g03: Rule = {
  id: "G3",
  section: "G",
  level: 1,
  gate: undefined,
  question: "Is there an append-only audit trail?",
  how: ["R"],
  weight: 2,
  earn: { command: "mlops run PIPELINE (every change is an event)", effort: 1 },
  check: ({ project }) => {
    const { registry } = project;
    if (registry === undefined)
      return unknown(describeMissingRegistry(project) ?? "there is no registry");
    const { events, firstBroken } = registry.audit;
    if (events === 0) return fail("the trail is empty");
    if (firstBroken !== undefined)
      return fail(
        `event ${String(firstBroken)} does not follow from the one before it: the trail was changed`,
        [{ text: `event ${String(firstBroken)}`, registry: "audit" }],
      );
    return partial(
      4,
      `${String(events)} events, each following from the one before; the head is not anchored outside, so a complete rewrite would not show`,
      [{ text: `${String(events)} events`, registry: "audit" }],
    );
  },
};

/** Codes of the event log, its anchors and model cards. */
import type { Explanation } from "./explanation.ts";

export const auditExplanations: Readonly<Record<string, Explanation>> = {
  "audit-log-empty": {
    what: "There is no event yet whose hash could be written down.",
    why: "An anchor of nothing would protect nothing.",
    example: "mlops models audit --anchor      (in a new project)",
    fix: "Register a model version, then anchor the log.",
  },
  "audit-log-broken": {
    what: "The event log was changed, or is not what an earlier anchor says, so it is not anchored.",
    why: "A new anchor would vouch for what somebody rewrote.",
    example: "mlops models audit --anchor      (after somebody edited .mlops/registry.db)",
    fix: "Look at mlops models audit --verify, which says which events; put back a copy of .mlops/registry.db from before.",
  },
  "anchor-not-tagged": {
    what: "git did not make the tag that should hold the head of the event log.",
    why: "Without it the log is not anchored; nothing was changed.",
    example: "mlops models audit --anchor=tag      (before the first commit)",
    fix: "Mend what git says: a tag needs a commit, a name for its author, and a key where git signs tags. Or anchor in mlops.lock.yaml: mlops models audit --anchor=lock",
  },
  "card-file-taken": {
    what: "The file that should hold the model card is there already, and was not written by mlops models card.",
    why: "Somebody's own text would be lost.",
    example: "mlops models card churn --out README.md      (of the whole project)",
    fix: "Name another file, or add --force. Text of your own belongs in MODEL_CARD.md beside the pipeline; the card takes it in.",
  },
  "since-not-a-time": {
    what: "What --since names is no day, no time and no length of time.",
    why: "A guess would show too few events, which looks like an answer.",
    example: "mlops models audit --since yesterday",
    fix: "Write 2026-01-31, 2026-01-31 14:00 (UTC), or how long ago: 90m, 24h, 7d, 4w.",
  },
};

/** What one notebook of a corpus came to. Pure: from what the program printed, and how the notebook runs without it. */
import type {
  Finding,
  Outcome,
  PlainRun,
  PromotionDocument,
  Result,
  Row,
} from "./corpus-schema.ts";

/** Codes of a notebook that does not come to its end; everything else that stops a promotion is a refusal. */
const UNRUNNABLE = new Set([
  "cell-asks",
  "cell-exits",
  "cell-killed-python",
  "cell-never-run",
  "cell-out-of-memory",
  "cell-raised",
  "cell-timeout",
  "cells-run-out-of-order",
  "data-missing",
  "library-moved-on",
  "module-missing",
  "name-from-deleted-cell",
  "observation-failed",
]);
/** Outcomes with a certificate that says so. */
export const VERIFIED: ReadonlySet<Outcome> = new Set(["promoted", "coarsened", "single-step"]);
const UNREADABLE = /^notebook-(language|not-|version|missing|cell-unreadable)/;
const JOINED = new Set(["steps-merged", "steps-merged-to-verify"]);

/** The outcome, and what explains it. */
export function outcomeOf(document: PromotionDocument): {
  readonly outcome: Outcome;
  readonly because: string;
} {
  const { error, result } = document;
  if (error !== undefined) {
    const outcome =
      error.code === "bug"
        ? "crashed"
        : UNRUNNABLE.has(error.code)
          ? "unrunnable"
          : UNREADABLE.test(error.code)
            ? "unreadable"
            : "refused";
    return { outcome, because: describe(error) };
  }
  const certificate = result?.certificate;
  if (result === null || certificate === undefined)
    return { outcome: "crashed", because: "there is no certificate" };
  if (certificate.verdict === "unverified")
    return { outcome: "unverified", because: "there was nothing to compare" };
  if (certificate.verdict === "differs") {
    const first = certificate.comparisons.find(({ same }) => !same);
    const because =
      result.failure === undefined
        ? `${first?.kind ?? ""} ${first?.name ?? ""} of ${first?.step ?? ""}: ${first?.difference ?? "it differs"}`
        : `${result.failure.step}: ${result.failure.message}`;
    return { outcome: "differs", because };
  }
  const joined = document.diagnostics.filter(({ code }) => JOINED.has(code));
  const because = joined.map(describe).join(" | ");
  if (result.plan.steps.length === 1) return { outcome: "single-step", because };
  return { outcome: joined.length > 0 ? "coarsened" : "promoted", because };
}

/** The row of a verified notebook, after its pipeline's next run was held against it; a failure is that run's. */
export function heldAgainst(row: Row, found: PlainRun | string | undefined): Row {
  if (typeof found === "string") return { ...row, outcome: "wrong", because: found };
  // A notebook that does not repeat its own end, with other time or memory, says nothing of the pipeline.
  if (found === undefined || !found.ran) return row;
  const held = { same: found.same.length, unknown: found.unknown.length };
  if (found.differing.length === 0) return { ...row, held };
  const because = `not as the notebook's: ${found.differing.join(", ")}`;
  return { ...row, outcome: "wrong", held, because };
}

/** Steps of a plan, as the totals count them. */
export function shapeOf({ steps }: Result["plan"]): Pick<Row, "steps" | "nonTrivial" | "apart"> {
  const roles = new Set(steps.map(({ role }) => role));
  return {
    steps: steps.length,
    nonTrivial: steps.filter(
      ({ outputs, metrics, writes }) => outputs.length + metrics.length + writes.length > 0,
    ).length,
    apart:
      roles.has("load") &&
      (roles.has("features") || roles.has("split")) &&
      roles.has("train") &&
      roles.has("evaluate"),
  };
}

/** `values 14/14, metrics 3/3`, without what there is none of. */
export function coverageOf(certificate: Result["certificate"]): string {
  if (certificate === undefined) return "";
  const { values, metrics, files, text } = certificate.coverage;
  return Object.entries({ values, metrics, files, text })
    .filter(([, { total }]) => total > 0)
    .map(([kind, { compared, total }]) => `${kind} ${String(compared)}/${String(total)}`)
    .join(", ");
}

function describe({ code, message, where }: Finding): string {
  const cell = where?.cell === undefined ? "" : ` cell ${String(where.cell)}`;
  const line = where?.line === undefined ? "" : `:${String(where.line)}`;
  return `${code}${cell}${line}: ${(message.split("\n")[0] ?? "").slice(0, 300)}`;
}

/** Every blob that did not arrive becomes an error with its name, for commands that need all of them. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { ConflictError, UpstreamError } from "../base/errors.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { BlobOutcome } from "./transfer-blobs.ts";

/**
 * @param from Where the blobs should have come from, for messages: the shared store, or "the project's store".
 * @throws UpstreamError `digest-mismatch` where bytes were wrong, else ConflictError `blob-missing` where some are missing.
 */
export function checkTransferred(
  outcomes: readonly BlobOutcome[],
  from: string,
  shared: Pick<BlobStore, "place">,
): void {
  const wrong = outcomes.flatMap((outcome) => describeWrong(outcome, from, shared));
  const missing = outcomes.flatMap((outcome) => describeMissing(outcome, from));
  const [first] = [...wrong, ...missing];
  if (first === undefined) return;
  const { code, message } = first;
  const rest = [...wrong, ...missing].slice(1);
  const details = {
    code,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    diagnostics: rest,
  };
  throw wrong.length > 0
    ? new UpstreamError(message, details)
    : new ConflictError(message, details);
}

function describeWrong(
  outcome: BlobOutcome,
  from: string,
  shared: Pick<BlobStore, "place">,
): readonly Diagnostic[] {
  if (outcome.state !== "wrong") return [];
  const { label, digest, got } = outcome;
  return [
    {
      severity: "error",
      code: "digest-mismatch",
      message: `${from} sent other bytes for ${label} than its digest says: ${digest} was asked for, ${got} came. Nothing of them was kept.`,
      hint: outcome.setAside
        ? "they were moved to the store's quarantine folder: push again where the bytes are whole"
        : `remove ${shared.place(digest)} and push again where the bytes are whole`,
    },
  ];
}

function describeMissing(outcome: BlobOutcome, from: string): readonly Diagnostic[] {
  if (outcome.state !== "missing") return [];
  return [
    {
      severity: "error",
      code: "blob-missing",
      message: `${from} does not have ${outcome.label} (${outcome.digest}).`,
      hint: "push it from where it was made",
    },
  ];
}

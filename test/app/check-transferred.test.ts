import { expect, test } from "vitest";
import { checkTransferred } from "../../src/app/check-transferred.ts";
import type { BlobOutcome } from "../../src/app/transfer-blobs.ts";
import type { MlopsError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/hash.ts";
import { memoryBlobStore } from "../support/memory-blob-store.ts";

const digest = sha256("model");
const got = sha256("another");
const whole: BlobOutcome = { digest, label: "model", state: "moved" };
const missing: BlobOutcome = { digest, label: "model", state: "missing" };
const wrong: BlobOutcome = { digest, label: "model", state: "wrong", got, setAside: false };

function refusalOf(...outcomes: readonly BlobOutcome[]): MlopsError | undefined {
  try {
    checkTransferred(outcomes, "s3://team-data", memoryBlobStore());
    return undefined;
  } catch (error) {
    return error as MlopsError;
  }
}

test("says nothing of what arrived or was there", () => {
  expect(refusalOf(whole, { ...whole, state: "present" })).toBeUndefined();
});

test("names the blob, both digests and the place of wrong bytes", () => {
  const refusal = refusalOf(whole, wrong);
  expect(refusal).toMatchObject({ code: "digest-mismatch", exitCode: 3 });
  for (const part of ["s3://team-data", "model", digest, got])
    expect(refusal?.message).toContain(part);
  expect(refusal?.hint).toContain(`remove memory://shared/${digest}`);
  const aside = refusalOf({ ...wrong, setAside: true });
  expect(aside?.hint).toContain("quarantine");
});

test("names every missing blob, after those that are wrong", () => {
  const refusal = refusalOf(missing);
  expect(refusal).toMatchObject({ code: "blob-missing", exitCode: 2, diagnostics: [] });
  expect(refusal?.message).toBe(`s3://team-data does not have model (${digest}).`);
  expect(refusalOf(missing, { ...missing, label: "state" }, wrong)).toMatchObject({
    code: "digest-mismatch",
    diagnostics: [{ code: "blob-missing" }, { code: "blob-missing" }],
  });
});

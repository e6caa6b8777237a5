import { expect, test } from "vitest";
import {
  checkAlias,
  parseModelReference,
  parseName,
  parseRevisionReference,
  renderModelVersion,
  renderRevision,
} from "../../src/registry/names.ts";
import golden from "../fixtures/contracts/names.json" with { type: "json" };

/** Runs a check on every case; a failure names the case that failed first. */
function checkEach<Case>(cases: readonly Case[], holds: (value: Case) => boolean): void {
  expect(cases.filter((value) => !holds(value))).toEqual([]);
}

test("takes and refuses names as the contract says", () => {
  checkEach([...golden.names.valid, golden.names.longest], (name) => parseName(name).ok);
  checkEach([...golden.names.invalid, `${golden.names.longest}x`], (name) => !parseName(name).ok);
});

for (const { text, model, choice } of golden.modelReferences.valid) {
  test(`reads the model reference ${text}`, () => {
    expect(parseModelReference(text)).toEqual({ model, choice });
  });
}

for (const text of golden.modelReferences.invalid) {
  test(`refuses the model reference "${text}"`, () => {
    expect(() => parseModelReference(text)).toThrow(
      expect.objectContaining({ code: "model-reference-invalid", exitCode: 2 }),
    );
  });
}

for (const { text, pipeline, revision } of golden.revisionReferences.valid) {
  test(`reads the revision reference ${text}`, () => {
    expect(parseRevisionReference(text)).toEqual({ pipeline, revision: revision ?? undefined });
  });
}

for (const text of golden.revisionReferences.invalid) {
  test(`refuses the revision reference "${text}"`, () => {
    expect(() => parseRevisionReference(text)).toThrow(
      expect.objectContaining({ code: "revision-reference-invalid", exitCode: 2 }),
    );
  });
}

test("takes and refuses aliases as MLflow does", () => {
  checkEach([...golden.aliases.valid, "x".repeat(255)], (alias) => checkAlias(alias).ok);
  checkEach([...golden.aliases.invalid, "x".repeat(256)], (alias) => !checkAlias(alias).ok);
});

test("says in the user's terms what is wrong with a reference", () => {
  expect(() => parseModelReference("churn:r3")).toThrow("a colon names a pipeline revision");
  expect(() => parseModelReference("churn@latest")).toThrow(
    '"latest" always means the newest version',
  );
  expect(() => parseRevisionReference("churn@v3")).toThrow("an @ names a model version");
});

test("prints what it reads", () => {
  expect(renderModelVersion({ model: "churn", version: 3 })).toBe("churn@v3");
  expect(renderRevision({ pipeline: "churn", revision: 3 })).toBe("churn:r3");
});

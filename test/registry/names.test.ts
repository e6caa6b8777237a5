import { expect, test } from "vitest";
import { checkAlias, parseModelReference, parseName, parseRevisionReference, pythonName, renderModelVersion, renderRevision } from "../../src/registry/names.ts";
import golden from "../fixtures/contracts/names.json" with { type: "json" };

test("takes and refuses names as the contract says", () => {
  for (const name of golden.names.valid) expect(parseName(name), name).toEqual({ ok: true, value: name });
  for (const name of golden.names.invalid) expect(parseName(name).ok, name).toBe(false);
  expect(parseName(golden.names.longest).ok).toBe(true);
  expect(parseName(`${golden.names.longest}x`).ok).toBe(false);
});

test("reads model references as the contract says", () => {
  for (const { text, model, choice } of golden.modelReferences.valid) expect(parseModelReference(text), text).toEqual({ model, choice });
  for (const text of golden.modelReferences.invalid) {
    expect(() => parseModelReference(text), text).toThrow(expect.objectContaining({ code: "model-reference-invalid", exitCode: 2 }));
  }
});

test("reads revision references as the contract says", () => {
  for (const { text, pipeline, revision } of golden.revisionReferences.valid) {
    expect(parseRevisionReference(text), text).toEqual({ pipeline, revision: revision ?? undefined });
  }
  for (const text of golden.revisionReferences.invalid) {
    expect(() => parseRevisionReference(text), text).toThrow(expect.objectContaining({ code: "revision-reference-invalid", exitCode: 2 }));
  }
});

test("takes and refuses aliases as MLflow does", () => {
  for (const alias of golden.aliases.valid) expect(checkAlias(alias), alias).toEqual({ ok: true, value: alias });
  for (const alias of golden.aliases.invalid) expect(checkAlias(alias).ok, alias).toBe(false);
  expect(checkAlias("x".repeat(255)).ok).toBe(true);
  expect(checkAlias("x".repeat(256)).ok).toBe(false);
});

test("says in the user's terms what is wrong with a reference", () => {
  expect(() => parseModelReference("churn:r3")).toThrow("a colon names a pipeline revision");
  expect(() => parseModelReference("churn@latest")).toThrow('"latest" always means the newest version');
  expect(() => parseRevisionReference("churn@v3")).toThrow("an @ names a model version");
});

test("prints what it reads", () => {
  expect(renderModelVersion({ model: "churn", version: 3 })).toBe("churn@v3");
  expect(renderRevision({ pipeline: "churn", revision: 3 })).toBe("churn:r3");
  expect(pythonName("home-credit-2")).toBe("home_credit_2");
});

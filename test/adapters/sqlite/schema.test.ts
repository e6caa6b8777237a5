// What the registry reads is checked without zod; these cases hold the check to what the schema of run/ says.
import fc from "fast-check";
import { expect, test } from "vitest";
import { ProofShape } from "../../../src/adapters/sqlite/approval-json.ts";
import { FingerprintParts, Manifest, readJson } from "../../../src/adapters/sqlite/schema.ts";
import { fits } from "../../../src/adapters/sqlite/shape.ts";
import { CiClaims, Proof } from "../../../src/registry/proof-schema.ts";
import { StepManifest } from "../../../src/run/schema.ts";
import { PROOFS } from "../../support/registry-contract-values.ts";

const A = `sha256:${"a".repeat(64)}`;
const B = `sha256:${"b".repeat(64)}`;
const MANIFEST = {
  version: 1,
  step: "train",
  code: A,
  params: { seed: 7, name: "forest", fast: true, limit: null },
  inputs: { features: B },
  outputs: { model: { digest: A, codec: "joblib", type: "sklearn.ensemble.Forest", bytes: 10 } },
  random: { before: A, after: null },
  files: { "out/scores.csv": B },
  filesRead: {},
  metrics: [
    { name: "f1", value: 0.4 },
    { name: "auc", value: "NaN" },
  ],
  looked: { "data/extra.csv": "absent" },
  filesOutside: { "/tmp/scores.csv": A },
  text: B,
};

test("the manifest of these cases has every key that the schema knows", () => {
  expect(Object.keys(MANIFEST).sort()).toEqual(Object.keys(StepManifest.shape).sort());
});

/** Every place in a value, outermost first. */
function placesIn(value: unknown): readonly (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([key, member]) =>
      placesIn(member).map((rest) => [Array.isArray(value) ? Number(key) : key, ...rest]),
    ),
  ];
}

/** A copy with another value at the place; `undefined` takes the key away. */
function changed(value: unknown, place: readonly (string | number)[], to: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return to;
  if (Array.isArray(value))
    return value.flatMap((member: unknown, at) => {
      if (at !== key) return [member];
      const made = changed(member, rest, to);
      return made === undefined ? [] : [made];
    });
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  const made = changed(copy[key], rest, to);
  if (made === undefined) delete copy[key];
  else copy[key] = made;
  return copy;
}

/** What comes of reading it: the value, or a refusal that names the row and the problem. */
function readingOf(json: string): unknown {
  try {
    return { value: readJson(Manifest, json, "here") };
  } catch (error) {
    return { isRefused: /unreadable in here: .* (must|is) /.test(String(error)) };
  }
}

/** The same answer as the schema's, and the value as it is. */
function check(value: unknown) {
  const json = JSON.stringify(value);
  const wanted = StepManifest.safeParse(JSON.parse(json), { jitless: true });
  expect({ json, reading: readingOf(json) }).toStrictEqual({
    json,
    reading: wanted.success ? { value: wanted.data } : { isRefused: true },
  });
}

test("a manifest is read as it was written", () => {
  check(MANIFEST);
  expect(fits(Manifest, MANIFEST)).toBe(true);
});

test("with any one place taken away or replaced, a manifest is judged as the schema judges it", () => {
  const others = [undefined, null, true, "", "x", A, "json", "NaN", 0, 1, -1, 0.5, 2 ** 53, [], {}];
  for (const place of placesIn(MANIFEST).filter((found) => found.length > 0))
    for (const to of others) check(changed(MANIFEST, place, to));
  for (const to of others.filter((value) => value !== undefined)) check(to);
});

test("with an unknown key anywhere, a manifest is judged as the schema judges it", () => {
  for (const place of placesIn(MANIFEST))
    for (const key of ["extra", "constructor", "0"])
      for (const to of [1, "x", A, { digest: A }]) check(changed(MANIFEST, [...place, key], to));
});

test("whatever JSON is put anywhere, a manifest is judged as the schema judges it", () => {
  const place = fc.constantFrom(...placesIn(MANIFEST));
  // zod leaves a key of this name out; here it is judged as any other.
  const value = fc.jsonValue().filter((made) => !JSON.stringify(made).includes("__proto__"));
  fc.assert(
    fc.property(place, value, (at, to) => {
      check(changed(MANIFEST, at, to));
    }),
  );
});

test("a number that JSON lets grow beyond all bounds is no number", () => {
  const json = JSON.stringify(MANIFEST).replace("0.4", "1e999");
  expect(() => readJson(Manifest, json, "here")).toThrow(/metrics\[0\]\.value must be/);
});

test("says what is wrong and where", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["{", "it is not JSON"],
    ["[]", "it must be a mapping"],
    ['{"reads": 1}', "reads must be text"],
    ['{"a": "x", "b.c": null}', "b.c must be text"],
  ];
  for (const [json, problem] of cases)
    expect(() => readJson(FingerprintParts, json, "step load")).toThrow(
      `The registry holds something unreadable in step load: ${problem}`,
    );
});

test("what an identity rests on is judged as the schema judges it, but for the form of texts", () => {
  for (const proof of PROOFS) {
    expect(Proof.parse(proof)).toEqual(proof);
    expect(fits(ProofShape, proof)).toBe(true);
    for (const key of Object.keys(proof)) {
      expect(fits(ProofShape, changed(proof, [key], undefined))).toBe(false);
      expect(fits(ProofShape, changed(proof, [key], 1))).toBe(false);
    }
    expect(fits(ProofShape, { ...proof, token: "eyJhbGciOiJSUzI1NiJ9" })).toBe(false);
  }
  const claims = Object.fromEntries(Object.keys(CiClaims.shape).map((key) => [key, "x"]));
  expect(fits(ProofShape, { ...PROOFS[0], claims })).toBe(true);
});

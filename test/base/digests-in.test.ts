import fc from "fast-check";
import { expect, test } from "vitest";
import { digestsIn, digestsInPieces } from "../../src/base/digests-in.ts";
import { sha256 } from "../../src/base/hash.ts";

const digest = sha256("churn");
const hex = digest.slice("sha256:".length);

test.each([
  ["with its prefix", `{"value":"${digest}"}`, [digest]],
  ["bare, as in a path", `blobs/${hex.slice(0, 2)}/${hex}`, [digest]],
  ["twice", `${hex} ${hex}`, [digest]],
  ["longer than a digest", `${hex}0`, []],
  ["shorter than a digest", hex.slice(1), []],
])("finds a digest %s", (_, text, found) => {
  expect([...digestsIn(text)]).toEqual(found);
});

test("finds in pieces all that is in the whole, wherever the cuts are", async () => {
  const part = fc.constantFrom(
    hex,
    digest,
    "ab",
    "0",
    " ",
    "é",
    hex.slice(3),
    sha256("x").slice(7),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 8 }),
      fc.array(fc.nat(400), { maxLength: 6 }),
      async (parts, cuts) => {
        const bytes = Buffer.from(parts.join(""));
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b)];
        async function* pieces() {
          for (const [index, start] of at.entries()) yield bytes.subarray(start, at[index + 1]);
        }
        const found = await digestsInPieces(pieces());
        expect([...digestsIn(bytes.toString())].filter((each) => !found.has(each))).toEqual([]);
      },
    ),
  );
});

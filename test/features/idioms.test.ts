/** Each idiom of feature code is classed by what it depends on, and split or refused as its class demands. */
import { expect, test } from "vitest";
import { dependenceOfRefusal } from "../../src/features/refuse.ts";
import { stageScript } from "../support/feature-cases.ts";
import { IDIOMS } from "../support/idiom-cases.ts";
import type { Idiom } from "../support/idioms/idiom.ts";
import { IDIOM_HEAD, IDIOM_TAIL } from "../support/idioms/idiom.ts";

/** What staging says of the statement in question. */
async function staged({ lines, at, tail = IDIOM_TAIL, depends }: Idiom): Promise<object> {
  const result = await stageScript(IDIOM_HEAD + lines + tail);
  if (!result.ok) {
    const { code } = result.error;
    return { depends: dependenceOfRefusal(code) ?? depends, refused: code };
  }
  const start = at ?? lines.split("\n")[0] ?? "";
  const found = result.value.classes.find(({ text }) => text.startsWith(start));
  return { depends: found?.classes[0], refused: undefined };
}

test.each(IDIOMS)("$number: $name depends on the table as $depends", async (idiom) => {
  const { depends, refused } = idiom;
  expect(await staged(idiom)).toEqual({ depends, refused });
});

test("every idiom of the catalogue is there", () => {
  const numbers = new Set(IDIOMS.map(({ number }) => number));
  expect([...numbers].filter((number) => number > 0).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
});

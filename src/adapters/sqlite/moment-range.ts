/** Moments that are in an order with a text, such as `2026-11`, → the milliseconds that they are, which an index has in order. */
import { meets, type ValueTest } from "../../registry/run-values.ts";

/** In these years a moment in ISO 8601 is a text that stands in the order of time. */
const FIRST_MS = Date.parse("0000-01-01T00:00:00.000Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** From the first of these milliseconds up to the last one; `undefined` for a test that is met on two sides of a moment. */
export function momentRange(
  test: ValueTest,
): { readonly firstMs: number; readonly lastMs: number } | undefined {
  if (test.kind === "different") return undefined;
  const limit = test.kind === "equal" ? test.wanted : test.limit;
  const from = firstThat({ kind: "ordered", operator: ">=", limit });
  const after = firstThat({ kind: "ordered", operator: ">", limit });
  switch (test.kind === "equal" ? "=" : test.operator) {
    case "=":
      return { firstMs: from, lastMs: after - 1 };
    case ">=":
      return { firstMs: from, lastMs: LAST_MS };
    case ">":
      return { firstMs: after, lastMs: LAST_MS };
    case "<":
      return { firstMs: FIRST_MS, lastMs: from - 1 };
    case "<=":
      return { firstMs: FIRST_MS, lastMs: after - 1 };
  }
}

/** The first moment that meets a test which all later ones meet; the one after the last if none does. */
function firstThat(test: ValueTest): number {
  let [low, high] = [FIRST_MS, LAST_MS + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (meets(test, new Date(middle).toISOString())) high = middle;
    else low = middle + 1;
  }
  return low;
}

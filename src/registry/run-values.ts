/** What is known of a run under one name, and how such values are compared: by the same rules wherever runs are kept. */

export type RunValue = number | string | boolean | null;

/** What a value must be. */
export type ValueTest =
  /** Whether the value is, or is not, what was typed. */
  | { readonly kind: "equal"; readonly wanted: string }
  | { readonly kind: "different"; readonly wanted: string }
  | {
      readonly kind: "ordered";
      readonly operator: OrderOperator;
      /** A text only for moments; what is of another type is in no order with it. */
      readonly limit: number | string;
    };

export type OrderOperator = ">" | ">=" | "<" | "<=";

/** Whether a value is as the test wants it; what a run does not have never is. */
export function meets(test: ValueTest, value: RunValue | undefined): boolean {
  if (value === undefined) return false;
  if (test.kind !== "ordered") return isSame(value, test.wanted) === (test.kind === "equal");
  const found = orderOf(value);
  return typeof found === typeof test.limit && found !== undefined && isInOrder(found, test);
}

/** What has an order: finite and infinite numbers, and texts that are none. */
export function orderOf(value: RunValue | undefined): number | string | undefined {
  if (value === undefined || value === null || value === "NaN") return undefined;
  return numberOf(value) ?? String(value);
}

/** Numbers stand before texts, texts in the order of their UTF-16 code units. */
export function compareOrders(left: number | string, right: number | string): number {
  if (typeof left !== typeof right) return typeof left === "number" ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Numbers are equal by value, however they are written; anything else as text. */
function isSame(found: RunValue, wanted: string): boolean {
  const number = numberOf(found);
  if (typeof found !== "boolean" && number !== undefined) return number === Number(wanted);
  return String(found) === wanted;
}

function isInOrder(
  found: number | string,
  { operator, limit }: Extract<ValueTest, { readonly kind: "ordered" }>,
): boolean {
  const order = compareOrders(found, limit);
  switch (operator) {
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
  }
}

/** Metrics that JSON cannot carry are kept by name. */
function numberOf(value: RunValue): number | undefined {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return value;
  return value === "Infinity" || value === "-Infinity" ? Number(value) : undefined;
}

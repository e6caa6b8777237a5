/** Digests. Two values that mean the same have the same digest: JSON is hashed with sorted keys. */
import { createHash } from "node:crypto";
import type { Sha256 } from "./brand.ts";

/** `sha256:<64 hex>` over bytes, or over the UTF-8 form of a text. */
export function sha256(content: string | Uint8Array): Sha256 {
  return sha256FromHex(createHash("sha256").update(content).digest("hex"));
}

/** `sha256:<hex>` of a digest that was computed piece by piece. */
export function sha256FromHex(hex: string): Sha256 {
  const digest = `sha256:${hex}`;
  if (!isSha256(digest)) throw new Error(`"${hex}" is not the hex form of a SHA-256 digest`);
  return digest;
}

/** Digest of a JSON value whatever the order of its keys. */
export function sha256OfJson(value: unknown): Sha256 {
  return sha256(canonicalJson(value));
}

/** Whether a text has the form of a digest. Says nothing about bytes existing for it. */
export function isSha256(text: string): text is Sha256 {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/**
 * JSON text with keys in code-unit order and no white space. Properties that are `undefined` are left out, as JSON does.
 * @throws Error on what JSON would change silently: NaN, infinities, functions, bigints, dates and other class instances.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string")
    return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`${String(value)} has no canonical JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new Error(`a ${typeof value} has no canonical JSON form`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error("a class instance has no canonical JSON form");
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

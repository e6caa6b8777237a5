/** Values as cells of a table: exact for programs, short for people. */
import { renderBytes } from "../../base/size.ts";
import { renderDuration, renderNumber } from "./table.ts";
import type { Cell } from "./typed-table.ts";

/** An ISO 8601 time in UTC; people see `2026-01-02 03:04`. */
export function timeCell(iso: string): Cell {
  return { value: iso, text: shortTime(iso) };
}

/** `2026-01-02 03:04` */
export function shortTime(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** Milliseconds; people see `1.4 s`. */
export function durationCell(ms: number | null): Cell {
  return ms === null ? { value: null } : { value: ms, text: renderDuration(ms) };
}

/** People see six digits. */
export function numberCell(value: number | string | undefined): Cell {
  return value === undefined ? { value: null } : { value, text: renderNumber(value) };
}

/** A run's id; people see, and may type, its first digits. */
export function runCell(id: string): Cell {
  return { value: id, text: id.slice(0, 8) };
}

/** Bytes; people see `12.3 kB`. */
export function bytesCell(bytes: number): Cell {
  return { value: bytes, text: renderBytes(bytes) };
}

/** `sha256:3f8a21bc0d11` of a digest. */
export function digestCell(digest: string): Cell {
  return { value: digest, text: shortDigest(digest) };
}

/** Enough of it to tell it from all others, and to name it: `sha256:3f8a21bc0d11`. */
export function shortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}

/** What the certificate of a promotion that hid nothing says. */
import { expect } from "vitest";

interface Compared {
  readonly verdict: string;
  readonly coverage: Readonly<
    Record<string, { readonly compared: number; readonly total: number }>
  >;
  readonly excluded: readonly { readonly exploration?: boolean | undefined }[];
}

/** Verified, and of values, metrics, text and files all was compared but what exploration printed, which is counted and listed. */
export function checkEverythingCompared({ verdict, coverage, excluded }: Compared): void {
  expect(verdict).toBe("verified");
  expect(excluded.filter(({ exploration }) => exploration !== true)).toEqual([]);
  // Settings are counted where the notebook makes any.
  expect(Object.keys(coverage)).toEqual(
    expect.arrayContaining(["files", "metrics", "text", "values"]),
  );
  for (const [kind, { compared, total }] of Object.entries(coverage))
    expect([kind, total - compared]).toEqual([kind, kind === "text" ? excluded.length : 0]);
}

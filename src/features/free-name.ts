/** New names that stand for nothing else yet. */

/** The first name that is still free; it is taken then. */
export function freeName(taken: Set<string>, wanted: readonly string[]): string {
  const candidates = [...wanted, ...numbered(wanted[0] ?? "value")];
  const found = candidates.find((name) => !taken.has(name)) ?? "value";
  taken.add(found);
  return found;
}

/** `name_2`, `name_3` and so on. */
export function numbered(name: string): readonly string[] {
  return Array.from({ length: 200 }, (_, index) => `${name}_${String(index + 2)}`);
}

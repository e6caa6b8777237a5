/**
 * What a column is called in the raw table, when the notebook gives its columns new names: `df.columns = […]`, `df.rename(columns={…})`,
 * `df.columns = df.columns.str.lower()`.
 */

/** One renaming of columns, in the notebook's order. */
export type Renaming =
  /** Old name → new name; all others stay. */
  | { readonly kind: "mapping"; readonly names: ReadonlyMap<string, string> }
  /** All names, by position. */
  | { readonly kind: "list"; readonly names: readonly string[] }
  /** Each name by a rule. */
  | { readonly kind: "rule"; readonly apply: (name: string) => string }
  | { readonly kind: "unknown" };

/**
 * The raw name of a column that is called `name` after all renamings; `undefined` when it cannot be told.
 *
 * @param rawColumns Columns of the raw table in its order, when known. Without them only mappings can be followed back.
 */
export function rawNameOf(
  name: string,
  renamings: readonly Renaming[],
  rawColumns: readonly string[] | undefined,
): string | undefined {
  if (renamings.length === 0) return name;
  if (rawColumns === undefined) return throughMappings(name, renamings);
  let now: readonly (string | undefined)[] = rawColumns;
  for (const renaming of renamings) {
    if (renaming.kind === "unknown") return undefined;
    if (renaming.kind === "list") {
      if (renaming.names.length !== now.length) return undefined;
      now = renaming.names;
    } else now = now.map((old) => renamed(old, renaming));
  }
  const found = now.flatMap((present, at) => (present === name ? [rawColumns[at]] : []));
  return found.length === 1 ? found[0] : found.length === 0 ? name : undefined;
}

function throughMappings(name: string, renamings: readonly Renaming[]): string | undefined {
  let at = name;
  for (const renaming of renamings.toReversed()) {
    if (renaming.kind !== "mapping") return undefined;
    const old = [...renaming.names].filter(([, now]) => now === at);
    if (old.length > 1) return undefined;
    at = old[0]?.[0] ?? at;
  }
  return at;
}

function renamed(
  name: string | undefined,
  renaming: Extract<Renaming, { readonly kind: "mapping" | "rule" }>,
): string | undefined {
  if (name === undefined) return undefined;
  return renaming.kind === "mapping" ? (renaming.names.get(name) ?? name) : renaming.apply(name);
}

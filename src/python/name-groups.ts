/**
 * Names in groups that only ever grow together: who may share memory with whom, closed transitively, which forgets when it held.
 */

/** The group of each name that shares with another; all its names have the same set, themselves among them. */
export type NameGroups = Map<string, Set<string>>;

/** Makes one group of the groups of two names. The smaller is added to the larger, so that a group of n names costs n log n. */
export function unite(groups: NameGroups, name: string, of: string): void {
  const own = groupOf(groups, name);
  const other = groupOf(groups, of);
  if (own === other) return;
  const [larger, smaller] = own.size < other.size ? [other, own] : [own, other];
  for (const member of smaller) {
    larger.add(member);
    groups.set(member, larger);
  }
}

function groupOf(groups: NameGroups, name: string): Set<string> {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const made = new Set([name]);
  groups.set(name, made);
  return made;
}

/** Order in directed graphs of named nodes. Every result depends on the order of the input only, never on hashing. */

/** What {@link topologicalOrder} found. */
export type Ordering =
  | { readonly kind: "ordered"; readonly order: readonly string[] }
  /** One cycle, each node depending on the next and the last on the first. */
  | { readonly kind: "cycle"; readonly cycle: readonly string[] };

/**
 * Puts every node after the nodes it depends on; among nodes that are ready, the one listed first comes first.
 *
 * @param nodes Distinct names, in the order ties should keep.
 * @param dependenciesOf What a node needs before it. Names that are not in `nodes` are ignored.
 * @returns The order, or one cycle. Linear in edges, times log of nodes.
 */
export function topologicalOrder(
  nodes: readonly string[],
  dependenciesOf: (node: string) => Iterable<string>,
): Ordering {
  const position = new Map(nodes.map((node, index) => [node, index]));
  const waitingFor = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const node of nodes) {
    const dependencies = new Set([...dependenciesOf(node)].filter((name) => position.has(name)));
    waitingFor.set(node, dependencies.size);
    for (const name of dependencies) {
      const known = dependents.get(name);
      if (known === undefined) dependents.set(name, [node]);
      else known.push(node);
    }
  }
  const ready = new PositionHeap();
  for (const [index, node] of nodes.entries()) if (waitingFor.get(node) === 0) ready.push(index);
  const order: string[] = [];
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    const node = nodes[index] ?? "";
    order.push(node);
    for (const dependent of dependents.get(node) ?? []) {
      const left = (waitingFor.get(dependent) ?? 0) - 1;
      waitingFor.set(dependent, left);
      if (left === 0) ready.push(position.get(dependent) ?? 0);
    }
  }
  if (order.length === position.size) return { kind: "ordered", order };
  const done = new Set(order);
  return {
    kind: "cycle",
    cycle: findCycle(
      nodes.filter((node) => !done.has(node)),
      dependenciesOf,
    ),
  };
}

/**
 * Everything reachable from `starts` along `next`, the starts included, in order of discovery (breadth first).
 * Linear in nodes and edges.
 */
export function closure(
  starts: Iterable<string>,
  next: (node: string) => Iterable<string>,
): readonly string[] {
  const found = new Set(starts);
  for (const node of found) for (const neighbor of next(node)) found.add(neighbor);
  return [...found];
}

/** Every given node waits for another given node, so walking along dependencies must meet a node twice. */
function findCycle(
  nodes: readonly string[],
  dependenciesOf: (node: string) => Iterable<string>,
): readonly string[] {
  const candidates = new Set(nodes);
  const path: string[] = [];
  const at = new Map<string, number>();
  let node = nodes[0];
  while (node !== undefined && !at.has(node)) {
    at.set(node, path.length);
    path.push(node);
    node = [...dependenciesOf(node)].find((name) => candidates.has(name));
  }
  return node === undefined ? path : path.slice(at.get(node));
}

/** A binary heap of positions: the smallest comes out first. */
class PositionHeap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((items[parent] ?? 0) <= item) break;
      items[index] = items[parent] ?? 0;
      index = parent;
    }
    items[index] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] ?? 0) < (items[child] ?? 0)) child += 1;
      if ((items[child] ?? 0) >= last) break;
      items[index] = items[child] ?? 0;
      index = child;
    }
    items[index] = last;
    return first;
  }
}

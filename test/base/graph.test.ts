import fc from "fast-check";
import { expect, test } from "vitest";
import { closure, topologicalOrder } from "../../src/base/graph.ts";

type Edges = Readonly<Record<string, readonly string[]>>;

function order(nodes: string, edges: Edges): string {
  const result = topologicalOrder(nodes.split(""), (node) => edges[node] ?? []);
  return result.kind === "ordered" ? result.order.join("") : `cycle ${result.cycle.join("")}`;
}

test.each<{ name: string; nodes: string; edges: Edges; expected: string }>([
  { name: "keeps the order of independent nodes", nodes: "cab", edges: {}, expected: "cab" },
  { name: "puts dependencies first", nodes: "abc", edges: { a: ["c"] }, expected: "bca" },
  { name: "ignores names it does not know", nodes: "ab", edges: { a: ["x"] }, expected: "ab" },
  {
    name: "counts a dependency named twice once",
    nodes: "ab",
    edges: { a: ["b", "b"] },
    expected: "ba",
  },
  {
    name: "names the cycle and nothing beside it",
    nodes: "abcd",
    edges: { a: ["b"], b: ["c"], c: ["b"] },
    expected: "cycle bc",
  },
  {
    name: "takes a node that needs itself for a cycle",
    nodes: "ab",
    edges: { b: ["b"] },
    expected: "cycle b",
  },
  { name: "orders nothing", nodes: "", edges: {}, expected: "" },
])("$name", ({ nodes, edges, expected }) => {
  expect(order(nodes, edges)).toBe(expected);
});

test("every node follows its dependencies, and is the earliest one that could", () => {
  const graph = fc.array(fc.array(fc.nat({ max: 11 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(graph, (lists) => {
      // Dependencies on smaller indexes only: no cycles, then shuffled by reversing.
      const nodes = lists.map((_, index) => `n${String(index)}`).reverse();
      const needs = (node: string): readonly string[] => {
        const index = Number(node.slice(1));
        return (lists[index] ?? [])
          .filter((other) => other < index)
          .map((other) => `n${String(other)}`);
      };
      const result = topologicalOrder(nodes, needs);
      if (result.kind !== "ordered") throw new Error("found a cycle where there is none");
      const done = new Set<string>();
      for (const node of result.order) {
        const ready = nodes.find(
          (other) => !done.has(other) && needs(other).every((name) => done.has(name)),
        );
        expect(node).toBe(ready);
        done.add(node);
      }
      expect(done.size).toBe(nodes.length);
    }),
  );
});

test("orders a chain of 50,000 nodes without running out of stack", () => {
  const nodes = Array.from({ length: 50_000 }, (_, index) => String(index)).reverse();
  const result = topologicalOrder(nodes, (node) =>
    node === "0" ? [] : [String(Number(node) - 1)],
  );
  expect(result.kind === "ordered" && result.order[0]).toBe("0");
});

test("a closure holds its starts and everything they lead to, once", () => {
  const edges: Edges = { a: ["b", "c"], b: ["d"], c: ["d", "a"] };
  expect(closure(["a"], (node) => edges[node] ?? [])).toEqual(["a", "b", "c", "d"]);
  expect(closure([], () => [])).toEqual([]);
});

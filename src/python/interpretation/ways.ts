/** The ways through a piece of a statement, which of them leaves a name unbound, and how a person would say so. */
import { fieldOf, type SyntaxNode, textOf } from "../syntax.ts";
import { joinFlows } from "./flow.ts";
import type { Flow, Frame } from "./model.ts";

/** One way: what holds at its end, when it is taken (`` `x > 3` holds ``), and the offset of what decides that. */
export interface Way {
  readonly flow: Flow;
  readonly when: string;
  readonly at: number;
}

/** What holds whichever way was taken; of a name that only some ways bind or unbind the first that leaves it unbound is noted. */
export function joinWays(ways: readonly Way[], frame: Frame): Flow {
  const joined = joinFlows(ways.map(({ flow }) => flow));
  const live = ways.filter(({ flow }) => flow.reachable);
  const { unsure } = frame.run.recorder;
  for (const { flow } of live) {
    for (const [name, state] of flow.names) {
      if (joined.names.get(name) === state || state === "settled" || unsure.has(name)) continue;
      const missing =
        live.find((way) => way.flow.names.get(name) === "unbound") ??
        live.find((way) => !way.flow.names.has(name));
      if (missing === undefined) continue;
      const deletes = missing.flow.names.has(name);
      unsure.set(name, { deletes, when: missing.when, at: missing.at });
    }
  }
  return joined;
}

const SHOWN = 40;

/** The beginning of a node's text on one line, quoted. */
export function quoted(node: SyntaxNode, text: string): string {
  const line = textOf(text, node).replaceAll(/\s+/g, " ");
  return `\`${line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`}\``;
}

/** The head of a compound statement as it is written, up to its body. */
export function headOf(node: SyntaxNode, text: string): string {
  const body = fieldOf(node, "body") ?? fieldOf(node, "consequence");
  const end = body === undefined ? node.end : body.start;
  const head = text.slice(node.start, end).trim().replace(/:$/, "");
  return quoted({ ...node, end: node.start + head.length }, text);
}

/** A plan for people: the graph from top to bottom, parameters, and what stays in the notebook. At most 80 columns but for single long words. */

import { renderBytes } from "../../base/size.ts";
import { shortCells } from "../../codegen/cell-range.ts";
import type { Plan, Step } from "../../pipeline/plan.ts";
import { plainStyle, type Style } from "../style.ts";
import { fillWholeWords } from "./layout.ts";
import { renderRows } from "./table.ts";

/** Steps with what each takes and makes, parameters, the project's modules, and what was left out. */
export function renderPlan(plan: Plan, style: Style = plainStyle): string {
  const blocks = [`${style.strong("Steps")}\n${renderGraph(plan, style)}`];
  if (plan.parameters.length > 0) {
    const rows = plan.parameters.map(({ name, value, kind }) => [name, String(value), kind]);
    blocks.push(`${style.strong("Parameters")}\n${renderRows(rows, style)}`);
  }
  if (plan.modules !== undefined) {
    const sources = plan.modules.map(({ source }) => source);
    blocks.push(
      `${style.strong("Modules of the project that the package carries")}\n${list(sources, "  ")}`,
    );
  }
  if (plan.leftOut.length > 0)
    blocks.push(
      `${style.strong("Left out")} ${style.faint("(exploration stays in the notebook)")}\n${renderLeftOut(plan, style)}`,
    );
  return blocks.join("\n\n");
}

function renderGraph(plan: Plan, style: Style): string {
  const width = Math.max(...plan.steps.map(({ name }) => name.length));
  return plan.steps
    .map((step, at) => {
      const rail = `  ${style.faint(at === plan.steps.length - 1 ? " " : "│")}   `;
      const head = `  ${style.accent("●")} ${style.strong(step.name)}${" ".repeat(width - step.name.length)}  ${style.faint(shortCells(plan, step.cells))}`;
      const edges = edgesOf(step, plan).map(([label, names]) => {
        const [first = "", ...rest] = list(names, "").split("\n");
        const more = rest.map((line) => `${rail}       ${line}`);
        return [`${rail}${style.faint(label.padEnd(6))} ${first}`, ...more].join("\n");
      });
      return [head, ...edges].join("\n");
    })
    .join("\n");
}

/** What goes in and comes out, in the order in which one asks for it. */
function edgesOf(step: Step, plan: Plan): readonly (readonly [string, readonly string[]])[] {
  const sized = (name: string): string => {
    const size = renderBytes(plan.artifacts.find((artifact) => artifact.name === name)?.bytes);
    return size === "" ? name : `${name} (${size})`;
  };
  const edges: readonly (readonly [string, readonly string[]])[] = [
    ["reads", step.reads],
    ["takes", step.inputs],
    ["makes", step.outputs.map(sized)],
    ["scores", step.metrics],
    ["writes", step.writes],
  ];
  return edges.filter(([, names]) => names.length > 0);
}

function renderLeftOut(plan: Plan, style: Style): string {
  const cells = new Map<string, number[]>();
  for (const { because, statement } of plan.leftOut) {
    const known = cells.get(because) ?? [];
    known.push(statement.cell);
    cells.set(because, known);
  }
  const rows = [...cells].map(([because, numbers]) => [
    String(numbers.length),
    because,
    shortCells(plan, numbers),
  ]);
  return renderRows(rows, style, { right: [0] });
}

function list(names: readonly string[], indent: string): string {
  return fillWholeWords(
    names.map((name, at) => (at === names.length - 1 ? name : `${name},`)),
    indent,
    66,
  );
}

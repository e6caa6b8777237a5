/** Why one statement needs another, in words. */
import type { DataflowEdge } from "./dataflow.ts";
import type { AmbientEffect, ProgramFacts, StatementFacts } from "./facts.ts";

/** Read as one sentence, with a place at its end: "reads df, changed in place by" … "cell 3: df.dropna(inplace=True)". */
export interface EdgeReason {
  /** What the later statement does: `reads df`, without the name `reads`. */
  readonly verb: string;
  readonly what: string;
  /** What the earlier one did: `written`, `imported`, `changed`. */
  readonly made: string;
  /** The change itself, where there was one. */
  readonly because: string | undefined;
}

/** Why the edge is there. */
export function reasonOf(edge: DataflowEdge, program: ProgramFacts): EdgeReason {
  const from = program.statements[edge.from];
  const to = program.statements[edge.to];
  if (from === undefined || to === undefined) throw new Error("an edge joins statements");
  const colon = edge.name.indexOf(":");
  const resource = edge.name.slice(0, colon === -1 ? undefined : colon);
  if (edge.kind === "ambient")
    return resource === "file"
      ? ofFile(edge.name.slice(colon + 1), from, to)
      : ofState(edge.name, from, to);
  return ofVariable(edge, from, to);
}

/** The sentence, with the place where the earlier statement stands. */
export function reasonText({ verb, what, made, because }: EdgeReason, place: string): string {
  return `${verb} ${what}, ${made} by ${place}${because === undefined ? "" : `: ${because}`}`;
}

function ofVariable(edge: DataflowEdge, from: StatementFacts, to: StatementFacts): EdgeReason {
  const { name, kind } = edge;
  if (kind === "value") {
    const [use, made] = [useOf(name, to), madeBy(name, from)];
    const verb = made === "imported" && use.verb === "reads" ? "uses" : use.verb;
    return { ...use, verb, made, because: undefined };
  }
  const change = from.mutations.find((mutation) => mutation.name === name);
  const through = change?.through;
  const may = change?.certain === true ? "changed in place" : "may be changed in place";
  return {
    ...useOf(name, to),
    made: through === undefined ? may : `which shares memory with ${through}, changed in place`,
    because: change?.because,
  };
}

function useOf(name: string, to: StatementFacts): Pick<EdgeReason, "verb" | "what"> {
  const change = to.mutations.find((mutation) => mutation.name === name);
  if (change?.through !== undefined)
    return { verb: "may change", what: `${name} (shared with ${change.through})` };
  if (change !== undefined) return { verb: change.certain ? "changes" : "may change", what: name };
  if (to.calls.some(({ callee }) => callee === `.${name}`)) return { verb: "calls", what: name };
  if (to.reads.includes(name)) return { verb: "reads", what: name };
  if (to.deletes.includes(name)) return { verb: "deletes", what: name };
  return { verb: "may keep", what: name };
}

function madeBy(name: string, from: StatementFacts): string {
  if (from.imports.some((imported) => imported.name === name)) return "imported";
  if (from.definition?.name === name) return "defined";
  if (from.deletes.includes(name) && !from.mayWrite.includes(name)) return "deleted";
  return from.surelyWrites.includes(name) ? "written" : "possibly written";
}

function ofFile(path: string, from: StatementFacts, to: StatementFacts): EdgeReason {
  const touches = (statement: StatementFacts): readonly AmbientEffect[] =>
    statement.ambient.filter(
      ({ resource, detail }) =>
        resource === "file" && (detail === undefined || path === "*" || detail === path),
    );
  const reads = touches(to).some(({ access }) => access !== "write");
  return {
    verb: reads ? "reads" : "writes",
    what: path === "*" ? "files" : `file ${path}`,
    made: "written",
    because: path === "*" ? touches(from)[0]?.because : undefined,
  };
}

/** By resource: what it is called, and what it is to use and to change it. */
const STATES: Readonly<
  Record<string, { readonly what: string; readonly uses: string; readonly made: string }>
> = {
  "random:python": { what: "Python's random state", uses: "draws from", made: "drawn from" },
  "random:numpy": { what: "NumPy's random state", uses: "draws from", made: "drawn from" },
  "random:other": { what: "a library's random state", uses: "draws from", made: "drawn from" },
  options: { what: "options", uses: "uses", made: "set" },
  environment: { what: "the environment", uses: "uses", made: "changed" },
  "working-directory": { what: "the working directory", uses: "uses", made: "changed" },
  "module-path": { what: "sys.path", uses: "uses", made: "changed" },
  warnings: { what: "warning filters", uses: "uses", made: "set" },
  figure: { what: "the figure", uses: "draws on", made: "drawn on" },
  subprocess: { what: "another program", uses: "runs", made: "run" },
};

function ofState(name: string, from: StatementFacts, to: StatementFacts): EdgeReason {
  const state = STATES[name] ?? { what: name, uses: "uses", made: "changed" };
  const of = (statement: StatementFacts): readonly AmbientEffect[] =>
    statement.ambient.filter(({ resource }) => resource === name);
  const isSeeded = of(from).some(({ seeds }) => seeds === true);
  const seedsAgain = of(to).length > 0 && of(to).every(({ seeds }) => seeds === true);
  const changesOnly = of(to).length > 0 && of(to).every(({ access }) => access === "write");
  const isRandom = name.startsWith("random:");
  return {
    verb:
      isRandom && seedsAgain ? "seeds" : changesOnly && name !== "figure" ? "changes" : state.uses,
    what: state.what,
    made: isSeeded ? "seeded" : state.made,
    because: isRandom || name === "figure" ? undefined : of(from)[0]?.because,
  };
}

/** Facts of a top-level `def` or `class`, calls into other definitions followed. */
import type { DefinitionFacts, Mutation } from "./facts.ts";
import type { Code, Program, Summary, Unit } from "./interpretation/model.ts";
import { fieldOf, type SyntaxNode } from "./syntax.ts";

/** Facts of the definition a statement makes; `undefined` when the node makes none. */
export function definitionFacts(
  node: SyntaxNode,
  unit: Unit,
  program: Program,
): DefinitionFacts | undefined {
  const definition = node.kind === "decorated_definition" ? fieldOf(node, "definition") : node;
  const code = definition === undefined ? undefined : program.codeByNode.get(definition);
  if (code === undefined || code.unit !== unit) return undefined;
  if (code.kind !== "class" && code.kind !== "function" && code.kind !== "async-function")
    return undefined;
  const parts = code.kind === "class" ? [...code.methods.values()] : [code];
  const summaries = parts.map((part) => program.engine.summarize(part, program));
  const constructor = code.methods.get("__init__");
  const parameters = constructor === undefined ? code.parameters : constructor.parameters.slice(1);
  return {
    name: code.name,
    kind: code.kind,
    parameters: parameters.map(({ name }) => name),
    freeReads: freeReadsOf(code, program),
    globalWrites: [
      ...new Set(
        summaries.flatMap((summary) => [...summary.globalWrites.keys(), ...summary.globalDeletes]),
      ),
    ],
    mutatesGlobals: mutatedGlobals(summaries),
    mutatesParameters: mutatedParameters(code, program),
    isGenerator: code.isGenerator,
  };
}

/** Names that the body, or any definition it may call, reads at module level. */
function freeReadsOf(code: Code, program: Program): readonly string[] {
  const names = new Set<string>();
  const seen = new Set([code]);
  for (const part of seen) {
    for (const name of program.engine.summarize(part, program).freeReads) {
      names.add(name);
      for (const next of program.definitions.get(name) ?? []) seen.add(next);
    }
  }
  return [...names];
}

function mutatedGlobals(summaries: readonly Summary[]): readonly Mutation[] {
  const mutations = new Map<string, Mutation>();
  for (const summary of summaries) {
    for (const [name, { because, certain, consumes }] of summary.mutatedGlobals) {
      if (consumes !== true) mutations.set(name, { name, because, certain });
    }
  }
  return [...mutations.values()];
}

/** Of a class: what its constructor changes. Being iterated over changes iterators only, which is decided at the call. */
function mutatedParameters(code: Code, program: Program): readonly string[] {
  const callable = code.kind === "class" ? code.methods.get("__init__") : code;
  if (callable === undefined) return [];
  const summary = program.engine.summarize(callable, program);
  const own = [...summary.mutatedParameters].filter(
    ([index, { consumes }]) => consumes !== true && !(code.kind === "class" && index === 0),
  );
  return own.flatMap(([index]) => {
    const parameter = callable.parameters[index];
    return parameter === undefined ? [] : [parameter.name];
  });
}

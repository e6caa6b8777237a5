/** One top-level statement → its facts, by running it on abstract values. */
import { lineColumnAt } from "../base/text-span.ts";
import { definitionFacts } from "./definition-facts.ts";
import { isBuiltin } from "./effects/builtin-names.ts";
import type { Mutation, StatementFacts, StatementKind, UnboundWhen } from "./facts.ts";
import { endStatement } from "./interpretation/end-statement.ts";
import { literalOf } from "./interpretation/literals.ts";
import type { Frame, Program, Recorder, Run, Unit } from "./interpretation/model.ts";
import { newRun } from "./interpretation/new-run.ts";
import { repeatableNames } from "./repeatable-statement.ts";
import { listAliases, noteSharing } from "./sharing.ts";
import { surelyEvaluatedNames } from "./sure-reads.ts";
import { fieldOf, type SyntaxNode, textOf } from "./syntax.ts";

/** A statement and where it stands. */
export interface StatementSource {
  readonly node: SyntaxNode;
  readonly index: number;
  readonly unit: Unit;
  readonly starts: readonly number[];
}

/** Runs the statement; the program's environment is then as after it. */
export function analyzeStatement(source: StatementSource, program: Program): StatementFacts {
  const { node, unit } = source;
  const run = newRun();
  const frame: Frame = {
    kind: "module",
    program,
    unit,
    scope: unit.scopes.module,
    parent: undefined,
    locals: new Map(),
    origins: new Map(),
    run,
  };
  program.engine.execute(node, frame);
  const { recorder } = run;
  const kind = statementKind(node);
  const mutations = mutationsOf(recorder);
  const mayWrite = [...recorder.mayWrite];
  const changed = [
    ...mayWrite,
    ...mutations.filter(({ through }) => through === undefined).map(({ name }) => name),
  ];
  endStatement(node, run, program);
  noteSharing(changed, program);
  return {
    unit: unit.index,
    index: source.index,
    span: { start: node.start, end: node.end },
    line: lineColumnAt(source.starts, node.start).line,
    endLine: lineColumnAt(source.starts, Math.max(node.start, node.end - 1)).line,
    kind,
    reads: [...recorder.reads],
    readsBeforeWrite: [...recorder.readsBeforeWrite],
    // Without the variable a builtin's name means the builtin.
    surelyReads: [...surelyEvaluatedNames(node, unit.text)].filter(
      (name) => recorder.readsBeforeWrite.has(name) && !isBuiltin(name),
    ),
    surelyWrites: mayWrite.filter((name) => run.flow.names.get(name) === "bound"),
    mayWrite,
    deletes: [...recorder.deletes],
    surelyDeletes: [...recorder.deletes].filter((name) => run.flow.names.get(name) === "unbound"),
    unboundWhen: unboundWhen(run, source.starts),
    mutations,
    spread: recorder.spread.map(({ because, through, names }) => ({ because, through, names })),
    aliases: program.heap.listsNames ? listAliases(changed, program) : undefined,
    types: typesOf(mayWrite, program),
    imports: recorder.imports.map(({ name, module, member, level }) => ({
      name,
      module,
      member,
      level,
    })),
    definition: kind === "definition" ? definitionFacts(node, unit, program) : undefined,
    repeatable: repeatableNames(node, unit.text),
    calls: [...recorder.calls.values()],
    ambient: [...recorder.ambient.values()],
    dynamic: [...recorder.dynamic.values()],
    hiddenGlobals: program.hiddenGlobals.filter(
      ({ unit: of, span }) => of === unit && node.start <= span.start && span.end <= node.end,
    ),
    constant: constantOf(node, unit.text),
    isBareExpression: isBareExpression(node, recorder),
  };
}

const STATEMENT_KINDS: Readonly<Record<string, StatementKind>> = {
  import_statement: "import",
  import_from_statement: "import",
  future_import_statement: "import",
  function_definition: "definition",
  class_definition: "definition",
  decorated_definition: "definition",
  type_alias_statement: "assignment",
  if_statement: "if",
  for_statement: "for",
  while_statement: "while",
  with_statement: "with",
  try_statement: "try",
  match_statement: "match",
  delete_statement: "delete",
  assert_statement: "assert",
  raise_statement: "raise",
  pass_statement: "pass",
};

function statementKind(node: SyntaxNode): StatementKind {
  const known = STATEMENT_KINDS[node.kind];
  if (known !== undefined) return known;
  if (node.kind !== "expression_statement") return "other";
  const [inner] = node.children;
  if (inner?.kind === "assignment") return "assignment";
  return inner?.kind === "augmented_assignment" ? "augmented-assignment" : "expression";
}

function mutationsOf(recorder: Recorder): readonly Mutation[] {
  return [...recorder.mutations].map(([name, { because, certain, through }]) => ({
    name,
    because,
    certain,
    ...(through === undefined ? {} : { through }),
  }));
}

function unboundWhen(
  { recorder, flow }: Run,
  starts: readonly number[],
): StatementFacts["unboundWhen"] {
  const found = new Map<string, UnboundWhen>();
  for (const [name, { when, deletes, at }] of recorder.unsure)
    if (flow.names.get(name) !== "bound")
      found.set(name, { when, deletes, line: lineColumnAt(starts, at).line });
  return found;
}

function typesOf(names: readonly string[], program: Program): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const name of names) {
    const type = program.environment.get(name)?.type;
    if (type !== undefined) types.set(name, type);
  }
  return types;
}

/** `NAME = literal` and `NAME: type = literal`. */
function constantOf(node: SyntaxNode, text: string): StatementFacts["constant"] {
  const [assignment] = node.children;
  if (node.kind !== "expression_statement" || assignment?.kind !== "assignment") return undefined;
  const left = fieldOf(assignment, "left");
  const right = fieldOf(assignment, "right");
  if (left?.kind !== "identifier" || right === undefined) return undefined;
  const literal = literalOf(right, text);
  return literal === undefined ? undefined : { name: textOf(text, left), literal };
}

function isBareExpression(node: SyntaxNode, recorder: Recorder): boolean {
  if (statementKind(node) !== "expression") return false;
  const touches = [...recorder.ambient.values()].some(({ access }) => access !== "read");
  return (
    !touches &&
    recorder.mutations.size === 0 &&
    recorder.spread.length === 0 &&
    recorder.mayWrite.size === 0 &&
    recorder.dynamic.size === 0
  );
}

/** What staging has written so far. Mutable, and only ever seen inside one call of `stageFeatures`. */
import type { SyntaxNode } from "../python/syntax.ts";
import { Dependences } from "./dependence.ts";
import type { FeatureStatement } from "./feature-program.ts";
import { freeName, numbered } from "./free-name.ts";
import type { Lifter } from "./scope.ts";
import type { StagedLines, StateField } from "./staging.ts";
import { learnedText } from "./statement-text.ts";
import type { Edit } from "./value.ts";
import { once } from "./value.ts";

/** Lines, fields and helpers collected while the statements are walked. */
export interface StagingDraft {
  readonly fit: StagedLines[];
  readonly transform: StagedLines[];
  readonly shared: StagedLines[];
  readonly fields: StateField[];
  readonly values: string[];
  readonly support: Set<string>;
  /** Constants that stand at the head of the module. */
  readonly sharedNames: Set<string>;
  /** Names that may not be used for anything new. */
  readonly taken: Set<string>;
  readonly frameName: string;
  readonly stateName: string;
  /** Fields by variable and version. */
  readonly variables: Map<string, string>;
  /** Statements of the slice that bind or change a variable. */
  readonly writers: ReadonlyMap<string, readonly FeatureStatement[]>;
  /** The loops around the present statement. */
  readonly loop: LoopContext;
  /** Lines of the outermost level of `fit`, where what a loop learns is declared. */
  readonly outermost: StagedLines[];
  /** Classes of the statements. */
  readonly dependences: Dependences;
  /** Code to add behind the lines of a statement in `fit`. */
  readonly after: { readonly statement: FeatureStatement; readonly code: string }[];
}

/** Variables of the loops around a statement, outermost first, and the names that change inside. */
export interface LoopContext {
  readonly keys: readonly string[];
  readonly changed: ReadonlySet<string>;
  /** Whether a branch is around it, so that it may not run. */
  readonly isBranch: boolean;
}

/** A draft for the statements of a block; only its lines are its own. */
export function innerDraft(draft: StagingDraft, loop: LoopContext): StagingDraft {
  const changed = new Set([...draft.loop.changed, ...loop.changed]);
  return { ...draft, fit: [], transform: [], after: [], loop: { ...loop, changed } };
}

/** Starts a draft. */
export function newDraft(
  slice: readonly FeatureStatement[],
  taken: ReadonlySet<string>,
): StagingDraft {
  const names = new Set(taken);
  const writers = new Map<string, FeatureStatement[]>();
  for (const statement of slice) {
    const { mayWrite, mutations } = statement.facts;
    const changed = new Set([
      ...mayWrite,
      ...mutations.filter(({ certain }) => certain).map(({ name }) => name),
    ]);
    for (const name of changed) writers.set(name, [...(writers.get(name) ?? []), statement]);
  }
  const fit: StagedLines[] = [];
  return {
    fit,
    outermost: fit,
    loop: { keys: [], changed: new Set(), isBranch: false },
    transform: [],
    shared: [],
    sharedNames: new Set(),
    fields: [],
    values: [],
    support: new Set(),
    taken: names,
    frameName: freeName(names, ["frame", "raw_frame", "table"]),
    stateName: freeName(names, ["state", "feature_state", "learned"]),
    variables: new Map(),
    writers,
    dependences: new Dependences(),
    after: [],
  };
}

/** The lifter for one statement of the notebook. */
export function lifterFor(draft: StagingDraft, statement: FeatureStatement): Lifter {
  const { text } = statement.tree;
  const read = (field: string): string => `${draft.stateName}.${field}`;
  const capture: Lifter["capture"] = ({ base, type, source, code, perKey }) => {
    draft.dependences.add(statement, perKey === true ? "fitted-per-key" : "fitted");
    const name = freeName(draft.taken, [slug(base)]);
    const place = keyed(draft, { statement, name, type, source });
    draft.fit.push(ourLine(statement, `${place} = ${code}`));
    return place;
  };
  return {
    stateName: draft.stateName,
    frameName: draft.frameName,
    capture,
    read,
    support: (name) => {
      draft.support.add(name);
      return name;
    },
    hoist: (node, type): Edit => {
      const source = text.slice(node.start, node.end);
      const code = learnedText(statement, node);
      const field = once(() => capture({ base: baseName(node, text), type, source, code }));
      return { span: node, fit: field, serve: () => read(field()) };
    },
    variable: (name, type) => {
      draft.dependences.add(statement, "fitted");
      return variableField(draft, { statement, name, type });
    },
  };
}

interface KeyedField extends StateField {
  readonly statement: FeatureStatement;
}

/** Adds a field; inside loops it is a dictionary by the loops' variables. Gives the text that stands for its value. */
function keyed(draft: StagingDraft, { statement, name, type, source }: KeyedField): string {
  const { keys } = draft.loop;
  const typed = keys.length === 0 ? type : `dict[Any, ${type}]`;
  draft.fields.push({ name, type: typed, source: source.replace(/\s+/gu, " ").trim() });
  draft.values.push(name);
  draft.dependences.learns(statement, name);
  if (keys.length === 0) {
    // What only one branch learns is there in any case.
    if (draft.loop.isBranch) draft.outermost.push(ourLine(statement, `${name} = None`));
    return name;
  }
  draft.outermost.push(ourLine(statement, `${name} = {}`));
  return `${name}[${keys.join(", ")}]`;
}

interface VariableRequest {
  readonly statement: FeatureStatement;
  readonly name: string;
  readonly type: string;
}

/** A variable that is bound or fitted again later is copied right behind the statement that made the version in use. */
function variableField(draft: StagingDraft, { statement, name, type }: VariableRequest): string {
  if (draft.loop.changed.has(name)) return keptByLoop(draft, { statement, name, type });
  const writers = draft.writers.get(name) ?? [];
  const maker = writers.findLast(({ position }) => position <= statement.position) ?? statement;
  const key = `${name}:${String(maker.position)}`;
  const known = draft.variables.get(key);
  if (known !== undefined) return known;
  const isFinal = !writers.some(({ position }) => position > maker.position);
  const field =
    isFinal && !draft.fields.some((other) => other.name === name)
      ? name
      : freeName(draft.taken, [name, ...numbered(name)]);
  draft.variables.set(key, field);
  draft.fields.push({ name: field, type, source: `\`${name}\` after cell ${String(maker.cell)}` });
  draft.values.push(field);
  draft.dependences.learns(maker, field);
  if (field !== name)
    draft.after.push({ statement: maker, code: `${field} = copy.deepcopy(${name})` });
  return field;
}

/** Inside a loop or a branch, a copy is kept right behind each statement that uses the variable. */
function keptByLoop(
  draft: StagingDraft,
  { statement, name, type }: Pick<VariableRequest, "statement" | "name" | "type">,
): string {
  const key = `${name}@${String(statement.facts.span.start)}`;
  const known = draft.variables.get(key);
  if (known !== undefined) return known;
  const { keys } = draft.loop;
  const isKeyed = keys.length > 0;
  const field = freeName(draft.taken, [`${name}_${isKeyed ? `by_${keys.join("_")}` : "kept"}`]);
  const place = keyed(draft, {
    statement,
    name: field,
    type,
    source: `\`${name}\` ${isKeyed ? `for each ${keys.join(" and ")}` : `in cell ${String(statement.cell)}`}`,
  });
  draft.variables.set(key, place);
  draft.after.push({ statement, code: `${place} = copy.deepcopy(${name})` });
  return place;
}

/** The lines of `fit`; copies of fitted objects stand right behind the statement that made them. */
export function fitLines(draft: StagingDraft): readonly StagedLines[] {
  const lines: StagedLines[] = [...draft.fit];
  for (const { statement, code } of draft.after) {
    const at = lines.findLastIndex(
      ({ cell, line }) =>
        cell === statement.cell && line >= statement.facts.line && line <= statement.facts.endLine,
    );
    lines.splice(at + 1, 0, {
      cell: statement.cell,
      line: statement.facts.line,
      text: code,
      depth: 0,
      rigidLines: [],
    });
  }
  return lines;
}

/** A line that is not the user's, at a statement's place. */
export function ourLine(statement: FeatureStatement, text: string): StagedLines {
  return { cell: statement.cell, line: statement.facts.line, text, depth: 0, rigidLines: [] };
}

/** `df["age"].fillna(0).median()` → `age median`; `np.percentile(df["fare"], 99)` → `fare percentile`. */
function baseName(node: SyntaxNode, text: string): string {
  const strings: string[] = [];
  const methods: string[] = [];
  const visit = (at: SyntaxNode): void => {
    if (at.kind === "string") strings.push(text.slice(at.start + 1, at.end - 1));
    if (at.kind === "attribute" && at.children.at(-1) !== undefined) {
      const name = at.children.at(-1);
      if (name !== undefined) methods.push(text.slice(name.start, name.end));
    }
    for (const child of at.children) visit(child);
  };
  visit(node);
  return [strings[0] ?? "", methods[0] ?? "value"].join(" ");
}

function slug(base: string): string {
  const words = base
    .replace(/([a-z])([A-Z])/gu, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "_")
    .replace(/^_+|_+$/gu, "");
  return words === "" || /^[0-9]/u.test(words) ? `learned_${words}`.replace(/_$/u, "") : words;
}

/** What staging has written so far. Mutable, and only ever seen inside one call of `stageFeatures`. */
import type { SyntaxNode } from "../python/syntax.ts";
import type { FeatureStatement } from "./feature-program.ts";
import type { Lifter } from "./scope.ts";
import type { StagedLines, StateField } from "./staging.ts";
import { once } from "./value.ts";
import type { Edit } from "./value.ts";

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
  /** Code to add behind the lines of a statement in `fit`. */
  readonly after: { readonly statement: FeatureStatement; readonly code: string }[];
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
  return {
    fit: [],
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
    after: [],
  };
}

/** The lifter for one statement of the notebook. */
export function lifterFor(draft: StagingDraft, statement: FeatureStatement): Lifter {
  const { text } = statement.tree;
  const addField = (field: StateField, value: string): void => {
    draft.fields.push(field);
    draft.values.push(value);
  };
  const capture: Lifter["capture"] = ({ base, type, source, code }) => {
    const name = freeName(draft.taken, [slug(base)]);
    addField({ name, type, source: oneLine(source) }, name);
    draft.fit.push(ourLine(statement, `${name} = ${code}`));
    return name;
  };
  return {
    stateName: draft.stateName,
    frameName: draft.frameName,
    capture,
    support: (name) => {
      draft.support.add(name);
      return name;
    },
    hoist: (node, type): Edit => {
      const source = text.slice(node.start, node.end);
      const field = once(() => capture({ base: baseName(node, text), type, source, code: source }));
      return { span: node, fit: field, serve: () => `${draft.stateName}.${field()}` };
    },
    variable: (name, type) => variableField(draft, { statement, name, type, addField }),
  };
}

interface VariableRequest {
  readonly statement: FeatureStatement;
  readonly name: string;
  readonly type: string;
  readonly addField: (field: StateField, value: string) => void;
}

/** A variable that is bound or fitted again later is copied right behind the statement that made the version in use. */
function variableField(
  draft: StagingDraft,
  { statement, name, type, addField }: VariableRequest,
): string {
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
  addField({ name: field, type, source: `\`${name}\` after cell ${String(maker.cell)}` }, field);
  if (field !== name)
    draft.after.push({ statement: maker, code: `${field} = copy.deepcopy(${name})` });
  return field;
}

/** A line that is not the user's, at a statement's place. */
export function ourLine(statement: FeatureStatement, text: string): StagedLines {
  return { cell: statement.cell, line: statement.facts.line, text, rigidLines: [] };
}

/** The first name that is still free; it is taken then. */
export function freeName(taken: Set<string>, wanted: readonly string[]): string {
  const candidates = [...wanted, ...numbered(wanted[0] ?? "value")];
  const found = candidates.find((name) => !taken.has(name)) ?? "value";
  taken.add(found);
  return found;
}

function numbered(name: string): readonly string[] {
  return Array.from({ length: 200 }, (_, index) => `${name}_${String(index + 2)}`);
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

function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

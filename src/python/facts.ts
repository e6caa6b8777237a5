/**
 * What static analysis knows about a straight line of Python texts that share one module scope
 * (a notebook's cells, or a plain script as a single unit). Nothing here was executed.
 * Invariant: reads and writes are over-approximated ("may"), `surelyWrites` is under-approximated ("must").
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Span } from "../base/text-span.ts";

/** One text; `id` only serves to name it in diagnostics. */
export interface SourceUnit {
  readonly id: string;
  readonly text: string;
}

/** A name bound by an import: `import pandas as pd` → { name: "pd", module: "pandas" }; `from a.b import c as d` → { name: "d", module: "a.b", member: "c" }. `name: "*"` for a star import. */
export interface ImportedName {
  readonly name: string;
  readonly module: string;
  readonly member: string | undefined;
  /** Leading dots of a relative import. */
  readonly level: number;
}

/** Why a value reachable from `name` may change without `name` being rebound. */
export interface Mutation {
  readonly name: string;
  /** For people: `df["x"] = …`, `scaler.fit(…)`, `argument of clean(…)`. */
  readonly because: string;
  /** false when nothing is known about the callee and mutation is only possible. */
  readonly certain: boolean;
  /** The name it was changed through, when `name` only may share memory with that; such a mutation is never certain. */
  readonly through?: string;
}

/** An in-place change that shows under so many names that no statement lists them; certain under none of them. */
export interface SpreadMutation {
  readonly because: string;
  /** The name it was changed through; it may be among the names, and is then listed as changed itself. */
  readonly through: string;
  readonly names: NamesThen;
}

/** Names that held one object, or what contains it, at one moment. */
export interface NamesThen extends Iterable<string> {
  /** The same for all moments of one object. */
  readonly of: object;
  /** How many names had come until then, those that had gone again among them. */
  readonly count: number;
  readonly has: (name: string) => boolean;
  /** Those that were not there at an earlier moment of the same object; without one all. */
  readonly since: (before: NamesThen | undefined) => Iterable<string>;
}

/** A keyword or positional argument of a call. */
export interface CallArgument {
  /** `undefined` for positional arguments; `*` and `**` for unpacking. */
  readonly keyword: string | undefined;
  readonly span: Span;
  /** Set when the argument is a literal: number, string, boolean or None. */
  readonly literal: Literal | undefined;
  /** Set when the argument is just a name. */
  readonly name: string | undefined;
}

/** A literal whose value is known from the text alone. */
export interface Literal {
  readonly kind: "int" | "float" | "string" | "bool" | "none";
  readonly value: number | string | boolean | null;
  readonly span: Span;
}

/** One call expression anywhere in a statement, functions defined there included only when the statement is the definition. */
export interface CallFact {
  readonly span: Span;
  /** Import-resolved dotted name, e.g. `sklearn.metrics.roc_auc_score`, `pandas.read_csv`, `builtins.print`; a notebook function is `.name`; `undefined` when the callee is not a name. */
  readonly callee: string | undefined;
  /** For `receiver.method(…)` where the receiver is no module: the base name of the receiver (`df` in `df["a"].fillna(…)`), and the method. */
  readonly receiver: string | undefined;
  readonly method: string | undefined;
  /** Inferred type of the receiver, e.g. `pandas.DataFrame`, `sklearn.preprocessing.StandardScaler`; `undefined` when unknown. */
  readonly receiverType: string | undefined;
  readonly arguments: readonly CallArgument[];
  /** true inside a loop, comprehension or function body: may run any number of times. */
  readonly repeated: boolean;
  /** Set by planning where it gives a number that measures predictions without being a scoring call of a library: what to call that. */
  readonly measures?: string;
}

/**
 * State outside variables that a statement may read or write. `plot-options` are settings that only figures show; `library` is what a
 * library may keep for itself, of which no table tells.
 */
export interface AmbientEffect {
  readonly resource:
    | "random:python"
    | "random:numpy"
    | "random:other"
    | "file"
    | "options"
    | "plot-options"
    | "environment"
    | "working-directory"
    | "module-path"
    | "module-attribute"
    | "library"
    | "warnings"
    | "stdout"
    | "figure"
    | "network"
    | "subprocess"
    | "clock"
    | "input";
  readonly access: "read" | "write" | "read-write";
  /** Path, option or variable name when it is a literal; of `random:other` the library. */
  readonly detail: string | undefined;
  readonly because: string;
  /** Of random states: what is drawn from then on is the same in every run. */
  readonly seeds?: true;
}

/** Something that makes static knowledge about names unreliable from here on. */
export interface DynamicCode {
  /**
   * `added-method`: code that depends on nothing but its arguments, by a name that no table knows.
   * `finalizer`: a `__del__`, which runs when the last reference to an instance is gone.
   * `own-place`: what Python tells a module about itself, which is another module in a step.
   * `text-in-function`: a function, lambda or comprehension names variables of the module in a text, and so does not capture them.
   */
  readonly kind:
    | "exec"
    | "eval"
    | "globals"
    | "star-import"
    | "setattr"
    | "monkeypatch"
    | "added-method"
    | "text-in-function"
    | "top-level-await"
    | "get-ipython"
    | "own-place"
    | "finalizer";
  readonly span: Span;
  readonly text: string;
  /** Of `text-in-function`. */
  readonly names?: readonly string[];
}

/**
 * `global`: declared by a function inside of `within`, which has a variable of that name; the span is that of the statement.
 * `class-body`: read by the body of the class `within` before that binds the name; the span is that of the class.
 */
export interface HiddenGlobal {
  readonly kind: "global" | "class-body";
  readonly name: string;
  readonly within: string;
  readonly span: Span;
}

/** A top-level `def` or `class` and what calling it may do to module-level names. */
export interface DefinitionFacts {
  readonly name: string;
  readonly kind: "function" | "async-function" | "class";
  readonly parameters: readonly string[];
  /** Module-level names (imports and builtins excluded from neither) that the body may read when run; calls into other definitions are followed. */
  readonly freeReads: readonly string[];
  /** Names written through `global`. */
  readonly globalWrites: readonly string[];
  /** Module-level names whose value the body may change. */
  readonly mutatesGlobals: readonly Mutation[];
  /** Parameters whose argument the body may change. */
  readonly mutatesParameters: readonly string[];
  readonly isGenerator: boolean;
}

/** What has to be the case for a name to be unbound after a statement that may bind or unbind it, in words (`` `x > 3` does not hold ``). */
export interface UnboundWhen {
  readonly when: string;
  /** false when it is only not bound there. */
  readonly deletes: boolean;
  /** 1-based line in the unit of what decides it. */
  readonly line: number;
}

export type StatementKind =
  | "import"
  | "definition"
  | "assignment"
  | "augmented-assignment"
  | "expression"
  | "if"
  | "for"
  | "while"
  | "with"
  | "try"
  | "match"
  | "delete"
  | "assert"
  | "raise"
  | "pass"
  | "other";

/** One top-level statement of a unit. */
export interface StatementFacts {
  /** Index of the unit in the input. */
  readonly unit: number;
  /** Position within its unit, from 0. */
  readonly index: number;
  /** Offsets in the unit's text; decorators included, surrounding comments not, the `;` between statements not. */
  readonly span: Span;
  /** 1-based first and last line in the unit. */
  readonly line: number;
  readonly endLine: number;
  readonly kind: StatementKind;
  /** Module-level names that may be read, free variables of the definitions it may call included; builtins included only when the program binds that name somewhere. */
  readonly reads: readonly string[];
  /** Subset of `reads` that may be read before this statement itself surely wrote them. */
  readonly readsBeforeWrite: readonly string[];
  /** Subset of `readsBeforeWrite` without which the statement surely fails. */
  readonly surelyReads: readonly string[];
  /** Names bound on every path that completes. */
  readonly surelyWrites: readonly string[];
  /** Names bound on some path; superset of `surelyWrites`. */
  readonly mayWrite: readonly string[];
  /** Names that may be unbound by it on some path. */
  readonly deletes: readonly string[];
  /** Those of `deletes` that are unbound at the end of every path that completes. */
  readonly surelyDeletes: readonly string[];
  /** Of names among `mayWrite` and `deletes` that are not surely bound, one way to be unbound; none where a function that it calls decides. */
  readonly unboundWhen: ReadonlyMap<string, UnboundWhen>;
  readonly mutations: readonly Mutation[];
  /** More of them, where they are too many to list; none where the analysis was asked for lists. Whom both concern: `mutated-names.ts`. */
  readonly spread: readonly SpreadMutation[];
  /**
   * `b = a`, `b = a[…]`, `b = a.x`, `b = f(a)` for view-like calls: from then on a change of one may show in the other.
   * Only where the analysis was asked for lists; which names share with which in the end is in the facts of the program.
   */
  readonly aliases: readonly { readonly name: string; readonly of: string }[] | undefined;
  /** Inferred types of names it binds, when known. */
  readonly types: ReadonlyMap<string, string>;
  readonly imports: readonly ImportedName[];
  readonly definition: DefinitionFacts | undefined;
  /** All names it binds, when running it again elsewhere gives them the same function or module; empty for any other statement. */
  readonly repeatable: readonly string[];
  readonly calls: readonly CallFact[];
  readonly ambient: readonly AmbientEffect[];
  readonly dynamic: readonly DynamicCode[];
  /** Names by which code in it means the module's variable, and would mean another one, or none, inside a function. */
  readonly hiddenGlobals: readonly HiddenGlobal[];
  /** For `NAME = literal` and `NAME: type = literal`. */
  readonly constant: { readonly name: string; readonly literal: Literal } | undefined;
  /** true when the value of the expression is thrown away and nothing but display could come of it (`df.head()`). */
  readonly isBareExpression: boolean;
}

/** All facts of a program. `statements` is in execution order: by unit, then index. */
export interface ProgramFacts {
  readonly units: readonly SourceUnit[];
  readonly statements: readonly StatementFacts[];
  /** By name, the names that it may share memory with at some time, closed transitively, itself among them; names of a group have one set in common. */
  readonly sharing: ReadonlyMap<string, ReadonlySet<string>>;
  /** Syntax errors; `where.line` is the line in the unit and `where.path` its id. A broken unit contributes no statements. */
  readonly diagnostics: readonly Diagnostic[];
  readonly brokenUnits: readonly number[];
}

/**
 * The nouns of abstract interpretation: objects that may share memory, values, code, frames.
 * A program is "run" statement by statement on these instead of on real values, and what the run touches becomes the facts.
 * Only types live here.
 */
import type { Span } from "../../base/text-span.ts";
import type { EffectTables } from "../effects.ts";
import type {
  AmbientEffect,
  CallFact,
  DynamicCode,
  HiddenGlobal,
  ImportedName,
  Literal,
  SpreadMutation,
} from "../facts.ts";
import type { NameGroups } from "../name-groups.ts";
import type { Scope, ScopeTree } from "../scopes.ts";
import type { SyntaxNode, SyntaxTree } from "../syntax.ts";
import type { Work } from "./work.ts";

/** Where an object of a function body came from; `undefined` for what the body made itself. */
export type Origin =
  | { readonly kind: "parameter"; readonly index: number }
  | { readonly kind: "global"; readonly name: string }
  /** Of a method: its class, with what that holds for all instances. */
  | { readonly kind: "class" }
  | { readonly kind: "captured"; readonly name: string };

/** Something in memory, or a group of things that are not told apart. */
export interface HeapObject {
  /** `container`: reading an element gives only what was put in. `opaque`: an element may share memory with the whole. `inert`: functions, classes; sharing one is no alias. */
  readonly kind: "container" | "opaque" | "inert";
  readonly origin: Origin | undefined;
  readonly contents: Set<HeapObject>;
  readonly containers: Set<HeapObject>;
  /** It is also among its own contents, which these sets do not say. */
  holdsItself: boolean;
  /** Code that runs when the object is called or used; `addCode` adds to it. */
  readonly code: Set<Code>;
  /** Set for a method that was looked up and not called; `bindMethod` sets it. */
  bound: BoundMethod | undefined;
  /** Whether a walk through its contents may meet code or such a method; stays set when what led there is let go. */
  mayReachCode: boolean;
  /** Reading it uses it up. */
  isIterator: boolean;
  /** Somebody may know its contents by their position. */
  keepsPositions: boolean;
  /** How many contents were left when those that are not told apart were merged last. */
  mergedSize: number;
  /** Module-level names that may hold it directly. */
  readonly holders: Set<string>;
  /** The statement in which it was last reached from more names, and the one after which these were last put into one group. */
  gainedAt: number;
  groupedAt: number;
  /** See `gains.ts`. */
  isSettled: boolean;
  /** Its own surroundings, where much contains it. */
  kept: Surroundings | undefined;
  /** Those that it is a member of. */
  surroundings: readonly Surroundings[] | undefined;
}

/** `items.append` as a value: calling it does to `receiver` what `items.append(…)` does. */
export interface BoundMethod {
  readonly receiver: Value;
  readonly name: string;
}

/** A call of such a method, wherever it was looked up; `through` is what the call was written with. */
export interface BoundCall {
  readonly node: SyntaxNode;
  readonly arguments: readonly Argument[];
  readonly through: SyntaxNode;
}

/** What contains an object, and the names that hold any of it. */
export interface Surroundings {
  /** The object itself and everything that contains it. */
  readonly members: Set<HeapObject>;
  /** In the order in which they began. */
  readonly stays: Stay[];
  readonly staysOf: Map<string, Stay[]>;
  /** By name, how many members it holds now. */
  readonly held: Map<string, number>;
  /** Names of now that are known to be in one group, and those that nobody has looked at. */
  readonly united: Set<string>;
  readonly fresh: Set<string>;
  /** Counts the names that came and went. */
  changes: number;
}

/** From one version of the heap until another a name held a member. */
export interface Stay {
  readonly name: string;
  readonly from: number;
  until: number;
}

/** All objects of a program. */
export interface Heap {
  /** Counts everything that may change what a walk over objects meets. */
  version: number;
  readonly work: Work;
  /** Counts statements, from 1. */
  statement: number;
  /** Objects that gained in the statement. */
  gained: HeapObject[];
  /** Counts the objects whose surroundings are kept. */
  keptCount: number;
  /** By name, the version at which it was bound last. */
  readonly heldAt: Map<string, number>;
  /** Whether every fact lists its names, however many they are. */
  readonly listsNames: boolean;
  /** What walks from these objects met, as long as the version stands. */
  readonly changeable: WeakMap<
    readonly HeapObject[],
    { readonly version: number; readonly found: readonly HeapObject[] }
  >;
  /** The same without what the classes of instances among the objects hold. */
  readonly changeableOwn: WeakMap<
    readonly HeapObject[],
    { readonly version: number; readonly found: readonly HeapObject[] }
  >;
  /** What code walks from these objects met, as long as the version stands. */
  readonly code: WeakMap<
    readonly HeapObject[],
    { readonly version: number; readonly found: ReadonlySet<Code> }
  >;
  /** By objects and by others, the statement in which each of the first came to hold all of the second. */
  readonly stored: WeakMap<readonly HeapObject[], WeakMap<readonly HeapObject[], number>>;
  /** Names that code was found to read at module level, as long as the version stands. */
  readonly readable: WeakMap<
    Code | ReadonlySet<Code>,
    { readonly version: number; readonly names: ReadableNames }
  >;
}

/** Names that code may read of the module. */
export interface ReadableNames {
  readonly freeReads: ReadonlySet<string>;
  /** Those that need what they were bound to before the code runs. */
  readonly exposedReads: ReadonlySet<string>;
}

/** What an expression may be. No objects means that nothing mutable can be reached through it. */
export interface Value {
  readonly objects: readonly HeapObject[];
  /** Type of the value when it is known: `pandas.DataFrame`. */
  readonly type: string | undefined;
  /** Set when the value is a library's module, function or class: `numpy.random.seed`. */
  readonly qualified: string | undefined;
  /** Using it may draw from a process-wide random generator (an unseeded estimator). */
  readonly draws: boolean;
  readonly literal: Literal | undefined;
  /** What a tuple consists of, when that is known. */
  readonly parts?: readonly Value[];
}

/** A function, lambda, class or lazily evaluated generator of the program. */
export interface Code {
  readonly kind: "function" | "async-function" | "lambda" | "class" | "generator";
  /** Empty for lambdas and generators. */
  readonly name: string;
  readonly node: SyntaxNode;
  readonly unit: Unit;
  readonly scope: Scope;
  readonly parameters: readonly ParameterShape[];
  /** For classes: their functions by name. */
  readonly methods: ReadonlyMap<string, Code>;
  /** Whether the body yields. */
  readonly isGenerator: boolean;
  /** For methods: how they get their first parameter. */
  readonly binding: "plain" | "static" | "class" | "property";
}

export interface ParameterShape {
  readonly name: string;
  readonly kind: "plain" | "positional-rest" | "keyword-rest";
  /** Its default is a literal, or it has none: without an argument it is nothing that can change. */
  readonly holdsNothing: boolean;
}

export interface Reason {
  readonly because: string;
  readonly certain: boolean;
  /** The change is that something was iterated over: only iterators change by that. */
  readonly consumes?: boolean;
}

/** What a function leaves in a module-level name that it declares `global`. */
export interface GlobalWrite extends Omit<Value, "objects" | "literal" | "parts"> {
  /** Bound whenever a call comes back. */
  readonly surely: boolean;
  readonly code: ReadonlySet<Code>;
  /** Things from outside that it may be. */
  readonly origins: readonly Origin[];
  /** Whether it may be something that the function made. */
  readonly isNew: boolean;
  /** New things of one group may share memory; those of group 0 also with what the function returns. */
  readonly group: number;
}

/** What running a piece of code may do, in terms of its parameters, globals and captured variables. */
export interface Summary {
  readonly freeReads: ReadonlySet<string>;
  /** Those that it may read before it has surely bound them itself. */
  readonly exposedReads: ReadonlySet<string>;
  readonly globalWrites: ReadonlyMap<string, GlobalWrite>;
  /** Module-level names that may be unbound when it has run. */
  readonly globalDeletes: ReadonlySet<string>;
  readonly mutatedParameters: ReadonlyMap<number, Reason>;
  readonly mutatedGlobals: ReadonlyMap<string, Reason>;
  readonly mutatedCaptured: Reason | undefined;
  /** Of methods: the class itself changes, for all its instances. */
  readonly mutatedClass: Reason | undefined;
  /** Objects that the result is or shares memory with. */
  readonly returned: readonly Origin[];
  /** Objects that only the inside of the result may reach. */
  readonly returnedInside: readonly Origin[];
  readonly returnsObject: boolean;
  readonly returnType: string | undefined;
  readonly returnedCode: ReadonlySet<Code>;
  readonly returnDraws: boolean;
  /** Set when it always returns a tuple of so many new things that share nothing. */
  readonly returnedParts:
    | readonly { readonly type: string | undefined; readonly draws: boolean }[]
    | undefined;
  /** `from` is stored somewhere inside `into`. */
  readonly stores: readonly { readonly from: Origin; readonly into: Origin }[];
  readonly ambient: readonly AmbientEffect[];
  readonly dynamic: readonly DynamicCode[];
  readonly calls: readonly CallFact[];
}

/** One text of the program with everything computed from its syntax alone. */
export interface Unit {
  readonly index: number;
  readonly text: string;
  readonly tree: SyntaxTree;
  readonly scopes: ScopeTree;
}

/** What a family of classes holds: those that derive from each other, and those of one name. */
export interface ClassData {
  /** Attributes that some body binds to data, or that something binds from outside. */
  readonly names: Set<string>;
  /** Those among them that something binds from outside. */
  readonly fromOutside: Set<string>;
  /** Attributes are set under names that the text does not say. */
  hasAnyName: boolean;
}

/** Objects of which a name may still be one although nobody reads it before it is bound again. */
export interface Lingering {
  readonly objects: Set<HeapObject>;
  /** How many there were left when those that are not told apart were merged last. */
  mergedSize: number;
}

/** What is true of the whole program, and the state of its module scope while it is run. */
export interface Program {
  readonly tables: EffectTables;
  /** Of its units. */
  readonly texts: readonly string[];
  /** Module-level variables, as they stand before the current statement. */
  readonly environment: Map<string, Value>;
  /** Every name that the program binds at module level anywhere. */
  readonly boundNames: ReadonlySet<string>;
  /** Names that only `def` and `class` statements bind. */
  readonly definedNames: ReadonlySet<string>;
  /** Names that only imports bind, always to the same thing. */
  readonly importedNames: ReadonlyMap<string, string>;
  readonly definitions: ReadonlyMap<string, readonly Code[]>;
  /** By name of a class, the attributes that it and those of its family hold data under. */
  readonly classData: ReadonlyMap<string, ClassData>;
  /** What the bodies of classes that were run bind. */
  readonly classBodies: Map<Code, ReadonlyMap<string, Value>>;
  /** By statement, names it may bind of which nobody reads an earlier value after it. */
  readonly unread: ReadonlyMap<SyntaxNode, ReadonlySet<string>>;
  readonly hiddenGlobals: readonly (HiddenGlobal & { readonly unit: Unit })[];
  /** Functions of the program's classes by name. */
  readonly methods: ReadonlyMap<string, readonly Code[]>;
  readonly codeByNode: Map<SyntaxNode, Code>;
  readonly summaries: Map<Code, Summary>;
  readonly heap: Heap;
  /** Names that shared memory at the end of some statement that bound or changed one of them. */
  readonly sharing: NameGroups;
  readonly objects: Map<SyntaxNode, HeapObject>;
  /** By instance of one of the program's classes, what stands for all that it holds. */
  readonly attributes: Map<HeapObject, HeapObject>;
  /** By code, what stands for the things its body gets from outside. */
  readonly origins: Map<Code, Map<string, HeapObject>>;
  /** Objects that nothing may hold any more once the current statement is over. */
  readonly loose: Set<HeapObject>;
  /** By module-level name, objects that only who asks for its last value may meet in it: they go on counting the name among their holders. */
  readonly lingering: Map<string, Lingering>;
  /** What the current statement put into other objects, and where. */
  readonly stored: Map<HeapObject, Set<HeapObject>>;
  /** By call and parameter, what a `*args` or `**kwargs` of the function is there. */
  readonly restObjects: Map<SyntaxNode, Map<number, HeapObject>>;
  /** Objects inside a call's result that is a tuple of separate things. */
  readonly tupleParts: Map<SyntaxNode, readonly HeapObject[]>;
  /** By call, what it leaves in module-level names, by group. */
  readonly leftByCalls: Map<SyntaxNode, Map<number, HeapObject>>;
  readonly engine: Engine;
}

/** Ties evaluation, calls and definitions together without import cycles. */
export interface Engine {
  evaluate(node: SyntaxNode, frame: Frame): Value;
  execute(node: SyntaxNode, frame: Frame): void;
  summarize(code: Code, program: Program): Summary;
  codeOf(node: SyntaxNode, frame: Frame): Code;
  callBound(bound: BoundMethod, call: BoundCall, frame: Frame): Value;
}

/** What a name surely is since the statement began; `settled`: bound or unbound, as the way taken has it, but no longer what it was. */
export type NameState = "bound" | "unbound" | "settled";

/** Names of which the statement has settled what they are. */
export interface Flow {
  readonly names: Map<string, NameState>;
  readonly reachable: boolean;
}

/** A way through a statement that leaves a name unbound, and the offset of what decides whether it is taken. */
export interface UnsureWay {
  readonly deletes: boolean;
  readonly when: string;
  readonly at: number;
}

/** What one statement, or one function body, was seen to do. */
export interface Recorder {
  readonly reads: Set<string>;
  readonly readsBeforeWrite: Set<string>;
  readonly mayWrite: Set<string>;
  readonly deletes: Set<string>;
  /** Names that some way through it leaves unbound, by the first that was met. */
  readonly unsure: Map<string, UnsureWay>;
  readonly mutations: Map<string, Reason & { readonly through: string | undefined }>;
  /** Changes of objects that much contains; `changes` of the surroundings tells one moment from the next. */
  readonly spread: (SpreadMutation & { readonly changes: number })[];
  /** The strongest reason for each place. */
  readonly mutatedOrigins: Map<string, { readonly origin: Origin; readonly reason: Reason }>;
  readonly calls: Map<string, CallFact>;
  readonly ambient: Map<string, AmbientEffect>;
  readonly dynamic: Map<string, DynamicCode>;
  readonly imports: ImportedName[];
  readonly returned: Value[];
}

/** The state of one run of a statement or body, shared by all its frames. */
export interface Run {
  readonly recorder: Recorder;
  flow: Flow;
  /** By module-level name, what the statement or body has bound it to so far, apart from what it was before. */
  readonly made: Map<string, Value>;
  /** In function bodies: what is known wherever it returns. */
  readonly returns: Flow[];
  readonly loops: { readonly breaks: Flow[]; readonly continues: Flow[] }[];
  /** More than 0 inside anything that may run several times or not at all: writes then keep what was there before. */
  conditional: number;
  repeated: number;
  /** Counts changes of values, so that loops know when they are stable. */
  changes: number;
  /** By kind of change, objects that are known to have changed so, with all that contains them, as long as the version stands. */
  readonly changed: Map<string, { readonly version: number; readonly objects: Set<HeapObject> }>;
  /** Names that were noted as read when the flow was this one. */
  readonly noted: WeakMap<ReadableNames, Flow>;
  /** Those of `changes` that end with the class body being run: running it again begins anew. */
  passing: number;
  /** The call whose value the statement being run throws away. */
  discarded: SyntaxNode | undefined;
}

/** A scope being run. */
export interface Frame {
  readonly kind: "module" | "function" | "comprehension" | "class";
  readonly program: Program;
  readonly unit: Unit;
  readonly scope: Scope;
  readonly parent: Frame | undefined;
  readonly locals: Map<string, Value>;
  /** In function bodies: the object that stands for what came from outside. */
  readonly origins: Map<string, HeapObject>;
  readonly run: Run;
}

/** One argument of a call with its value. */
export interface Argument {
  readonly node: SyntaxNode;
  readonly keyword: string | undefined;
  readonly value: Value;
  readonly span: Span;
}

/**
 * How the effects of library calls are written down. The tables are data; `effects.ts` looks things up in them.
 */
import type { AmbientEffect, DynamicCode } from "../facts.ts";

/** What a call does besides computing its result. Nothing listed means: pure, and the result shares memory with nothing. */
export interface CallEffect {
  /** Type of the result; `receiver` for the receiver's, `argument` for the first argument's. */
  readonly returns?: string;
  /**
   * `fresh` (default): shares nothing. `view`: may share memory with the receiver, or with the first argument of a function.
   * `receiver`: is the receiver, or the first argument of a function. `keeps`: a new object that holds the arguments, and the receiver if there is one.
   * `element`: something that was inside the receiver or first argument. `elements`: all of that, in a new thing to iterate over. `unpacked`: several fresh values of the types of the arguments.
   */
  readonly result?: "fresh" | "view" | "receiver" | "keeps" | "element" | "elements" | "unpacked";
  /** Types of the things the result consists of, which share memory with each other. */
  readonly parts?: readonly string[];
  /** Changes its receiver: always, `deep` together with what it holds (the steps of a fitted pipeline), or only with `inplace=True`. */
  readonly mutatesReceiver?: true | "deep" | "inplace";
  /** Arguments it changes, by position or keyword; `all` for every one. */
  readonly mutatesArguments?: readonly (number | string)[] | "all";
  /** Changes its first argument, and gives it back, when it is called with `copy=False`. */
  readonly worksInPlaceWithoutCopy?: true;
  /** The receiver, or the first argument of a function, holds the arguments from then on. */
  readonly stores?: true;
  readonly file?: FileEffect;
  readonly random?: RandomEffect;
  readonly ambient?: readonly Pick<AmbientEffect, "resource" | "access">[];
  readonly readsText?: TextEffect;
}

/** An argument that is an expression as text, in which the caller's variables are looked up: those marked with `@`, or all. */
export interface TextEffect {
  readonly argument: number;
  readonly keyword: string;
  readonly names: "marked" | "all";
}

/** Which argument is a path (or a buffer) and what happens to the file. */
export interface FileEffect {
  readonly access: "read" | "write" | "read-write";
  readonly argument: number;
  readonly keyword: string;
  /** Position of a mode such as `"w"` that decides instead of `access`. */
  readonly mode?: number;
}

/** Which process-wide generator a call draws from, and what keeps it from doing so. */
export interface RandomEffect {
  readonly generator: "random:python" | "random:numpy" | "random:other";
  /** Keyword that takes a seed or generator; a literal or other immutable number there means that nothing global is touched. */
  readonly unless?: string;
  /** Position of the same argument, when it can be given without keyword. */
  readonly position?: number;
  /** Only draws when this keyword is given at all. */
  readonly onlyWith?: string;
  /** Not the call itself draws but methods of the object it makes. */
  readonly later?: true;
  /** Draws from the system's entropy, which nothing in the process keeps the state of. */
  readonly entropy?: true;
  /** Puts the generator into a state that its argument gives; without an argument into an unknown one. */
  readonly seeds?: true;
}

/** What reading an attribute gives. */
export interface AttributeEffect {
  readonly returns?: string;
  /** `view` (default): may share memory with the object. */
  readonly result?: "fresh" | "view";
}

/** Knowledge about one library. Names ending in `*` stand for everything that begins so and is not listed. */
export interface LibraryEffects {
  readonly functions: Readonly<Record<string, CallEffect>>;
  /** Calls of names that begin with a capital letter and are not listed: they make an object whose type is the name. */
  readonly classes: Readonly<Record<string, CallEffect>>;
  /** By type, then by method; the method `*` stands for all others. */
  readonly methods: Readonly<Record<string, Readonly<Record<string, CallEffect>>>>;
  readonly attributes: Readonly<Record<string, Readonly<Record<string, AttributeEffect>>>>;
  /** Types whose methods and attributes a type also has. Names ending in `*` as above. */
  readonly bases: Readonly<Record<string, readonly string[]>>;
  /** Attributes and mappings of modules that hold settings, and what a store into them changes. */
  readonly settings: Readonly<Record<string, AmbientEffect["resource"]>>;
  /** Functions that make static knowledge about names unreliable. */
  readonly dynamic: Readonly<Record<string, DynamicCode["kind"]>>;
  /** Context managers that never swallow an exception of their body. */
  readonly transparentContexts: readonly string[];
  /** Of those, what each puts back as it was when its body is left. */
  readonly scopedSettings: Readonly<Record<string, readonly AmbientEffect["resource"][]>>;
  /** Types that are used up by iterating over them. */
  readonly iteratorTypes: readonly string[];
  /** Types that give pairs when iterated over. The first of a pair is a `label`, which cannot change, or a `key`, which may be anything. */
  readonly pairTypes: Readonly<Record<string, "label" | "key">>;
  /** Several dotted names for one thing: key is the other name, value the one used in these tables. */
  readonly synonyms: Readonly<Record<string, string>>;
}

/** The same effect for several names, written `"head tail sample"`. */
export function each<T>(names: string, effect: T): Readonly<Record<string, T>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, effect]));
}

/** Prefixes names: `under("numpy", { put: … })` → `numpy.put`. */
export function under<T>(
  prefix: string,
  entries: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, effect]) => [`${prefix}.${name}`, effect]),
  );
}

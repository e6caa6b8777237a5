/** Names for the variables of functions among those of the notebook. Mutable, and only ever seen inside one call of `stageFeatures`. */

import type { FeatureProgram } from "../feature-program.ts";
import { namesIn } from "../feature-program.ts";
import { freeName } from "../free-name.ts";
import { PURE_BUILTINS } from "../library-roles.ts";
import { isReserved } from "../reserved-names.ts";

/** Hands out names that stand for nothing else. */
export class NewNames {
  readonly #notebook: ReadonlySet<string>;
  readonly #taken: Set<string>;
  readonly #made = new Set<string>();
  readonly #attributes = new Map<string, string>();

  constructor(program: FeatureProgram) {
    this.#notebook = notebookNames(program);
    this.#taken = new Set(this.#notebook);
  }

  /**
   * The name itself where the notebook has none like it, else one that says whose it is.
   *
   * @param avoided Names that mean something else where a new one would stand.
   */
  take(name: string, helper: string, avoided: ReadonlySet<string>): string {
    // A name of Python bound anywhere in a function is a variable in all of it.
    const isFree = !this.#notebook.has(name) && !isReserved(name) && !PURE_BUILTINS.has(name);
    let made = freeName(this.#taken, [isFree ? name : `${helper}_${name}`]);
    while (made !== name && avoided.has(made)) made = freeName(this.#taken, [made]);
    this.#made.add(made);
    return made;
  }

  /** The variable that stands for an attribute of an object, the same at every call: `filler_means` for `means_`. */
  attribute(variable: string, attribute: string): string {
    const key = `${variable}.${attribute}`;
    const known = this.#attributes.get(key);
    if (known !== undefined) return known;
    const made = this.take(
      `${variable}_${attribute.replace(/^_+|_+$/gu, "")}`,
      variable,
      new Set(),
    );
    this.#attributes.set(key, made);
    return made;
  }

  /** Whether a name was made here: the notebook's own run has no value of it. */
  has(name: string): boolean {
    return this.#made.has(name);
  }
}

/** Every name that means something outside of functions, or that a function reads there. */
function notebookNames(program: FeatureProgram): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of program.statements) {
    const { definition, mayWrite } = statement.facts;
    for (const name of [...mayWrite, ...(definition?.freeReads ?? [])]) names.add(name);
    if (definition === undefined)
      for (const name of namesIn(statement, statement.node)) names.add(name);
  }
  return names;
}

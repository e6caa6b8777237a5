/** The notebook with some calls written out, and where each of its lines stands in the user's cells. */

import type { Result } from "../../base/result.ts";
import { analyzeProgram } from "../../python/analyze-program.ts";
import type { ProgramFacts } from "../../python/facts.ts";
import { fieldOf } from "../../python/syntax.ts";
import type { FeatureProgram } from "../feature-program.ts";
import { buildFeatureProgram } from "../feature-program.ts";
import type { StageFeaturesInput } from "../staging-input.ts";
import { readMethod } from "./class-definition.ts";
import type { FoundCall, Wanted } from "./found-call.ts";
import { findCalls } from "./found-call.ts";
import type { HelperDefinition } from "./helper-definition.ts";
import { readDefinition } from "./helper-definition.ts";
import { inlineCall } from "./inline-call.ts";
import { NewNames } from "./new-names.ts";

/** A call that was written out. */
export interface WrittenCall {
  /** Its text: `clean(df, "age")`. */
  readonly text: string;
  /** Cell of the function. */
  readonly cell: number;
  /** Line of the call in its cell. */
  readonly line: number;
}

/** Where a line stands in the user's notebook. */
export interface LineOrigin {
  readonly cell: number;
  /** 1-based line in the cell. */
  readonly line: number;
  /** The call whose function the line is of; `undefined` for a line that stands where the user wrote it. */
  readonly call: WrittenCall | undefined;
}

/** Lines of all units. */
type Origins = readonly (readonly LineOrigin[])[];

/** A notebook in which calls are written out. */
export interface InlinedNotebook {
  readonly facts: ProgramFacts;
  readonly program: FeatureProgram;
  readonly origins: Origins;
  readonly newNames: NewNames;
}

/** What came of writing calls out. */
export interface Inlining {
  readonly notebook: InlinedNotebook;
  readonly count: number;
  /** Why calls of a function stayed as they are, by the function's name. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** The notebook as the user wrote it. */
export function asTheUserWrote(input: StageFeaturesInput): InlinedNotebook {
  const program = buildFeatureProgram(input);
  const origins = input.facts.units.map(({ text }, unit) => {
    const cell = input.cellNumbers[unit] ?? unit + 1;
    return text.split("\n").map((_, at): LineOrigin => ({ cell, line: at + 1, call: undefined }));
  });
  return { facts: input.facts, program, origins, newNames: new NewNames(program) };
}

/** Writes out the calls of functions, one in each simple statement; `undefined` when the result is no Python. */
export function inlineOnce(
  notebook: InlinedNotebook,
  wanted: Wanted,
  input: StageFeaturesInput,
): Inlining | undefined {
  const { program, newNames } = notebook;
  const reasons = new Map<string, string>();
  const calls = findCalls(program, wanted);
  const replaced = calls.flatMap((found) => {
    const definition = definitionOf(found, { program, wanted, input });
    const inlined = definition.ok
      ? inlineCall(found, definition.value, { program, newNames })
      : definition;
    if (!definition.ok || !inlined.ok) {
      if (!inlined.ok) reasons.set(found.name, inlined.error);
      return [];
    }
    const { unit } = found.statement.facts;
    const functionUnit = definition.value.statement.facts.unit;
    const own = notebook.origins[unit]?.[inlined.value.from - 1];
    const head = notebook.origins[functionUnit]?.[definition.value.statement.facts.line - 1];
    if (own === undefined || head === undefined) return [];
    const call: WrittenCall = {
      text: titleOf(found),
      cell: head.cell,
      line: own.call?.line ?? own.line,
    };
    const lines = inlined.value.lines.map(({ text, ofFunction }) => {
      const of = ofFunction === undefined ? own : notebook.origins[functionUnit]?.[ofFunction - 1];
      return { text, origin: { cell: (of ?? own).cell, line: (of ?? own).line, call } };
    });
    return [{ unit, ...inlined.value, lines }];
  });
  if (replaced.length === 0) return { notebook, count: 0, reasons };
  const next = withLines(notebook, replaced, input);
  return next === undefined ? undefined : { notebook: next, count: replaced.length, reasons };
}

interface ReplacedLines {
  readonly unit: number;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly { readonly text: string; readonly origin: LineOrigin }[];
}

/** The notebook with other lines in some places; `undefined` when that is no Python. */
function withLines(
  notebook: InlinedNotebook,
  replaced: readonly ReplacedLines[],
  input: StageFeaturesInput,
): InlinedNotebook | undefined {
  const units = notebook.facts.units.map(({ text }) => text.split("\n"));
  const origins = notebook.origins.map((lines) => [...lines]);
  // From the last to the first, so that the places of the others still hold.
  for (const { unit, from, to, lines } of replaced.toSorted((a, b) => b.from - a.from)) {
    units[unit]?.splice(from - 1, to - from + 1, ...lines.map(({ text }) => text));
    origins[unit]?.splice(from - 1, to - from + 1, ...lines.map(({ origin }) => origin));
  }
  const facts = analyzed(notebook.facts, units, input);
  if (facts === undefined) return undefined;
  const program = buildFeatureProgram({ ...input, facts });
  return { facts, program, origins, newNames: notebook.newNames };
}

function definitionOf(
  { name, method, statement, arguments: list }: FoundCall,
  {
    program,
    wanted,
    input,
  }: {
    readonly program: FeatureProgram;
    readonly wanted: Wanted;
    readonly input: StageFeaturesInput;
  },
): Result<HelperDefinition, string> {
  const known = method === undefined ? undefined : wanted.instances.get(method.variable);
  if (method === undefined || known === undefined)
    return readDefinition(program, name, statement.position);
  return readMethod(known, method.name, {
    variable: method.variable,
    hasTarget: list.length > 2,
    parser: input.parser,
  });
}

/** One line that says which call it is: of `df.pipe(clean)` what stands behind `df`. */
function titleOf({ call, statement, method, arguments: [first] }: FoundCall): string {
  const callee = fieldOf(call, "function");
  const receiver = callee === undefined ? undefined : fieldOf(callee, "object");
  const isPiped = receiver !== undefined && receiver === first?.node && method === undefined;
  const text = statement.tree.text
    .slice(isPiped ? receiver.end : call.start, call.end)
    .replaceAll(/\s+/gu, " ")
    .trim();
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Units without statements stay so: they belong to another notebook, or are no Python. */
function analyzed(
  before: ProgramFacts,
  texts: readonly (readonly string[])[],
  { parser }: StageFeaturesInput,
): ProgramFacts | undefined {
  const present = new Set(before.statements.map(({ unit }) => unit));
  const units = before.units.map((unit, at) => ({
    ...unit,
    text: present.has(at) ? (texts[at] ?? []).join("\n") : "",
  }));
  const facts = analyzeProgram(units, parser, { listsNames: false });
  return facts.brokenUnits.length > 0 ? undefined : facts;
}

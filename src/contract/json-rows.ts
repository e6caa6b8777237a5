/** Rows as JSON objects in a text that arrives in pieces: one object a line, or one array of objects. */
import type { Result } from "../base/result.ts";
import { err, ok } from "../base/result.ts";

/** An object and the line where it begins. */
export interface JsonRow {
  readonly value: Readonly<Record<string, unknown>>;
  readonly line: number;
}

/** Where a text stops being what it should be. `line` counts from 1. */
export interface JsonFault {
  readonly line: number;
  readonly message: string;
}

/** Reads pieces cut anywhere; holds no more than the object it is in. */
export interface JsonReader {
  readonly push: (text: string) => Result<readonly JsonRow[], JsonFault>;
  readonly end: () => Result<readonly JsonRow[], JsonFault>;
}

/** No row is longer; it would be something else than a row. */
const LONGEST_ROW = 16 << 20;

/**
 * One object a line; blank lines are passed over.
 *
 * @param exact Members whose whole numbers become `bigint` where a number cannot hold them.
 */
export function createJsonLinesReader(exact: ReadonlySet<string>): JsonReader {
  let held = "";
  let line = 1;
  let isFirst = true;
  const take = (texts: readonly string[]): Result<readonly JsonRow[], JsonFault> => {
    const rows: JsonRow[] = [];
    for (const text of texts) {
      const read = text.trim() === "" ? undefined : parseRow(text, line, exact);
      if (read?.ok === false) return read;
      if (read !== undefined) rows.push(read.value);
      line += 1;
    }
    return ok(rows);
  };
  return {
    push: (text) => {
      const pieces = (isFirst && text.startsWith("\uFEFF") ? text.slice(1) : text).split("\n");
      isFirst &&= text === "";
      pieces[0] = held + (pieces[0] ?? "");
      held = pieces.pop() ?? "";
      return held.length > LONGEST_ROW ? tooLong(line + pieces.length) : take(pieces);
    },
    end: () => {
      const rest = held;
      held = "";
      return take([rest]);
    },
  };
}

/** Objects of the one array that the text is. */
export function createJsonArrayReader(exact: ReadonlySet<string>): JsonReader {
  const splitter = createArraySplitter();
  const take = (
    found: Result<readonly ArrayItem[], JsonFault>,
  ): Result<readonly JsonRow[], JsonFault> => {
    if (!found.ok) return found;
    const rows: JsonRow[] = [];
    for (const { text, line } of found.value) {
      const read = parseRow(text, line, exact);
      if (!read.ok) return read;
      rows.push(read.value);
    }
    return ok(rows);
  };
  return {
    push: (text) => take(splitter.push(text)),
    end: () => {
      const left = splitter.end();
      return left === undefined ? ok([]) : err(left);
    },
  };
}

/** JSON with whole numbers as `bigint` where a number cannot hold them. */
export function parseExactIntegers(text: string): unknown {
  return JSON.parse(
    text,
    exactIntegers(() => true),
  );
}

interface ArrayItem {
  readonly text: string;
  readonly line: number;
}

interface ArraySplitter {
  readonly push: (text: string) => Result<readonly ArrayItem[], JsonFault>;
  readonly end: () => JsonFault | undefined;
}

type SplitState = "before" | "first" | "item" | "after";

const SPACE = /[\s\uFEFF]/;

/** Cuts the items of an array apart without reading them: what stands between commas outside strings and inner brackets. */
function createArraySplitter(): ArraySplitter {
  let state: SplitState = "before";
  let held = "";
  let line = 1;
  let itemLine = 1;
  let depth = 0;
  let isString = false;
  let isEscaped = false;

  const push = (text: string): Result<readonly ArrayItem[], JsonFault> => {
    const items: ArrayItem[] = [];
    let start = 0;
    const close = (at: number): void => {
      items.push({ text: held + text.slice(start, at), line: itemLine });
      held = "";
      start = at + 1;
    };
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charAt(at);
      if (character === "\n") line += 1;
      if (isString) {
        if (isEscaped) isEscaped = false;
        else if (character === "\\") isEscaped = true;
        else if (character === '"') isString = false;
        continue;
      }
      if (SPACE.test(character)) continue;
      if (state === "before") {
        if (character !== "[") return err(noArray(line));
        state = "first";
        start = at + 1;
        continue;
      }
      if (state === "after") return err({ line, message: "something follows the array" });
      const isEmptyArray = state === "first" && character === "]";
      if (held === "" && depth === 0 && text.slice(start, at).trim() === "") itemLine = line;
      if (depth === 0 && (character === "," || character === "]")) {
        if (!isEmptyArray) close(at);
        state = character === "]" ? "after" : "item";
        continue;
      }
      if (state === "first") state = "item";
      if (character === '"') isString = true;
      else if (character === "{" || character === "[") depth += 1;
      else if (character === "}" || character === "]") depth -= 1;
    }
    if (state === "item") held += text.slice(start);
    if (held.trim() === "") held = "";
    return held.length > LONGEST_ROW ? tooLong(itemLine) : ok(items);
  };
  return {
    push,
    end: () => {
      if (state === "after") return undefined;
      return state === "before" ? noArray(line) : { line, message: "the array is not closed" };
    },
  };
}

function noArray(line: number): JsonFault {
  return {
    line,
    message: "a .json file must hold one array of rows; one object a line is the format jsonl",
  };
}

function tooLong(line: number): Result<never, JsonFault> {
  return err({ line, message: "the row is longer than 16 MB" });
}

function parseRow(
  text: string,
  line: number,
  exact: ReadonlySet<string>,
): Result<JsonRow, JsonFault> {
  let value: unknown;
  try {
    value =
      exact.size === 0
        ? JSON.parse(text)
        : JSON.parse(
            text,
            exactIntegers((key) => exact.has(key)),
          );
  } catch (error) {
    return err({ line, message: error instanceof Error ? error.message : "it is no JSON" });
  }
  if (isRecord(value)) return ok({ value, line });
  return err({ line, message: 'each row must be an object, {"column": value, …}' });
}

/** A reviver that looks at what stands in the text, which a number beyond 2^53 no longer says. */
function exactIntegers(
  isExact: (key: string) => boolean,
): (key: string, value: unknown, context?: { readonly source?: string }) => unknown {
  return (key, value, context) => {
    if (typeof value !== "number" || Number.isSafeInteger(value) || !isExact(key)) return value;
    const source = context?.source;
    return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What zod found wrong, in the user's terms: which key, what it must be, what it is, and what to type instead. */
import type { z } from "zod";
import type { Diagnostic, Place } from "./diagnostic.ts";
import { didYouMean, suggestName } from "./did-you-mean.ts";

type Issue = z.core.$ZodIssue;

/** Where the checked value came from. */
export interface IssueSource {
  /** Starts the code of every diagnostic: `config` gives `config-unknown-key`, `config-missing` and `config-wrong-value`. */
  readonly codePrefix: string;
  /** The value that was checked; messages quote the wrong part of it. */
  readonly value: unknown;
  /** Used when `placeOf` is absent or knows no better. */
  readonly path?: string;
  /** Line positions, as `parseYaml` gives them. */
  readonly placeOf?: (path: readonly (string | number)[]) => Place | undefined;
  /** All keys an object at a path may have, for suggestions; without it unknown keys get none. */
  readonly keysAt?: (path: readonly (string | number)[]) => readonly string[];
}

/** One diagnostic per problem, in the order of the schema. */
export function diagnosticsOfIssues(
  issues: readonly Issue[],
  source: IssueSource,
): readonly Diagnostic[] {
  return issues.flatMap((issue) => describeIssue(issue, source));
}

function describeIssue(issue: Issue, source: IssueSource): readonly Diagnostic[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(key, path, source));
  }
  if (issue.code === "invalid_union") {
    const narrowed = closestBranch(issue.errors);
    if (narrowed !== undefined) {
      const inner = narrowed.map((found) => ({ ...found, path: [...issue.path, ...found.path] }));
      return inner.flatMap((found) => describeIssue(found, source));
    }
  }
  const got = valueAt(source.value, path);
  const name = renderKey(path);
  if (got === undefined) {
    return [
      finding("missing", source, path, {
        message: `${name} is missing; it ${requirementOf(issue)}`,
      }),
    ];
  }
  const hint = hintFor(issue, got);
  return [
    finding("wrong-value", source, path, {
      message: `${name} ${requirementOf(issue)}, got ${renderValue(got)}`,
      ...(hint === undefined ? {} : { hint }),
    }),
  ];
}

function unknownKey(
  key: string,
  path: readonly (string | number)[],
  source: IssueSource,
): Diagnostic {
  const known = source.keysAt?.(path) ?? [];
  const hint =
    didYouMean(key, known) ?? (known.length === 0 ? undefined : `known here: ${known.join(", ")}`);
  return finding("unknown-key", source, [...path, key], {
    message: `${renderKey([...path, key])} is not a known key`,
    ...(hint === undefined ? {} : { hint }),
  });
}

function finding(
  kind: "unknown-key" | "missing" | "wrong-value",
  source: IssueSource,
  path: readonly (string | number)[],
  text: { readonly message: string; readonly hint?: string },
): Diagnostic {
  const where =
    source.placeOf?.(path) ?? (source.path === undefined ? undefined : { path: source.path });
  return {
    code: `${source.codePrefix}-${kind}`,
    severity: "error",
    ...text,
    ...(where === undefined ? {} : { where }),
  };
}

/** The branch of a union that got furthest; `undefined` when each failed at its very top, so that none is closer. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const deeper = branches.filter((issues) => issues.some(({ path }) => path.length > 0));
  return deeper.toSorted((left, right) => left.length - right.length)[0];
}

/** Reads after the name of the key: `must be a whole number from 1 to 65535`. A schema's own words win when they start with "must". */
function requirementOf(issue: Issue): string {
  if (issue.message.startsWith("must ")) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${article(issue.expected)}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `must be ${renderValue(issue.values[0])}`
        : `must be one of ${issue.values.map(renderValue).join(", ")}`;
    case "too_small":
      return `must be ${boundText("at least", "more than", issue.inclusive ?? true)} ${String(issue.minimum)}${unitOf(issue.origin)}`;
    case "too_big":
      return `must be ${boundText("at most", "less than", issue.inclusive ?? true)} ${String(issue.maximum)}${unitOf(issue.origin)}`;
    case "not_multiple_of":
      return `must be a multiple of ${String(issue.divisor)}`;
    case "custom":
    case "invalid_format":
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "unrecognized_keys":
      return `is not right: ${issue.message}`;
  }
}

function boundText(inclusive: string, exclusive: string, isInclusive: boolean): string {
  return isInclusive ? inclusive : exclusive;
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  if (origin === "array" || origin === "set") return " items long";
  return "";
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping of keys to values",
  record: "a mapping of keys to values",
  array: "a list",
  tuple: "a list",
  null: "empty",
  never: "left out",
};

function article(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

/** What to type next, where the mistake has a usual cause. */
function hintFor(issue: Issue, got: unknown): string | undefined {
  if (issue.code === "invalid_type" && typeof got === "string") {
    const wantsNumber = issue.expected === "number" || issue.expected === "int";
    if (wantsNumber && got.trim() !== "" && Number.isFinite(Number(got)))
      return "remove the quotes";
    if (issue.expected === "boolean") return "write true or false, without quotes";
  }
  if (issue.code === "invalid_type" && issue.expected === "string" && typeof got === "number") {
    return `put it in quotes: "${String(got)}"`;
  }
  if (issue.code === "invalid_value" && typeof got === "string") {
    const suggestion = suggestName(got, issue.values.map(String));
    if (suggestion !== undefined) return `did you mean "${suggestion}"?`;
  }
  return undefined;
}

function valueAt(top: unknown, path: readonly (string | number)[]): unknown {
  let value = top;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = Object.entries(value).find(([key]) => key === String(part))?.[1];
  }
  return value;
}

/** `serve.port`, `steps[2].name`; the whole document is `the file`. */
function renderKey(path: readonly (string | number)[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${String(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text === "" ? "the file" : text;
}

function renderValue(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const isPlain = typeof value === "number" || typeof value === "boolean";
  const text = isPlain ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/**
 * Reads, fills and prints YAML. With `merge-yaml.ts`, which needs the same trees, the only file that imports `yaml`.
 *
 * Reading is YAML 1.2 (else the key `on:` becomes `true`). Printing is for readers of YAML 1.1, which are PyYAML and
 * Kubernetes: whatever those would take for something else than a string is quoted, numbers have the one form that
 * both versions agree on, and control characters are escaped.
 */
import {
  Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type ScalarTag,
  type Tags,
} from "yaml";
import type { Diagnostic, Parsed, Place } from "./diagnostic.ts";
import { InputError } from "./errors.ts";

/** What can be printed. Properties that are `undefined` are left out. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** Keys and indexes from the top of a document to a value. */
export type YamlPath = readonly (string | number)[];

/** A document as far as it could be read. */
export interface ParsedYaml extends Parsed<unknown> {
  /**
   * Where the value at a path stands: its key, or its item in a list. Of a path that is not there, the deepest part
   * that is; `undefined` only for an empty document.
   */
  readonly placeOf: (path: YamlPath) => Place | undefined;
}

/** Reads one YAML 1.2 document. Broken text gives diagnostics with lines and the value `undefined`; it never throws. */
export function parseYaml(text: string, path: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
    stringKeys: true,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { path, line, column: col };
  };
  const diagnostics: Diagnostic[] = document.errors.map((error) => ({
    code: "yaml-syntax",
    severity: "error",
    message: `not valid YAML: ${error.message}`,
    where: placeAt(error.pos[0]),
  }));
  const placeOf = (at: YamlPath): Place | undefined => {
    const offset = offsetOf(document.contents, at);
    return offset === undefined ? undefined : placeAt(offset);
  };
  if (diagnostics.length > 0) return { value: undefined, diagnostics, placeOf };
  try {
    return { value: document.toJS(), diagnostics, placeOf };
  } catch (error) {
    // Aliases that multiply without bound are found only when they are resolved.
    const message = `not valid YAML: ${error instanceof Error ? error.message : String(error)}`;
    const found: Diagnostic = { code: "yaml-syntax", severity: "error", message, where: { path } };
    return { value: undefined, diagnostics: [found], placeOf };
  }
}

/** YAML text of a mapping or list, ending in a newline. Keys keep their order; objects that occur twice are printed twice. */
export function renderYaml(
  value: readonly YamlValue[] | { readonly [key: string]: YamlValue },
): string {
  const document = new Document(value, {
    version: "1.1",
    schema: "yaml-1.1",
    merge: false,
    compat: "core",
    customTags: tagsForOldReaders,
    aliasDuplicateObjects: false,
  });
  return document.toString(PRINTING);
}

/**
 * Fills a template: every scalar that is exactly `__HOLE__` becomes the typed value of that name. Comments survive,
 * `undefined` removes the key or list item, and no value can change the structure around it.
 *
 * @throws InputError for a template that is not YAML, a hole nobody filled, a value without a hole, a hole inside a
 * longer text, or a hole used as a key.
 */
export function fillYaml(template: string, holes: Readonly<Record<string, YamlValue>>): string {
  const document: Document = parseDocument(template, { prettyErrors: false, logLevel: "error" });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new InputError(`the template is not valid YAML: ${broken.message}`, {
      code: "template-not-yaml",
    });
  }
  const used = new Set<string>();
  const fill = (node: Scalar): Node | undefined => {
    const name = holeIn(node);
    if (name === undefined) return node;
    if (!Object.hasOwn(holes, name)) {
      throw new InputError(`nothing was given for the hole __${name}__ of the template`, {
        code: "template-hole-unfilled",
      });
    }
    used.add(name);
    const value = holes[name];
    if (value === undefined) return undefined;
    return withCommentsOf(node, document.createNode(value, { aliasDuplicateObjects: false }));
  };
  document.contents = fillNode(document.contents, fill) ?? null;
  const unused = Object.keys(holes).filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw new InputError(
      `the template has no hole ${unused.map((name) => `__${name}__`).join(", ")}`,
      { code: "template-hole-unused" },
    );
  }
  document.setSchema("1.1", { merge: false, compat: "core", customTags: tagsForOldReaders });
  return document.toString(PRINTING);
}

const HOLE = /^__([A-Z][A-Z0-9_]*?)__$/;
/** No line is folded, and texts of several lines stay readable. */
export const PRINTING = { lineWidth: 0, blockQuote: "literal" } as const;

/** Fills every scalar below a node, each once: what was filled in is not looked at again. `undefined` removes the node. */
function fillNode(node: unknown, fill: (scalar: Scalar) => Node | undefined): Node | undefined {
  if (isScalar(node)) return fill(node);
  if (isMap(node)) {
    node.items = node.items.filter((pair) => {
      checkNoHoleAsKey(pair.key);
      if (pair.value === null) return true;
      const filled = fillNode(pair.value, fill);
      pair.value = filled;
      return filled !== undefined;
    });
    return node;
  }
  if (isSeq(node)) {
    node.items = node.items
      .map((item) => fillNode(item, fill))
      .filter((item) => item !== undefined);
    return node;
  }
  return isNode(node) ? node : undefined;
}

function holeIn(node: Scalar): string | undefined {
  const text = typeof node.value === "string" ? node.value : "";
  const whole = HOLE.exec(text)?.[1];
  if (whole !== undefined) return whole;
  const partial = /__[A-Z][A-Z0-9_]*?__/.exec(text)?.[0];
  if (partial === undefined) return undefined;
  throw new InputError(`the hole ${partial} is only a part of the text ${JSON.stringify(text)}`, {
    code: "template-hole-partial",
    hint: "make the whole value a hole and build the text in code",
  });
}

function checkNoHoleAsKey(key: unknown): void {
  const name = isScalar(key) ? holeIn(key) : undefined;
  if (name === undefined) return;
  throw new InputError(`the hole __${name}__ stands where a key belongs`, {
    code: "template-hole-misplaced",
    hint: "make the whole mapping a hole",
  });
}

function withCommentsOf(from: Scalar, to: Node): Node {
  to.commentBefore = from.commentBefore ?? null;
  to.comment = from.comment ?? null;
  to.spaceBefore = from.spaceBefore ?? false;
  return to;
}

function offsetOf(top: unknown, path: YamlPath): number | undefined {
  let node = top;
  let offset = startOf(top);
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(part),
      );
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)];
      if (item === undefined) return offset;
      offset = startOf(isPair(item) ? item.key : item) ?? offset;
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
}

const MERGE_TAG = "tag:yaml.org,2002:merge";

/** The tags of YAML 1.1, with numbers and strings printed by hand where PyYAML disagrees with the library. */
function tagsForOldReaders(tags: Tags): Tags {
  // Without the merge tag, `<<` is a text like any other.
  const plainTags = tags.filter((tag) => typeof tag === "string" || tag.tag !== MERGE_TAG);
  return plainTags.map((tag) => {
    if (typeof tag === "string" || tag.collection !== undefined) return tag;
    if (tag.tag === "tag:yaml.org,2002:int" || tag.tag === "tag:yaml.org,2002:float") {
      const { format: _format, ...plain }: ScalarTag = tag;
      return { ...plain, stringify: ({ value }) => renderNumber(Number(value)) };
    }
    if (tag.tag !== "tag:yaml.org,2002:str") return tag;
    const stringify = tag.stringify?.bind(tag);
    if (stringify === undefined) return tag;
    return {
      ...tag,
      stringify: (item, ctx, onComment, onChompKeep) =>
        typeof item.value === "string" && NEEDS_ESCAPES.test(item.value)
          ? renderEscaped(item.value)
          : stringify(item, ctx, onComment, onChompKeep),
    };
  });
}

/** PyYAML takes `1e-7` for a string: its floats need a dot, and a sign in the exponent. */
function renderNumber(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  const exponent = text.indexOf("e");
  if (exponent === -1) return text;
  const mantissa = text.slice(0, exponent);
  return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}${text.slice(exponent)}`;
}

/**
 * `=` and `<<` have a meaning of their own in YAML 1.1, `---` and `...` at the start of a line. Control characters and the Unicode line ends are refused or
 * folded by PyYAML when they stand bare; a carriage return is lost in a block, and a bare tab starts no token.
 */
const NEEDS_ESCAPES =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /^(?:=|<<|---|\.\.\.)$|[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** A JSON string is a double-quoted YAML scalar, once what PyYAML cannot read bare is escaped too. */
function renderEscaped(value: string): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

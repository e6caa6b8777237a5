/**
 * Paths that the text of a notebook decides: written out, joined, taken from the working directory. They are given as they are
 * written, relative to the working directory unless they are whole.
 */
import { dirname, normalize } from "node:path/posix";
import { fieldOf, type SyntaxNode, textOf, withoutParentheses } from "./syntax.ts";

/** A text and the paths that its variables hold. */
export interface PathScope {
  readonly text: string;
  /** A name that is bound to anything else is not in it. */
  readonly known: Map<string, string>;
}

/** Remembers the path that a statement binds to a name, and forgets one that it binds to anything else. */
export function notePath(statement: SyntaxNode, scope: PathScope): void {
  const assignment = statement.children[0];
  if (statement.kind !== "expression_statement" || assignment?.kind !== "assignment") return;
  const left = fieldOf(assignment, "left");
  const right = fieldOf(assignment, "right");
  if (left?.kind !== "identifier" || right === undefined) return;
  const folder = pathOf(right, scope);
  const name = textOf(scope.text, left);
  if (folder === undefined) scope.known.delete(name);
  else scope.known.set(name, folder);
}

const SAME = new Set([
  "os.path.abspath",
  "os.path.realpath",
  "os.path.normpath",
  "os.fspath",
  "str",
  "Path",
  "pathlib.Path",
]);
const HERE = new Set(["os.getcwd", "Path.cwd", "pathlib.Path.cwd"]);

/** The path that an expression stands for; `undefined` where the text alone does not tell. */
export function pathOf(given: SyntaxNode, scope: PathScope): string | undefined {
  const node = withoutParentheses(given);
  const text = textOf(scope.text, node);
  switch (node.kind) {
    case "string":
      return /^r?(["'])([^"'\\]*)\1$/.exec(text)?.[2]?.replaceAll("\\", "/");
    case "identifier":
      return scope.known.get(text);
    case "attribute": {
      if (text === "os.pardir" || text === "os.path.pardir") return "..";
      if (text === "os.curdir" || text === "os.path.curdir") return ".";
      const inner = fieldOf(node, "object");
      const name = fieldOf(node, "attribute");
      if (inner === undefined || name === undefined) return undefined;
      return textOf(scope.text, name) === "parent" ? above(pathOf(inner, scope)) : undefined;
    }
    case "subscript":
      return pathAmongParents(node, scope);
    case "binary_operator": {
      const left = fieldOf(node, "left");
      const right = fieldOf(node, "right");
      if (node.tokens[0]?.text !== "/" || left === undefined || right === undefined)
        return undefined;
      return joined([pathOf(left, scope), pathOf(right, scope)]);
    }
    case "call":
      return pathOfCall(node, scope);
    default:
      return undefined;
  }
}

function pathOfCall(node: SyntaxNode, scope: PathScope): string | undefined {
  const callee = fieldOf(node, "function");
  const given = fieldOf(node, "arguments")?.children ?? [];
  if (callee === undefined) return undefined;
  const name = textOf(scope.text, callee);
  const [first] = given;
  if (HERE.has(name) && first === undefined) return ".";
  if (SAME.has(name))
    return first === undefined ? "." : given.length === 1 ? pathOf(first, scope) : undefined;
  if (name === "os.path.join") return joined(given.map((part) => pathOf(part, scope)));
  if (name === "os.path.dirname") return given.length === 1 ? folderOf(first, scope) : undefined;
  const inner = callee.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  if (inner === undefined) return undefined;
  if (/\.(resolve|absolute|as_posix)$/.test(name) && first === undefined)
    return pathOf(inner, scope);
  if (name.endsWith(".joinpath"))
    return joined([inner, ...given].map((part) => pathOf(part, scope)));
  return undefined;
}

/** `os.path.dirname(E)`. What comes from the working directory is whole, and has a folder above. */
function folderOf(given: SyntaxNode | undefined, scope: PathScope): string | undefined {
  const path = given === undefined ? undefined : pathOf(given, scope);
  if (given === undefined || path === undefined) return undefined;
  const plain = normalize(path);
  if (!/^\.\.?(?:\/\.\.)*$/.test(plain)) return dirname(plain);
  return given.kind === "string" ? dirname(plain) : above(plain);
}

/** `E.parents[1]`. */
function pathAmongParents(node: SyntaxNode, scope: PathScope): string | undefined {
  const value = fieldOf(node, "value");
  const index = fieldOf(node, "subscript");
  const attribute = value?.kind === "attribute" ? fieldOf(value, "attribute") : undefined;
  const inner = value === undefined ? undefined : fieldOf(value, "object");
  if (attribute === undefined || inner === undefined || index?.kind !== "integer") return undefined;
  if (textOf(scope.text, attribute) !== "parents") return undefined;
  let path = pathOf(inner, scope);
  const levels = Number(textOf(scope.text, index));
  for (let level = 0; level <= levels && level < DEEPEST; level += 1) path = above(path);
  return path;
}

/** Folders above one another; no project is deeper. */
const DEEPEST = 32;

function above(folder: string | undefined): string | undefined {
  return folder === undefined ? undefined : `${folder}/..`;
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  if (parts.length === 0) return undefined;
  let whole = "";
  for (const part of parts) {
    if (part === undefined) return undefined;
    whole = part.startsWith("/") || whole === "" ? part : `${whole}/${part}`;
  }
  return whole;
}

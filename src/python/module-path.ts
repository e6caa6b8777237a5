/**
 * Where a notebook tells Python to look for modules: `sys.path.append("../src")` and its usual longer forms.
 * Only what the text alone decides is read; anything else stays an ordinary statement.
 */
import type { Span } from "../base/text-span.ts";
import {
  fieldOf,
  type SyntaxNode,
  type SyntaxTree,
  statementsOf,
  textOf,
  withoutParentheses,
} from "./syntax.ts";

/** A statement that does nothing but name a folder to look for modules in. */
export interface ModulePathStatement {
  readonly span: Span;
  /** Relative to the working directory, or absolute; with `/`. */
  readonly folder: string;
}

/** Finds such statements at the top level of texts that share one scope. */
export function findModulePaths(
  trees: readonly SyntaxTree[],
): readonly (readonly ModulePathStatement[])[] {
  const known = new Map<string, string>();
  return trees.map((tree) => {
    const found: ModulePathStatement[] = [];
    for (const statement of statementsOf(tree)) {
      const folder = namedFolder(statement, { text: tree.text, known });
      if (folder !== undefined)
        found.push({ span: { start: statement.start, end: statement.end }, folder });
      noteFolder(statement, { text: tree.text, known });
    }
    return found;
  });
}

interface Scope {
  readonly text: string;
  /** Folders that variables hold; a name that is bound to anything else is not in it. */
  readonly known: Map<string, string>;
}

/** `sys.path.append(E)`, `sys.path.insert(0, E)`, and either below `if E not in sys.path:`. */
function namedFolder(statement: SyntaxNode, scope: Scope): string | undefined {
  if (statement.kind === "if_statement") {
    const condition = fieldOf(statement, "condition");
    const body = fieldOf(statement, "consequence");
    const [only, ...more] = body?.children ?? [];
    const asks =
      condition !== undefined &&
      /\bnot\s+in\s+sys\.path\s*\)?$/.test(textOf(scope.text, condition));
    if (!asks || only === undefined || more.length > 0) return undefined;
    if (fieldOf(statement, "alternative") !== undefined) return undefined;
    return namedFolder(only, scope);
  }
  if (statement.kind !== "expression_statement" || statement.children.length !== 1)
    return undefined;
  const call = statement.children[0];
  const callee = call?.kind === "call" ? fieldOf(call, "function") : undefined;
  if (call === undefined || callee === undefined) return undefined;
  const given = fieldOf(call, "arguments")?.children ?? [];
  const name = textOf(scope.text, callee);
  const argument =
    name === "sys.path.append" && given.length === 1
      ? given[0]
      : name === "sys.path.insert" && given.length === 2
        ? given[1]
        : undefined;
  return argument === undefined ? undefined : folderOf(argument, scope);
}

function noteFolder(statement: SyntaxNode, scope: Scope): void {
  const assignment = statement.children[0];
  if (statement.kind !== "expression_statement" || assignment?.kind !== "assignment") return;
  const left = fieldOf(assignment, "left");
  const right = fieldOf(assignment, "right");
  if (left?.kind !== "identifier" || right === undefined) return;
  const folder = folderOf(right, scope);
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
const HERE = new Set(["os.getcwd", "Path.cwd", "pathlib.Path.cwd", "os.path.curdir"]);

function folderOf(given: SyntaxNode, scope: Scope): string | undefined {
  const node = withoutParentheses(given);
  const text = textOf(scope.text, node);
  switch (node.kind) {
    case "string":
      return /^r?(["'])([^"'\\]*)\1$/.exec(text)?.[2]?.replaceAll("\\", "/");
    case "identifier":
      return scope.known.get(text);
    case "attribute": {
      if (text === "os.pardir" || text === "os.path.pardir") return "..";
      if (text === "os.curdir") return ".";
      const inner = fieldOf(node, "object");
      const name = fieldOf(node, "attribute");
      if (inner === undefined || name === undefined) return undefined;
      return textOf(scope.text, name) === "parent" ? above(folderOf(inner, scope)) : undefined;
    }
    case "binary_operator": {
      const left = fieldOf(node, "left");
      const right = fieldOf(node, "right");
      if (node.tokens[0]?.text !== "/" || left === undefined || right === undefined)
        return undefined;
      return joined([folderOf(left, scope), folderOf(right, scope)]);
    }
    case "call":
      return folderOfCall(node, scope);
    default:
      return undefined;
  }
}

function folderOfCall(node: SyntaxNode, scope: Scope): string | undefined {
  const callee = fieldOf(node, "function");
  const given = fieldOf(node, "arguments")?.children ?? [];
  if (callee === undefined) return undefined;
  const name = textOf(scope.text, callee);
  const [first] = given;
  if (HERE.has(name) && first === undefined) return ".";
  if (SAME.has(name))
    return first === undefined ? "." : given.length === 1 ? folderOf(first, scope) : undefined;
  if (name === "os.path.join") return joined(given.map((part) => folderOf(part, scope)));
  const inner = callee.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  if (inner === undefined) {
    return undefined;
  }
  if (/\.(resolve|absolute|as_posix)$/.test(name) && first === undefined)
    return folderOf(inner, scope);
  // The folder above is textual unless the path is a whole one.
  if (name === "os.path.dirname" && first?.kind === "call") {
    const called = fieldOf(first, "function");
    const whole = called === undefined ? "" : textOf(scope.text, called);
    if (/^os\.(path\.(abspath|realpath)|getcwd)$/.test(whole)) return above(folderOf(first, scope));
  }
  return undefined;
}

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

/**
 * What the checks want to know of a Python file, read from its syntax tree: functions with the size of their bodies, calls with their arguments,
 * imports, and what only makes sense in a notebook. Nothing is executed and nothing is inferred beyond the text.
 */
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import { countAssertions, countStatements } from "./body-size.ts";
import { importedNames } from "./import-statement.ts";
import { fieldOf, type SyntaxNode, type SyntaxTree, textOf, walk } from "./syntax.ts";

/** An argument as written. */
export interface PythonArgument {
  /** `undefined` for positional ones. */
  readonly keyword: string | undefined;
  readonly text: string;
  readonly kind: "number" | "string" | "boolean" | "none" | "name" | "other";
}

/** A call; `callee` is the dotted text with its first name replaced by what it was imported as. */
export interface PythonCall {
  readonly callee: string;
  readonly line: number;
  readonly arguments: readonly PythonArgument[];
}

/** A function of the module's top level or of a class in it. */
export interface PythonFunction {
  readonly name: string;
  readonly line: number;
  readonly parameters: readonly string[];
  readonly decorators: readonly string[];
  /** Statements at any depth that do something: no docstring, `pass`, `...`, bare constant, bare name or plain `return x`. */
  readonly statements: number;
  /** `assert` with a condition that is no constant, `with pytest.raises`, and calls of assertion helpers. */
  readonly assertions: number;
  readonly calls: readonly PythonCall[];
  /** Every identifier in the body. */
  readonly names: ReadonlySet<string>;
}

/** An import: `from ..a import b as c` → { name: "c", module: "a", member: "b", level: 2 }. */
export interface PythonImport {
  readonly name: string;
  readonly module: string;
  readonly member: string | undefined;
  readonly level: number;
  readonly line: number;
}

/** One Python file. */
export interface PythonModule {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly PythonImport[];
  readonly functions: readonly PythonFunction[];
  /** All calls, those in functions included. */
  readonly calls: readonly PythonCall[];
  /** Statements of the top level that are no import, definition, assignment, docstring or main guard. */
  readonly looseStatements: readonly { readonly line: number; readonly text: string }[];
  /** Code that only a notebook has: display calls, `get_ipython`, values shown by naming them. */
  readonly notebookCode: readonly { readonly line: number; readonly text: string }[];
  /** 1-based line of the first thing that is not Python. */
  readonly brokenAt: number | undefined;
  /** true when nothing is left without comments, docstrings and `pass`. */
  readonly isEmpty: boolean;
}

interface Reading {
  readonly text: string;
  readonly starts: readonly number[];
  readonly imports: PythonImport[];
}

/** Reads a module from its tree. Linear in the tree but for nested functions, whose bodies count for each function around them. */
export function readPythonModule(path: string, tree: SyntaxTree): PythonModule {
  const reading: Reading = { text: tree.text, starts: lineStarts(tree.text), imports: [] };
  walk(tree.root, (node) => {
    if (node.kind !== "import_statement" && node.kind !== "import_from_statement") return undefined;
    const line = lineOf(reading, node.start);
    for (const { name, module, member, level } of importedNames(node, reading.text)) {
      reading.imports.push({ name, module, member, level, line });
    }
    return false;
  });
  const functions: PythonFunction[] = [];
  walk(tree.root, (node) => {
    if (node.kind !== "function_definition") return undefined;
    functions.push(readFunction(reading, node, decoratorsOf(tree.root, node, reading.text)));
    return false;
  });
  const calls = callsIn(reading, tree.root);
  const problem = tree.problems[0];
  return {
    path,
    text: tree.text,
    imports: reading.imports,
    functions,
    calls,
    looseStatements: tree.root.children
      .filter((node) => isLoose(node, reading.text))
      .map((node) => excerpt(reading, node)),
    notebookCode: notebookCodeIn(reading, tree.root),
    brokenAt: problem === undefined ? undefined : lineOf(reading, problem.start),
    isEmpty:
      countStatements(tree.root, reading.text) === 0 &&
      functions.every((one) => one.statements === 0) &&
      reading.imports.length === 0,
  };
}

function readFunction(
  reading: Reading,
  node: SyntaxNode,
  decorators: readonly string[],
): PythonFunction {
  const body = fieldOf(node, "body");
  const names = new Set<string>();
  if (body !== undefined) {
    walk(body, (inner) => {
      if (inner.kind === "identifier") names.add(textOf(reading.text, inner));
      return undefined;
    });
  }
  const name = fieldOf(node, "name");
  return {
    name: name === undefined ? "" : textOf(reading.text, name),
    line: lineOf(reading, node.start),
    parameters: parametersOf(fieldOf(node, "parameters"), reading.text),
    decorators,
    statements: body === undefined ? 0 : countStatements(body, reading.text),
    assertions: body === undefined ? 0 : countAssertions(body, reading.text),
    calls: body === undefined ? [] : callsIn(reading, body),
    names,
  };
}

function parametersOf(node: SyntaxNode | undefined, text: string): readonly string[] {
  if (node === undefined) return [];
  return node.children.flatMap((parameter) => {
    const name =
      parameter.kind === "identifier"
        ? parameter
        : (fieldOf(parameter, "name") ??
          parameter.children.find((child) => child.kind === "identifier"));
    return name === undefined ? [] : [textOf(text, name)];
  });
}

function decoratorsOf(root: SyntaxNode, definition: SyntaxNode, text: string): readonly string[] {
  const found: string[] = [];
  walk(root, (node) => {
    if (node.start > definition.start || node.end < definition.end) return false;
    if (
      node.kind === "decorated_definition" &&
      node.children.some((child) => child === definition)
    ) {
      for (const child of node.children)
        if (child.kind === "decorator") found.push(textOf(text, child).replace(/^@\s*/, ""));
    }
    return undefined;
  });
  return found;
}

function callsIn(reading: Reading, scope: SyntaxNode): readonly PythonCall[] {
  const calls: PythonCall[] = [];
  walk(scope, (node) => {
    if (node.kind !== "call") return undefined;
    const callee = fieldOf(node, "function");
    const list = fieldOf(node, "arguments");
    if (callee === undefined) return undefined;
    calls.push({
      callee: resolveCallee(reading, textOf(reading.text, callee)),
      line: lineOf(reading, node.start),
      arguments: (list?.kind === "argument_list" ? list.children : []).map((argument) =>
        readArgument(argument, reading.text),
      ),
    });
    return undefined;
  });
  return calls;
}

function resolveCallee(reading: Reading, written: string): string {
  const [first, ...rest] = written.replace(/\s+/g, "").split(".");
  const imported = reading.imports.find((one) => one.name === first);
  if (imported === undefined || first === undefined) return written;
  const { module, member } = imported;
  // `import a.b` binds only `a`; `import a.b as c` binds the submodule.
  const bound = module.split(".")[0] === first ? first : module;
  return [member === undefined ? bound : `${module}.${member}`, ...rest].join(".");
}

function readArgument(node: SyntaxNode, text: string): PythonArgument {
  const value = node.kind === "keyword_argument" ? (fieldOf(node, "value") ?? node) : node;
  const name = node.kind === "keyword_argument" ? fieldOf(node, "name") : undefined;
  return {
    keyword: name === undefined ? undefined : textOf(text, name),
    text: textOf(text, value),
    kind: argumentKind(value),
  };
}

function argumentKind(node: SyntaxNode): PythonArgument["kind"] {
  switch (node.kind) {
    case "integer":
    case "float":
      return "number";
    case "string":
    case "concatenated_string":
      return "string";
    case "true":
    case "false":
      return "boolean";
    case "none":
      return "none";
    case "identifier":
      return "name";
    default:
      return "other";
  }
}

const DECLARATIONS: ReadonlySet<string> = new Set([
  "import_statement",
  "import_from_statement",
  "future_import_statement",
  "function_definition",
  "class_definition",
  "decorated_definition",
  "type_alias_statement",
  "pass_statement",
]);

function isLoose(node: SyntaxNode, text: string): boolean {
  if (DECLARATIONS.has(node.kind)) return false;
  if (node.kind === "expression_statement") {
    const inner = node.children[0];
    return (
      inner !== undefined &&
      inner.kind !== "assignment" &&
      inner.kind !== "string" &&
      inner.kind !== "concatenated_string" &&
      inner.kind !== "ellipsis"
    );
  }
  if (node.kind === "if_statement")
    return !/^if\s+(__name__\s*==|TYPE_CHECKING\b|typing\.TYPE_CHECKING\b|sys\.)/.test(
      textOf(text, node),
    );
  return node.kind !== "try_statement" || !textOf(text, node).includes("import ");
}

const NOTEBOOK_CALL =
  /^(get_ipython(\(.*)?$|display$|IPython\.|ipywidgets\.)|\.(head|tail|info|describe|sample)$/;

function notebookCodeIn(
  reading: Reading,
  root: SyntaxNode,
): readonly { readonly line: number; readonly text: string }[] {
  const found: { readonly line: number; readonly text: string }[] = [];
  walk(root, (node) => {
    if (node.kind !== "expression_statement") return undefined;
    const inner = node.children[0];
    if (inner === undefined || node.children.length !== 1) return undefined;
    if (inner.kind === "identifier" || inner.kind === "subscript" || inner.kind === "attribute")
      found.push(excerpt(reading, inner));
    else if (inner.kind === "call") {
      const callee = fieldOf(inner, "function");
      if (
        callee !== undefined &&
        NOTEBOOK_CALL.test(resolveCallee(reading, textOf(reading.text, callee)))
      )
        found.push(excerpt(reading, inner));
    }
    return undefined;
  });
  return found;
}

function excerpt(
  reading: Reading,
  node: SyntaxNode,
): { readonly line: number; readonly text: string } {
  const first = textOf(reading.text, node).split("\n")[0] ?? "";
  return {
    line: lineOf(reading, node.start),
    text: first.length > 60 ? `${first.slice(0, 57)}...` : first,
  };
}

function lineOf(reading: Reading, offset: number): number {
  return lineColumnAt(reading.starts, offset).line;
}

/** What cannot be planned soundly, with the place and what to do. Everything else is planned, if need be coarser. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { CallFact, DynamicCode, HiddenGlobal, StatementFacts } from "../python/facts.ts";
import type { NameTable } from "./names.ts";
import { cellNumber, type NotebookProgram } from "./notebook-program.ts";

const REASON: Readonly<
  Record<
    DynamicCode["kind"],
    { readonly message: string; readonly hint: string; readonly onlyWhenKept: boolean }
  >
> = {
  exec: {
    message: "runs text as code, so what it binds and changes is unknown",
    hint: "write the statements out",
    onlyWhenKept: false,
  },
  eval: {
    message: "evaluates text as code, so what it reads is unknown",
    hint: "write the expression out",
    onlyWhenKept: true,
  },
  globals: {
    message: "reaches the notebook's variables by name at run time",
    hint: "use a dictionary of your own instead of globals()",
    onlyWhenKept: false,
  },
  "star-import": {
    message: "binds names that only the library knows",
    hint: "import the names you use: from module import a, b",
    onlyWhenKept: false,
  },
  setattr: {
    message: "sets an attribute whose name is only known at run time",
    hint: "set the attribute by name: object.name = value",
    onlyWhenKept: true,
  },
  monkeypatch: {
    message: "changes a module or class for the whole process",
    hint: "wrap the function in one of your own and call that",
    onlyWhenKept: false,
  },
  "added-method": {
    message: "gives a library's class a method that depends on the notebook's data",
    hint: "pass what it reads as an argument, or write a function of your own and call that",
    onlyWhenKept: false,
  },
  "text-in-function": {
    message:
      "names a variable of the notebook in a text that a function, lambda or comprehension looks up, and there a step's variables cannot be found by name",
    hint: "give it to the function as an argument, so that the text names the argument",
    onlyWhenKept: true,
  },
  "top-level-await": {
    message: "awaits outside a function",
    hint: "wrap it in an async function and call asyncio.run",
    onlyWhenKept: true,
  },
  "get-ipython": {
    message: "talks to the notebook's kernel",
    hint: "remove it, or write the Python that it stands for",
    onlyWhenKept: true,
  },
  finalizer: {
    message: "runs when the last reference to an instance goes, which in a step is another moment",
    hint: "do it in a method that the notebook calls, or in a with statement",
    onlyWhenKept: true,
  },
  "own-place": {
    message: "means nothing in a notebook, and inside a step it would be about the step's module",
    hint: "say what it is for: paths are relative to the notebook's folder",
    onlyWhenKept: true,
  },
};

/** Kinds that are no code made at run time. */
const CODES: Readonly<Partial<Record<DynamicCode["kind"], string>>> = {
  "own-place": "own-place",
  finalizer: "finalizer",
};

/** Errors, with their places, for what no plan can carry: text run as code, calls of the kernel, writes to globals; warnings for what may be no obstacle. */
export function refusals(input: {
  readonly program: NotebookProgram;
  readonly kept: readonly StatementFacts[];
  readonly all: readonly StatementFacts[];
  readonly names: NameTable;
  /** Constants that modules of the package have, and not only the steps that use them. */
  readonly moduleConstants: ReadonlySet<string>;
}): readonly Diagnostic[] {
  const kept = new Set(input.kept);
  const bound = new Set(input.all.flatMap(({ mayWrite }) => mayWrite));
  const found: Diagnostic[] = [];
  for (const statement of input.all) {
    for (const dynamic of statement.dynamic) {
      const reason = REASON[dynamic.kind];
      if (dynamic.names?.every((name) => isOfModule(name, input)) === true) continue;
      if (dynamic.kind === "added-method" && input.names.setup.has(statement)) continue;
      if (reason.onlyWhenKept && !kept.has(statement) && !input.names.helpers.has(statement))
        continue;
      const text = input.program.facts.units[statement.unit]?.text ?? "";
      found.push({
        code: CODES[dynamic.kind] ?? "dynamic-code",
        // Most finalizers only close what is theirs: whether this one shows is for the verification to say.
        severity: dynamic.kind === "finalizer" ? "warning" : "error",
        message: `${firstLine(dynamic.text)} ${reason.message}`,
        hint: reason.hint,
        where: {
          path: input.program.notebook.path,
          cell: cellNumber(input.program, statement),
          line: lineColumnAt(lineStarts(text), dynamic.span.start).line,
        },
      });
    }
    const namespaceCall = statement.calls.find(readsNamespace);
    if (namespaceCall !== undefined && kept.has(statement) && statement.definition === undefined) {
      const text = input.program.facts.units[statement.unit]?.text ?? "";
      const { start, end } = namespaceCall.span;
      found.push({
        code: "dynamic-code",
        severity: "error",
        message: `${text.slice(start, end)} ${REASON.globals.message}`,
        hint: REASON.globals.hint,
        where: {
          path: input.program.notebook.path,
          cell: cellNumber(input.program, statement),
          line: lineColumnAt(lineStarts(text), start).line,
        },
      });
    }
    for (const hidden of kept.has(statement) ? statement.hiddenGlobals : []) {
      const { name, span } = hidden;
      if (input.names.importedNames.has(name) || input.names.helperNames.has(name)) continue;
      if (!bound.has(name)) continue;
      const text = input.program.facts.units[statement.unit]?.text ?? "";
      found.push({
        ...hiddenReason(hidden),
        severity: "error",
        where: {
          path: input.program.notebook.path,
          cell: cellNumber(input.program, statement),
          line: lineColumnAt(lineStarts(text), span.start).line,
        },
      });
    }
  }
  return found;
}

/** Whether every module that mentions the name has it, wherever in the module. */
function isOfModule(
  name: string,
  input: { readonly names: NameTable; readonly moduleConstants: ReadonlySet<string> },
): boolean {
  const { importedNames, helperNames } = input.names;
  return importedNames.has(name) || helperNames.has(name) || input.moduleConstants.has(name);
}

function hiddenReason({
  kind,
  name,
  within,
}: HiddenGlobal): Pick<Diagnostic, "code" | "message" | "hint"> {
  return kind === "global"
    ? {
        code: "global-write",
        message: `global ${name} means the notebook's variable past the ${name} of ${within}(), which a function inside a step cannot say`,
        hint: `give the ${name} of ${within}() another name`,
      }
    : {
        code: "class-body-name",
        message: `the body of class ${within} reads the notebook's variable ${name} and binds a ${name} of its own, so inside a step it would not find the first`,
        hint: `give the ${name} of ${within}, or the notebook's variable, another name`,
      };
}

/** `vars()` and `dir()` without an object are the notebook's own namespace. */
function readsNamespace(call: CallFact): boolean {
  return (
    (call.callee === "builtins.vars" || call.callee === "builtins.dir") &&
    call.arguments.length === 0
  );
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

/** Where a plan would have no step. */
export function nothingToPromote(path: string): Diagnostic {
  return {
    code: "nothing-to-promote",
    severity: "error",
    message: "the notebook has no statement that makes or changes a value",
    hint: "promote a notebook that trains a model, computes a metric or writes a file",
    where: { path },
  };
}

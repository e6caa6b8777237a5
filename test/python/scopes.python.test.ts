import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { lineColumnAt, lineStarts } from "../../src/base/text-span.ts";
import { buildScopes, type Scope, scopeOwning } from "../../src/python/scopes.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { pythonParser } from "../support/python-parser.ts";

const run = promisify(execFile);

/** Prints one line a scope: kind, name, line and how each of its names is looked up. Annotations are read in the scope around. */
const DUMP = `
import json, os, symtable, sys, sysconfig
library = sysconfig.get_paths()["stdlib"]
out = []
for name in sys.argv[1:]:
    path = os.path.join(library, name)
    text = open(path, encoding="utf-8").read()
    lines = []
    def visit(table):
        kind = table.get_type() if isinstance(table.get_type(), str) else table.get_type().value
        symbols = []
        for symbol in table.get_symbols():
            used = symbol.is_referenced() or symbol.is_local() or symbol.is_declared_global() or symbol.is_nonlocal()
            # The compiler's own names, and names that are only handed through to a scope further in.
            if symbol.get_name().startswith(".") or symbol.get_name() == "__class__" or not used:
                continue
            how = "free" if symbol.is_free() else "local" if symbol.is_local() and kind != "module" else "global"
            symbols.append(f"{symbol.get_name()}:{how}")
        label = "top" if kind == "module" else table.get_name()
        lines.append(f"{kind} {label} {table.get_lineno() if kind != 'module' else 0} " + " ".join(sorted(symbols)))
        for child in table.get_children():
            visit(child)
    visit(symtable.symtable(text, path, "exec"))
    out.append({"name": name, "text": text, "lines": sorted(lines)})
print(json.dumps(out))
`;

const MODULES = [
  "argparse.py",
  "ast.py",
  "base64.py",
  "bisect.py",
  "calendar.py",
  "cmd.py",
  "collections/__init__.py",
  "configparser.py",
  "contextlib.py",
  "copy.py",
  "csv.py",
  "datetime.py",
  "difflib.py",
  "dis.py",
  "enum.py",
  "fnmatch.py",
  "fractions.py",
  "functools.py",
  "gettext.py",
  "glob.py",
  "heapq.py",
  "inspect.py",
  "json/decoder.py",
  "logging/__init__.py",
  "mailbox.py",
  "ntpath.py",
  "optparse.py",
  "os.py",
  "pathlib.py",
  "pickle.py",
  "platform.py",
  "pprint.py",
  "queue.py",
  "random.py",
  "reprlib.py",
  "shelve.py",
  "shlex.py",
  "statistics.py",
  "string.py",
  "subprocess.py",
  "tarfile.py",
  "textwrap.py",
  "threading.py",
  "tokenize.py",
  "traceback.py",
  "types.py",
  "unittest/case.py",
  "urllib/parse.py",
  "uuid.py",
  "warnings.py",
  "weakref.py",
  "zipfile.py",
];

test("finds the same scopes and looks names up as CPython's symtable does, over the standard library", {
  timeout: 120_000,
}, async () => {
  const python = await pythonForTests();
  const { stdout } = await run(python, ["-c", DUMP, ...MODULES], { maxBuffer: 256 * 1024 * 1024 });
  const dumped = JSON.parse(stdout) as readonly {
    readonly name: string;
    readonly text: string;
    readonly lines: readonly string[];
  }[];
  const parser = await pythonParser();
  for (const { name, text, lines } of dumped) {
    const tree = parser.parse(text);
    expect({ name, problems: tree.problems }).toEqual({ name, problems: [] });
    const starts = lineStarts(text);
    const ours: string[] = [];
    const visit = (scope: Scope, owner: string | undefined): void => {
      const inner = scope.kind === "class" ? scope.name : owner;
      ours.push(describe(scope, starts, inner));
      for (const child of scope.children) visit(child, inner);
    };
    visit(buildScopes(tree).module, undefined);
    expect({ name, scopes: ours.sort() }).toEqual({ name, scopes: lines });
  }
});

/** In a class, `__name` is spelled `_Class__name` by the compiler. */
function mangle(name: string, owner: string | undefined): string {
  return owner !== undefined && name.startsWith("__") && !name.endsWith("__")
    ? `_${owner.replace(/^_+/, "")}${name}`
    : name;
}

function describe(scope: Scope, starts: readonly number[], owner: string | undefined): string {
  const symbols = [...scope.symbols.values()].map(({ name }) => {
    const found = scopeOwning(scope, name);
    const how = found.kind === "module" ? "global" : found === scope ? "local" : "free";
    return `${mangle(name, owner)}:${how}`;
  });
  const kind = scope.kind === "module" ? "module" : scope.kind === "class" ? "class" : "function";
  const line = scope.kind === "module" ? 0 : lineColumnAt(starts, scope.node.start).line;
  return `${kind} ${scope.name} ${String(line)} ${symbols.sort().join(" ")}`;
}

/** Import lines in the order that `ruff` keeps: future, standard library, installed, own; plain before `from`, sorted. */

/** One imported name. */
export interface PythonImport {
  /** With leading dots for the package's own modules. */
  readonly module: string;
  readonly member: string | undefined;
  readonly name: string;
}

const STANDARD_LIBRARY: ReadonlySet<string> = new Set([
  "__future__",
  "abc",
  "argparse",
  "array",
  "ast",
  "base64",
  "bisect",
  "calendar",
  "cmath",
  "collections",
  "contextlib",
  "copy",
  "csv",
  "dataclasses",
  "datetime",
  "decimal",
  "difflib",
  "enum",
  "fractions",
  "functools",
  "gc",
  "getpass",
  "glob",
  "gzip",
  "hashlib",
  "heapq",
  "html",
  "inspect",
  "io",
  "itertools",
  "json",
  "locale",
  "logging",
  "math",
  "numbers",
  "operator",
  "os",
  "pathlib",
  "pickle",
  "platform",
  "pprint",
  "random",
  "re",
  "secrets",
  "shutil",
  "sqlite3",
  "statistics",
  "string",
  "struct",
  "subprocess",
  "sys",
  "tempfile",
  "textwrap",
  "threading",
  "time",
  "timeit",
  "traceback",
  "types",
  "typing",
  "unicodedata",
  "urllib",
  "uuid",
  "warnings",
  "weakref",
  "xml",
  "zipfile",
  "zlib",
  "zoneinfo",
]);

/** Renders the import block, `from __future__ import annotations` included. */
export function renderImports(imports: readonly PythonImport[]): string {
  const sections: PythonImport[][] = [
    [{ module: "__future__", member: "annotations", name: "annotations" }],
    [],
    [],
    [],
  ];
  for (const item of imports) sections[sectionOf(item.module)]?.push(item);
  return sections
    .filter((section) => section.length > 0)
    .map((section) => renderSection(section).join("\n"))
    .join("\n\n");
}

function sectionOf(module: string): number {
  if (module.startsWith(".")) return 3;
  return STANDARD_LIBRARY.has(module.split(".")[0] ?? "") ? 1 : 2;
}

function renderSection(section: readonly PythonImport[]): readonly string[] {
  const plain = section
    .filter(({ member }) => member === undefined)
    .map(({ module, name }) =>
      module === name || module.startsWith(`${name}.`)
        ? `import ${module}`
        : `import ${module} as ${name}`,
    );
  const byModule = new Map<string, string[]>();
  for (const { module, member, name } of section) {
    if (member === undefined) continue;
    const shown = member === name ? member : `${member} as ${name}`;
    byModule.set(module, [...(byModule.get(module) ?? []), shown]);
  }
  const from = [...byModule]
    .toSorted(([left], [right]) => compare(left.toLowerCase(), right.toLowerCase()))
    .flatMap(([module, names]) => renderFrom(module, names));
  return [
    ...[...new Set(plain)].toSorted((left, right) =>
      compare(left.toLowerCase(), right.toLowerCase()),
    ),
    ...from,
  ];
}

function renderFrom(module: string, names: readonly string[]): readonly string[] {
  const sorted = [...new Set(names)].toSorted(
    (left, right) => kindOf(left) - kindOf(right) || compare(left, right),
  );
  const line = `from ${module} import ${sorted.join(", ")}`;
  if (line.length <= 88) return [line];
  return [`from ${module} import (`, ...sorted.map((name) => `    ${name},`), ")"];
}

/** Constants, classes, then functions and modules. */
function kindOf(name: string): number {
  if (/^[A-Z][A-Z0-9_]+(?: as |$)/u.test(name)) return 0;
  return /^[A-Z]/u.test(name) ? 1 : 2;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { loadPythonParser, type PythonParser } from "../../src/python/parse.ts";

let loaded: Promise<PythonParser> | undefined;

/** The parser for tests, loaded once per worker from the installed packages. */
export function pythonParser(): Promise<PythonParser> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<PythonParser> {
  const require = createRequire(import.meta.url);
  const [runtime, grammar] = await Promise.all([
    readFile(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
    readFile(require.resolve("tree-sitter-python/tree-sitter-python.wasm")),
  ]);
  return loadPythonParser({ runtime, grammar });
}

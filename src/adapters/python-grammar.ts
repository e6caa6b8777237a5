/** Loads the Python parser from the installed packages: its runtime and the grammar, both WebAssembly. Nothing is compiled and no Python is needed. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { loadPythonParser, type PythonParser } from "../python/parse.ts";

/** Takes some milliseconds; the wiring does it once. */
export async function openPythonParser(): Promise<PythonParser> {
  const require = createRequire(import.meta.url);
  const [runtime, grammar] = await Promise.all([
    readFile(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
    readFile(require.resolve("tree-sitter-python/tree-sitter-python.wasm")),
  ]);
  return loadPythonParser({ runtime, grammar });
}

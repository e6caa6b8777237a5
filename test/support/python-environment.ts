/** The interpreter that tests run Python with; never one that happens to be installed with packages of its own. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { preparePythonEnvironment } from "../../bin/dev/python-environment.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let prepared: Promise<string> | undefined;

/** Path of an interpreter with exactly the packages of `requirements.lock`; made on first use, kept under `.cache/`. */
export async function pythonForTests(): Promise<string> {
  prepared ??= preparePythonEnvironment({
    lockFile: join(root, "test", "support", "requirements.lock"),
    cacheFolder: join(root, ".cache"),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  return prepared;
}

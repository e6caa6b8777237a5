/** A process of its own that stores ever larger blobs until the system refuses one: `write-artifacts.ts <store>`. Prints each digest once it is acknowledged, then the code of the error. */
import { writeSync } from "node:fs";
import { openArtifactDirectory } from "../../../src/adapters/artifact-dir.ts";
import { MlopsError } from "../../../src/base/errors.ts";

const [store = ""] = process.argv.slice(2);
const artifacts = openArtifactDirectory(store);
try {
  for (let kilobytes = 1; ; kilobytes *= 2)
    writeSync(1, `${await artifacts.write(new Uint8Array(kilobytes * 1024).fill(kilobytes))}\n`);
} catch (error) {
  if (!(error instanceof MlopsError)) throw error;
  writeSync(2, error.code);
}

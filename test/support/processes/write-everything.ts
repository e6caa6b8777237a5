/** A process of its own that writes one of every kind to a registry, again and again: `write-everything.ts <path> <first> <count>`. Prints each once it is acknowledged. */
import { writeSync } from "node:fs";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { REGISTRY_WRITES } from "../registry-writes.ts";

const [path = "", first = "1", count = "1"] = process.argv.slice(2);
const registry = openRegistry(path);
for (let n = Number(first); n < Number(first) + Number(count); n += 1)
  for (const [name, { write }] of Object.entries(REGISTRY_WRITES)) {
    write(registry, n);
    writeSync(1, `${name}\n`);
  }
registry.close();

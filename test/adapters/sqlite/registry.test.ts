import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { memoryRegistry } from "../../support/memory-registry.ts";
import { checkRegistryContract } from "../../support/registry-contract.ts";

checkRegistryContract("sqlite", () => openRegistry(":memory:"));
checkRegistryContract("memory", memoryRegistry);

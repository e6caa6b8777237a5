import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { checkApprovalsContract } from "../../support/approvals-contract.ts";
import { checkLogContract } from "../../support/log-contract.ts";
import { memoryRegistry } from "../../support/memory-registry.ts";
import { checkRegistryContract } from "../../support/registry-contract.ts";

checkRegistryContract("sqlite", () => openRegistry(":memory:"));
checkRegistryContract("memory", memoryRegistry);
checkApprovalsContract("sqlite", () => openRegistry(":memory:"));
checkApprovalsContract("memory", memoryRegistry);
checkLogContract("sqlite", () => openRegistry(":memory:"));
checkLogContract("memory", memoryRegistry);

import { checkFilesContract } from "./files-contract.ts";
import { memoryFiles } from "./memory-files.ts";

checkFilesContract(async () => ({ files: memoryFiles(), release: async () => undefined }));

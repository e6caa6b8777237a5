/** What the `datasets` commands share: the project's store, the shared one, and paths as they were typed. */
import { STATE_FOLDER } from "../../../app/find-project.ts";
import { openSharedStore } from "../../../app/shared-store.ts";
import type { DatasetPorts } from "../../../app/snapshot-datasets.ts";
import type { Diagnostic } from "../../../base/diagnostic.ts";
import { ConfigError, MlopsError } from "../../../base/errors.ts";
import { sha256 } from "../../../base/hash.ts";
import type { Config } from "../../../config/schema.ts";
import type { BlobStore } from "../../../ports/blob-store.ts";
import type { Registry } from "../../../ports/registry.ts";
import type { CommandContext } from "../../context.ts";
import { fromRoot } from "../../open-project.ts";
import { openState } from "../../open-state.ts";

/** How the shared store is wanted: a command that only looks goes on without it, and says so. */
export type SharedStoreNeed = "needed" | "if-there";

/** @throws what `openSharedStore` throws, where it is needed. */
export async function openDatasets(
  context: CommandContext,
  need: SharedStoreNeed = "needed",
): Promise<{
  readonly ports: DatasetPorts & { readonly registry: Registry };
  /** That the shared store is not there. */
  readonly diagnostics: readonly Diagnostic[];
  readonly config: Config;
  /** Relative to the project root. */
  readonly fromTyped: (path: string) => string;
}> {
  const project = await context.project();
  const config = await context.config();
  const { files, artifacts, registry } = await openState(context);
  const diagnostics: Diagnostic[] = [];
  const open = async (): Promise<BlobStore | undefined> => {
    const store = await openSharedStore(config.store, files, (address) =>
      context.wiring.blobStore(address, context.environment, files.absolute(STATE_FOLDER)),
    );
    // Any question shows whether it answers.
    if (need === "if-there") await store?.has([sha256("")], context.signal);
    return store;
  };
  const shared = await open().catch((error: unknown) => {
    if (need === "needed" || !(error instanceof MlopsError) || error instanceof ConfigError)
      throw error;
    const { code, message, hint } = error;
    const found = { severity: "warning", code, message } as const;
    diagnostics.push(hint === undefined ? found : { ...found, hint });
    return undefined;
  });
  const timer = await context.wiring.clock();
  return {
    ports: { files, artifacts, shared, registry, timer, events: context.events },
    diagnostics,
    config,
    fromTyped: (path) => fromRoot(project, context.workingDirectory, path),
  };
}

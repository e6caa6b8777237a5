/** What the `datasets` commands share: the project's store, the shared one, and paths as they were typed. */
import { openSharedStore } from "../../../app/shared-store.ts";
import type { DatasetPorts } from "../../../app/snapshot-datasets.ts";
import type { Config } from "../../../config/schema.ts";
import type { CommandContext } from "../../context.ts";
import { fromRoot } from "../../open-project.ts";
import { openState } from "../../open-state.ts";

/** @throws what `openSharedStore` throws. */
export async function openDatasets(context: CommandContext): Promise<{
  readonly ports: DatasetPorts;
  readonly config: Config;
  /** Relative to the project root. */
  readonly fromTyped: (path: string) => string;
}> {
  const project = await context.project();
  const config = await context.config();
  const { files, artifacts } = await openState(context);
  const shared = await openSharedStore(config.store, files, context.wiring.artifacts);
  return {
    ports: { files, artifacts, shared, events: context.events },
    config,
    fromTyped: (path) => fromRoot(project, context.workingDirectory, path),
  };
}

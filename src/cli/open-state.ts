/** What every command does that looks at the project's state: opens the registry and finishes what a killed command left. */
import { STORE_FOLDER } from "../app/find-project.ts";
import { replayPendingWrites } from "../app/write-files.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { CommandContext } from "./context.ts";

/** The state of a project. */
export interface ProjectState {
  readonly files: Files;
  readonly registry: Registry;
  readonly artifacts: Artifacts;
}

/** @throws what `openRegistry` throws. */
export async function openState(context: CommandContext): Promise<ProjectState> {
  const { root } = await context.project();
  const files = await context.wiring.files(root);
  const registry = await context.wiring.registry(files.absolute(".mlops/registry.db"));
  await replayPendingWrites(registry, files);
  return {
    files,
    registry,
    artifacts: await context.wiring.artifacts(files.absolute(STORE_FOLDER)),
  };
}

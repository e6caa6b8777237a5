/** The shared store, for the commands that need it. */
import { STATE_FOLDER } from "../../../app/find-project.ts";
import { openSharedStore } from "../../../app/shared-store.ts";
import type { TransferPorts } from "../../../app/transfer-blobs.ts";
import { ConfigError } from "../../../base/errors.ts";
import type { Artifacts } from "../../../ports/artifacts.ts";
import type { Files } from "../../../ports/files.ts";
import type { CommandContext } from "../../context.ts";

/** @throws ConfigError `store-not-set`; what `openSharedStore` throws. */
export async function openModelStore(
  location: string | undefined,
  context: CommandContext,
  { files, artifacts }: { readonly files: Files; readonly artifacts: Artifacts },
): Promise<TransferPorts> {
  const { wiring, environment, events } = context;
  const shared = await openSharedStore(location, files, (address) =>
    wiring.blobStore(address, environment, files.absolute(STATE_FOLDER)),
  );
  if (shared === undefined)
    throw new ConfigError("No store is set, so there is nowhere to share models.", {
      code: "store-not-set",
      where: { path: ".mlopsrc.yaml" },
      hint: "in .mlopsrc.yaml: store: /mnt/team/store, s3://bucket/prefix, gs://bucket/prefix or https://…",
    });
  return { local: artifacts, shared, timer: await wiring.clock(), events };
}

/** The store that `store:` in the settings names, opened as a folder; other kinds are refused. */
import { ConfigError, EnvironmentError } from "../base/errors.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";

/**
 * `undefined` when the settings name none. The folder must be there: a drive that is not mounted must not become an empty store.
 *
 * @throws ConfigError `store-kind-unsupported`; EnvironmentError `store-unreachable`.
 */
export async function openSharedStore(
  location: string | undefined,
  files: Files,
  open: (folder: string) => Promise<Artifacts>,
): Promise<Artifacts | undefined> {
  if (location === undefined) return undefined;
  if (/^[a-z][a-z0-9+.-]*:/i.test(location) && !/^[a-z]:[\\/]/i.test(location)) {
    throw new ConfigError(`store: ${location} is no folder, and only folders can be used.`, {
      code: "store-kind-unsupported",
      where: { path: ".mlopsrc.yaml" },
      hint: "mount the bucket or share as a folder and name that folder",
    });
  }
  if ((await files.kind(location)) !== "directory") {
    throw new EnvironmentError(`The shared store ${location} is not there.`, {
      code: "store-unreachable",
      hint: `mount it, or make it: mkdir -p ${location}`,
    });
  }
  return open(files.absolute(location));
}

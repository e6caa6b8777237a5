/** The store that `store:` in the settings names, opened. */
import { EnvironmentError } from "../base/errors.ts";
import type { BlobStore, StoreAddress } from "../ports/blob-store.ts";
import type { Files } from "../ports/files.ts";
import { parseStoreAddress } from "./store-address.ts";

/**
 * `undefined` when the settings name none. A folder must be there: a drive that is not mounted must not become an empty
 * store. Whether a bucket or a server is there shows with the first question.
 *
 * @throws ConfigError `store-kind-unsupported`; EnvironmentError `store-unreachable`.
 */
export async function openSharedStore(
  location: string | undefined,
  files: Pick<Files, "kind" | "absolute">,
  open: (address: StoreAddress) => Promise<BlobStore>,
): Promise<BlobStore | undefined> {
  if (location === undefined) return undefined;
  const address = parseStoreAddress(location);
  if (address.kind !== "folder") return open(address);
  if ((await files.kind(address.path)) !== "directory") {
    throw new EnvironmentError(`The shared store ${location} is not there.`, {
      code: "store-unreachable",
      hint: `mount it, or make it: mkdir -p ${location}`,
    });
  }
  return open({ kind: "folder", path: files.absolute(address.path) });
}

/**
 * Uploads that are under way, so that another command goes on with them. Google tells the address of an upload to whoever
 * began it and to nobody else; whoever knows it may send. So it is kept for this user only, and gone when the upload is done.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface UploadSessions {
  /** The address of the upload of an object to a store; `undefined` when none is known. */
  readonly find: (object: string) => Promise<string | undefined>;
  readonly keep: (object: string, session: string) => Promise<void>;
  readonly forget: (object: string) => Promise<void>;
}

/** @param folder Made when there is something to keep. */
export function openUploadSessions(folder: string): UploadSessions {
  const pathOf = (object: string): string =>
    join(folder, createHash("sha256").update(object).digest("hex"));
  return {
    find: async (object) => {
      // Not there, or not to be read: then the upload begins anew.
      const text = await readFile(pathOf(object), "utf8").catch(() => "");
      return text === "" ? undefined : text;
    },
    keep: async (object, session) => {
      await mkdir(folder, { recursive: true });
      await writeFile(pathOf(object), session, { mode: 0o600 });
    },
    forget: (object) => rm(pathOf(object), { force: true }),
  };
}

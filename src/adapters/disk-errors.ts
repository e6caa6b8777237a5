/** What a disk refuses, said so that a person can do something about it. */
import { EnvironmentError, MlopsError } from "../base/errors.ts";

/** EFBIG: a limit on the size of files (`ulimit -f`) is a full disk to whoever writes. */
const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];

/**
 * Does the work; a full disk or a folder that may not be written becomes an error with the folder's name.
 *
 * @param unwritable The code of the latter, and which errors of the system mean it.
 * @throws EnvironmentError `disk-full`, or the code given.
 */
export async function namingDiskErrors<T>(
  folder: string,
  unwritable: { readonly code: string; readonly errors: readonly string[] },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MlopsError) throw error;
    if (FULL.includes(codeOf(error)))
      throw new EnvironmentError(`The disk that holds ${folder} is full.`, {
        code: "disk-full",
        hint: "make room (mlops clean frees what is not needed), then run the command again",
        cause: error,
      });
    if (unwritable.errors.includes(codeOf(error)))
      throw new EnvironmentError(`${folder} cannot be written.`, {
        code: unwritable.code,
        hint: "check who owns the folder",
        cause: error,
      });
    throw error;
  }
}

/** The system's code of an error, or an empty text. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

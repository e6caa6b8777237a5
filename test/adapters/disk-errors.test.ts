import { expect, test } from "vitest";
import { namingDiskErrors } from "../../src/adapters/disk-errors.ts";
import { InputError } from "../../src/base/errors.ts";

const unwritable = { code: "folder-unwritable", errors: ["EACCES", "EROFS"] };

test.each([
  ["ENOSPC", "disk-full"],
  ["EDQUOT", "disk-full"],
  ["EFBIG", "disk-full"],
  ["EROFS", "folder-unwritable"],
  ["EACCES", "folder-unwritable"],
])("%s is told as %s, with the folder and what the system said", async (system, code) => {
  const cause = Object.assign(new Error(system), { code: system });
  await expect(
    namingDiskErrors("/data", unwritable, () => Promise.reject(cause)),
  ).rejects.toMatchObject({
    code,
    exitCode: 3,
    cause,
    message: expect.stringContaining("/data") as string,
  });
});

test("passes on what is not the disk's doing", async () => {
  for (const error of [new Error("other"), new InputError("mine", { code: "file-missing" })])
    await expect(namingDiskErrors("/data", unwritable, () => Promise.reject(error))).rejects.toBe(
      error,
    );
});

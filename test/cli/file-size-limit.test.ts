import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { tempProject } from "../support/temp-project.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

test.skipIf(process.platform === "win32")(
  "a write that the system cuts off ends with the disk's name, and leaves no half file",
  async () => {
    await using project = await tempProject({ "notes.txt": "mine" });
    const line = `ulimit -f 0; exec "${process.execPath}" "${main}" init --yes`;
    const failed: unknown = await promisify(execFile)("sh", ["-c", line], {
      cwd: project.path("."),
    }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("[disk-full]") as string,
    });
    expect(await readdir(project.path("."))).toEqual(["notes.txt"]);
  },
);

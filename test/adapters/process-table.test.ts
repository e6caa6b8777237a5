import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { systemProcessTable } from "../../src/adapters/process-table.ts";

test("knows itself", () => {
  const self = systemProcessTable.self();
  expect(self.pid).toBe(process.pid);
  expect(systemProcessTable.isAlive(self)).toBe(true);
});

test.runIf(["linux", "darwin"].includes(process.platform))(
  "tells a later process of the same number apart",
  () => {
    expect(systemProcessTable.isAlive({ pid: process.pid, start: "another boot 17" })).toBe(false);
  },
);

test("goes by the number alone where the start is not known", () => {
  expect(systemProcessTable.isAlive({ pid: process.pid, start: undefined })).toBe(true);
});

test("sees that a process is gone", async () => {
  const child = spawn(process.execPath, ["-e", "0"]);
  await once(child, "exit");
  expect(systemProcessTable.isAlive({ pid: child.pid ?? 0, start: undefined })).toBe(false);
});

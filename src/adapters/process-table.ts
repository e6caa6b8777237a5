/**
 * The system's processes. Numbers are given out again, so a process is told by its number and its start: on Linux the
 * boot and the clock ticks since then, which no change of the clock touches; on macOS what `ps` says.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { ProcessTable } from "../ports/process-table.ts";

/** Of the machine that this program runs on. */
export const systemProcessTable: ProcessTable = {
  self: () => ({ pid: process.pid, start: startOf(process.pid) }),
  isAlive: ({ pid, start }) => {
    if (!isThere(pid)) return false;
    const now = start === undefined ? undefined : startOf(pid);
    return now === undefined || now === start;
  },
};

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** `undefined` when it is gone, or the system does not tell. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
      // The name, in parentheses, may hold anything; after it the fields are plain, and the start is the 22nd of all.
      const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
      return ticks === undefined ? undefined : `${boot} ${ticks}`;
    }
    if (process.platform === "darwin") {
      const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
        encoding: "utf8",
        env: { LC_ALL: "C", PATH: "/bin:/usr/bin" },
      }).trim();
      return started === "" ? undefined : started;
    }
  } catch {
    // Gone meanwhile, or not for us to see.
  }
  return undefined;
}

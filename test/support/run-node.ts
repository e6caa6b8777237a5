/** Runs a script of `processes/` in a process of its own to its end. */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface NodeRun {
  /** What it printed. */
  readonly lines: readonly string[];
  readonly complaints: string;
  /** `null` when a signal ended it. */
  readonly code: number | null;
}

/** @param fileBlocks How large a file the system lets it write, in blocks of 512 bytes; a shell of POSIX is needed for that. */
export async function runNode(
  script: string,
  parameters: readonly string[],
  fileBlocks?: number,
): Promise<NodeRun> {
  const command = [process.execPath, script, ...parameters];
  const [program = "", ...rest] =
    fileBlocks === undefined
      ? command
      : ["sh", "-c", `ulimit -f ${String(fileBlocks)}; exec "$@"`, "sh", ...command];
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
  let [out, complaints] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  await once(child, "close");
  return { lines: out.split("\n").filter((line) => line !== ""), complaints, code: child.exitCode };
}

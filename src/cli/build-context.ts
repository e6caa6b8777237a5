/** The context of one command: everything it may need, built when it is first asked for. */
import type { Project } from "../app/find-project.ts";
import type { Config } from "../config/schema.ts";
import type { CommandContext } from "./context.ts";
import { createPrompts } from "./prompts.ts";
import type { CommandLine } from "./run-command-line.ts";
import { isWatched, type Reporter } from "./terminal.ts";
import { wire } from "./wire.ts";

/** @param settings What the global options and the terminal decided. */
export function buildContext(
  line: CommandLine,
  settings: { readonly yes: boolean; readonly reporter: Reporter },
): CommandContext {
  const { workingDirectory, environment, signal } = line;
  const { yes, reporter } = settings;
  const wiring = wire(reporter);
  let foundProject: Promise<Project> | undefined;
  let readSettings: Promise<Config> | undefined;

  async function findIt(): Promise<Project> {
    const { findProject } = await import("../app/find-project.ts");
    return findProject(workingDirectory, await wiring.files(workingDirectory));
  }
  async function project(): Promise<Project> {
    return (foundProject ??= findIt());
  }
  async function readThem(): Promise<Config> {
    const { readConfig } = await import("../app/read-config.ts");
    return readConfig({ environment }, await wiring.files((await project()).root));
  }

  return {
    workingDirectory,
    environment,
    signal,
    stdin: bytesOf(line),
    events: reporter,
    prompts: createPrompts({
      isInteractive: isWatched(line.stderr, environment) && line.stdin.isTTY === true,
      yes,
      signal,
      beforeAsking: reporter.stop,
    }),
    yes,
    wiring,
    project,
    config: async () => (readSettings ??= readThem()),
  };
}

/** What is given on stdin; the stream is asked for with the first piece, and would be with the call if it were a parameter. */
async function* bytesOf(line: CommandLine): AsyncIterable<Uint8Array> {
  const pieces = line.stdin[Symbol.asyncIterator]?.();
  if (pieces === undefined) return;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    if (next.value instanceof Uint8Array) yield next.value;
  }
}

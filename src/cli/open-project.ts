/** Opens the project around the working directory: registry, store and interpreter, with what an earlier command left unfinished done first. */
import { findPython } from "../app/find-python.ts";
import type { Config } from "../config/schema.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Git } from "../ports/git.ts";
import type { Ids } from "../ports/ids.ts";
import type { Interpreters } from "../ports/interpreters.ts";
import type { ProcessTable } from "../ports/process-table.ts";
import type { ProcessRequest } from "../ports/processes.ts";
import type { Workers } from "../ports/worker.ts";
import type { CommandContext } from "./context.ts";
import { namedPython, type PythonWish } from "./named-python.ts";
import { openState, type ProjectState } from "./open-state.ts";

/** Everything a command that works on pipelines needs. */
export interface OpenProject extends ProjectState {
  /** Absolute. */
  readonly root: string;
  readonly config: Config;
  readonly workers: Workers;
  readonly interpreters: Interpreters;
  readonly processes: ProcessTable;
  readonly clock: Clock & Timer;
  readonly ids: Ids;
  readonly git: Git;
  /** Absolute path of the interpreter: the flag, else what the pipeline was promoted with, else the settings, else what is found. */
  readonly findPython: (wish: PythonWish) => Promise<string>;
}

/**
 * Makes `.mlops/`, out of git's sight, when it is not there.
 *
 * @param watch Gets git before the registry is opened, so that what it asks is answered meanwhile.
 */
export async function openProject(
  context: CommandContext,
  watch: (git: Git, root: string) => Git = (git) => git,
): Promise<OpenProject> {
  const { wiring, environment, signal } = context;
  const { root } = await context.project();
  const config = await context.config();
  const files = await wiring.files(root);
  if ((await files.kind(".mlops/.gitignore")) === "missing")
    await files.writeAtomic(".mlops/.gitignore", "*\n");
  const git = watch(await wiring.git(), files.absolute("."));
  const state = await openState(context);
  const interpreters = await wiring.interpreters(
    files.absolute(".mlops/interpreters.json"),
    environment,
  );
  return {
    ...state,
    root,
    config,
    workers: await wiring.workers(),
    interpreters,
    processes: await wiring.processTable(),
    clock: await wiring.clock(),
    ids: await wiring.ids(),
    git,
    findPython: async (wish) => {
      const named = await namedPython(wish, context, files);
      // Loaded when an interpreter must be asked, which is seldom.
      const processes = {
        run: async (request: ProcessRequest) => (await wiring.processes()).run(request),
      };
      const found = await findPython(
        { named, environment, signal },
        { files, processes, interpreters },
      );
      for (const text of found.notes) context.events.emit({ kind: "noted", text });
      return found.executable;
    },
  };
}

/** A path as typed in the working directory → the same path relative to the project root, with `/`. */
export function fromRoot(
  project: { readonly root: string },
  workingDirectory: string,
  path: string,
): string {
  const absolute = path.startsWith("/") ? path : `${workingDirectory}/${path}`;
  const parts: string[] = [];
  for (const part of absolute.replaceAll("\\", "/").split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const normal = `/${parts.join("/")}`;
  return normal.startsWith(`${project.root}/`) ? normal.slice(project.root.length + 1) : normal;
}

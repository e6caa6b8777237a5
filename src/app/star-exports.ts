/**
 * What the modules give of which a notebook imports everything (`from MODULE import *`): the project's own by their text,
 * installed ones by asking the interpreter that runs the notebook, or from a table where nothing may be run.
 */
import type { LocalModule } from "../pipeline/notebook-program.ts";
import type { StarExports } from "../pipeline/star-imports.ts";
import type { Processes } from "../ports/processes.ts";
import type { PythonParser } from "../python/parse.ts";
import { exportedNames, STANDARD_EXPORTS } from "../python/star-exports.ts";
import { StarExportsAnswer } from "./star-exports-schema.ts";

/** Asks somebody who can import them what installed modules give; modules nobody knows are left out. */
export type AskExports = (modules: readonly string[]) => Promise<StarExports>;

/** @param ask `undefined` where nothing may be run. */
export async function findStarExports(
  modules: readonly string[],
  local: readonly LocalModule[],
  { parser, ask }: { readonly parser: PythonParser; readonly ask: AskExports | undefined },
): Promise<StarExports> {
  const found = new Map<string, readonly string[]>();
  const installed: string[] = [];
  for (const module of modules) {
    const path = module.replaceAll(".", "/");
    const own = local.find((one) => one.path === `${path}.py`);
    if (own !== undefined) {
      const names = exportedNames(parser.parse(own.text));
      if (names !== undefined) found.set(module, names);
    } else if (!local.some((one) => one.path.startsWith(`${path.split("/")[0] ?? path}/`))) {
      installed.push(module);
    }
  }
  if (installed.length === 0) return found;
  const known = ask === undefined ? STANDARD_EXPORTS : await ask(installed);
  for (const module of installed) {
    const names = known.get(module);
    if (names !== undefined) found.set(module, names);
  }
  return found;
}

const TIME_LIMIT_MS = 120_000;

/** Asks an interpreter, which imports the modules in a process of its own. */
export function askingPython(
  {
    python,
    variables,
    signal,
  }: {
    readonly python: string;
    readonly variables: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal;
  },
  { processes, templates }: { readonly processes: Processes; readonly templates: string },
): AskExports {
  return async (modules) => {
    const end = await processes.run({
      command: [python, `${templates}/python/star_exports.py`, ...modules],
      directory: templates,
      environment: variables,
      timeoutMs: TIME_LIMIT_MS,
      signal,
    });
    const answer = end.kind === "exited" ? readAnswer(end.stdout) : undefined;
    return new Map(
      Object.entries(answer ?? {}).flatMap(([module, names]) =>
        names === null ? [] : [[module, names] as const],
      ),
    );
  };
}

function readAnswer(text: string): StarExportsAnswer | undefined {
  try {
    return StarExportsAnswer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The modules that come with the test interpreter and its packages, as CPython sees them. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const script = fileURLToPath(new URL("dump_scopes.py", import.meta.url));

const Dumped = z.union([
  z.object({ name: z.string(), text: z.string(), scopes: z.array(z.string()) }),
  z.object({ name: z.string(), text: z.string(), error: z.tuple([z.number(), z.string()]) }),
]);
/** One file and its scopes, or the line at which its syntax ends and why. */
export type DumpedSource = z.infer<typeof Dumped>;

/** Paths of all of them, sorted. */
export async function sourcePaths(python: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const line of linesOf(python, ["--list"], [])) paths.push(line);
  return paths;
}

/** Asks CPython about the files, one after the other. */
export async function* dumpSources(
  python: string,
  paths: readonly string[],
): AsyncGenerator<DumpedSource> {
  for await (const line of linesOf(python, [], paths)) yield Dumped.parse(JSON.parse(line));
}

async function* linesOf(
  python: string,
  given: readonly string[],
  input: readonly string[],
): AsyncGenerator<string> {
  const child = spawn(python, [script, ...given], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(input.map((line) => `${line}\n`).join(""));
  yield* createInterface({ input: child.stdout });
}

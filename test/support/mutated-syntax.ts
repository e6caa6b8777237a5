/** Pieces of Python with small mistakes in them, and CPython's word on each. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const script = fileURLToPath(new URL("mutate_syntax.py", import.meta.url));

const Mutated = z.object({ text: z.string(), line: z.number().nullable(), message: z.string() });
/** `line` is where the syntax ends; `null` where the text compiles. */
export type MutatedText = z.infer<typeof Mutated>;

/** So many of them; the same for the same seed and files. */
export async function* mutatedTexts(
  python: string,
  from: { readonly paths: readonly string[]; readonly seed: number; readonly count: number },
): AsyncGenerator<MutatedText> {
  const { paths, seed, count } = from;
  const child = spawn(python, [script, String(seed), String(count)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(paths.map((path) => `${path}\n`).join(""));
  for await (const line of createInterface({ input: child.stdout }))
    yield Mutated.parse(JSON.parse(line));
}

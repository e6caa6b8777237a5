/** The real program on a terminal of its own, with somebody who types. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { checkExit, PROGRAM, runProcess } from "./churn-project.ts";
import { pythonForTests } from "./python-environment.ts";

const DRIVER = join(dirname(fileURLToPath(import.meta.url)), "terminal.py");
/** Longest wait for all of it, seconds. */
const PATIENCE = 100;

const Session = z.strictObject({
  exit: z.number(),
  stuck: z.null(),
  unused: z.literal(0),
  /** With the escapes that move and color. */
  sent: z.string(),
  /** Without them; lines that were painted over are there, too. */
  text: z.string(),
});
export type Session = z.infer<typeof Session>;

export const UP = "\u001b[A";
export const DOWN = "\u001b[B";
export const BACKSPACE = "\u007f";
export const ENTER = "\r";
export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";

export interface TerminalOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Default 100. */
  readonly columns?: number;
}

/**
 * @param typed What to wait for, and what to type then.
 * @throws Error with all that was shown, where something waited for never came.
 */
export async function onTerminal(
  words: readonly string[],
  typed: readonly (readonly [waitFor: string, keys: string])[],
  { folder, environment = {}, columns = 100 }: TerminalOptions,
): Promise<Session> {
  const { CI: _ci, NO_COLOR: _plain, ...rest } = process.env;
  const env = { ...rest, TERM: "xterm-256color", ...environment };
  const python = await pythonForTests();
  const driver = [DRIVER, String(columns), String(PATIENCE), JSON.stringify(typed), "--"];
  const finished = await runProcess(python, [...driver, process.execPath, PROGRAM, ...words], {
    cwd: folder,
    env,
  });
  checkExit(finished, 0);
  const session = Session.safeParse(JSON.parse(finished.stdout));
  if (!session.success) throw new Error(`${session.error.message}\n${finished.stdout}`);
  return session.data;
}

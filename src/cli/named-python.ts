/** Which interpreter a command is told to take: by its flag, by what its pipeline was promoted with, by the settings. */
import { EVERY_PIPELINE, rememberedPython } from "../app/remembered-python.ts";
import type { Files } from "../ports/files.ts";
import type { CommandContext } from "./context.ts";

export interface PythonWish {
  /** What `--python` says. */
  readonly flag: string | undefined;
  /** Whose code is going to run; `undefined` when that is not known. */
  readonly pipeline: string | undefined;
}

/** `undefined` when nobody named one: then it is searched for. Says when it is not the one of the settings or of a search. */
export async function namedPython(
  { flag, pipeline }: PythonWish,
  context: Pick<CommandContext, "config" | "events">,
  files: Files,
): Promise<string | undefined> {
  if (flag !== undefined) return flag;
  const { python: setting } = await context.config();
  const usual = await rememberedPython({ pipeline: EVERY_PIPELINE, setting }, files);
  const otherwise = usual.kind === "known" ? usual.python : setting;
  if (pipeline === undefined) return otherwise;
  const remembered = await rememberedPython({ pipeline, setting }, files);
  switch (remembered.kind) {
    case "none":
      return otherwise;
    case "known": {
      const text = `Python is ${remembered.python}, which ${pipeline} was promoted with (--python names another)`;
      context.events.emit({ kind: "noted", text });
      return remembered.python;
    }
    case "gone": {
      const text = `${remembered.python}, which ${pipeline} was promoted with, is gone: another Python is taken`;
      context.events.emit({ kind: "noted", text });
      return otherwise;
    }
  }
}

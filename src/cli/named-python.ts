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
  const places = [
    ...(pipeline === undefined ? [] : [{ pipeline, whose: `which ${pipeline} was promoted with` }]),
    { pipeline: EVERY_PIPELINE, whose: "which init was told to take" },
  ];
  for (const { pipeline: place, whose } of places) {
    const remembered = await rememberedPython({ pipeline: place, setting }, files);
    if (remembered.kind === "none") continue;
    const { kind, python } = remembered;
    const text =
      kind === "known"
        ? `Python is ${python}, ${whose} (--python names another)`
        : `${python}, ${whose}, is gone: another Python is taken`;
    context.events.emit({ kind: "noted", text });
    if (kind === "known") return python;
  }
  return setting;
}

/** Dockerfiles as anybody may have written them: base images, commands, the last user. */
import { type ShellCommand, shellCommands } from "./shell-commands.ts";

/** A `FROM` line that names an image outside this file. */
export interface DockerBase {
  readonly reference: string;
  readonly line: number;
  /** `sha256:…` when it is pinned by content. */
  readonly digest: string | undefined;
}

/** A Dockerfile. */
export interface Dockerfile {
  readonly path: string;
  readonly bases: readonly DockerBase[];
  readonly commands: readonly ShellCommand[];
  /** Argument of the last USER line. */
  readonly user: string | undefined;
}

/** Reads a Dockerfile; lines it does not know are passed over. */
export function readDockerfile(path: string, text: string): Dockerfile {
  const bases: DockerBase[] = [];
  const commands: ShellCommand[] = [];
  const stages = new Set<string>();
  let user: string | undefined;
  for (const { instruction, rest, line } of instructions(text)) {
    if (instruction === "FROM") {
      const words = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
      const reference = words[0] ?? "";
      if (!stages.has(reference) && reference !== "scratch") {
        bases.push({ reference, line, digest: /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1] });
      }
      if (words[1]?.toUpperCase() === "AS" && words[2] !== undefined) stages.add(words[2]);
      user = undefined;
    } else if (instruction === "RUN")
      commands.push(...shellCommands(rest).map((command) => ({ ...command, line })));
    else if (instruction === "USER") user = rest.trim();
  }
  return { path, bases, commands, user };
}

function instructions(
  text: string,
): readonly { readonly instruction: string; readonly rest: string; readonly line: number }[] {
  const found: { instruction: string; rest: string; line: number }[] = [];
  let open: { text: string; line: number } | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (/^\s*#/.test(raw) || (open === undefined && raw.trim() === "")) continue;
    const continues = raw.trimEnd().endsWith("\\");
    const part = continues ? raw.trimEnd().slice(0, -1) : raw;
    open = {
      text: open === undefined ? part : `${open.text} ${part.trim()}`,
      line: open?.line ?? index + 1,
    };
    if (continues) continue;
    const match = /^\s*([A-Za-z]+)\s+(.*)$/.exec(open.text);
    if (match?.[1] !== undefined)
      found.push({ instruction: match[1].toUpperCase(), rest: match[2] ?? "", line: open.line });
    open = undefined;
  }
  return found;
}

/**
 * What a shell line in a notebook (`!pip install x`, `!ls | head`) means for a pipeline.
 * Nothing is ever run. A command is only dropped when it is known to print and do nothing else; what makes, moves or unpacks
 * files becomes Python; whatever is not understood is refused.
 */
import type { MagicMeaning } from "./magic.ts";
import { interpretInstall } from "./package-install.ts";
import { fetchedPaths, fetches } from "./shell-fetch.ts";
import { type FilePython, filesToPython, renderFilePython } from "./shell-files.ts";
import { onlyPrints, surelySucceeds } from "./shell-prints.ts";
import { leftOutReason } from "./shell-surroundings.ts";
import { type ShellCommand, splitCommands } from "./shell-words.ts";

/** What a line means, and the Python that takes its place. */
export interface ShellReading {
  /** One at least; a refusal stands alone. */
  readonly meanings: readonly [MagicMeaning, ...MagicMeaning[]];
  /** One line; `undefined` when nothing is left to do. */
  readonly python: string | undefined;
}

/** Meaning of one shell line, without its `!`. */
export function interpretShell(line: string): ShellReading {
  const commands = splitCommands(line);
  if (commands === undefined) return refused(refuseUnknown(line));
  return readCommands(commands);
}

/** Meaning of a `%%bash` cell, and Python of as many lines: every line must be understood on its own. */
export function interpretShellScript(body: string): ShellReading {
  const joined = body.replaceAll("\\\n", " \0");
  const meanings: MagicMeaning[] = [];
  const all: ShellCommand[] = [];
  const lines: string[] = [];
  for (const line of joined.split("\n")) {
    const commands = /^\s*(?:#|$)/.test(line) ? [] : splitCommands(line.replaceAll("\0", " "));
    if (commands === undefined) return refused(refuseUnknown(line.replaceAll("\0", " ")));
    all.push(...commands);
    const reading = readCommands(commands);
    meanings.push(...reading.meanings);
    lines.push((reading.python ?? "") + line.replaceAll(/[^\0]/g, "").replaceAll("\0", "\n"));
  }
  const moved = movedFolder(all);
  const stop = meanings.find(({ kind }) => kind === "refuse") ?? moved;
  if (stop !== undefined) return refused(stop);
  return {
    meanings: joinMeanings(meanings),
    python: lines.every((line) => line.trim() === "") ? undefined : lines.join("\n"),
  };
}

type CommandMeaning = MagicMeaning | { readonly kind: "files"; readonly files: FilePython };

function readCommands(commands: readonly ShellCommand[]): ShellReading {
  const moved = movedFolder(commands);
  if (moved !== undefined) return refused(moved);
  const meanings: MagicMeaning[] = [];
  const files: FilePython[] = [];
  for (const [at, command] of commands.entries()) {
    const meaning = interpretCommand(command);
    if (meaning.kind === "refuse") return refused(meaning);
    if (meaning.kind !== "files") {
      meanings.push(meaning);
      continue;
    }
    const before = commands[at - 1];
    if (before !== undefined && dependsOn(command, before))
      return refused(refuseCondition(command));
    if (commands[at + 1]?.after === "|") return refused(refuseCondition(command));
    files.push(meaning.files);
  }
  if (files.length === 0) return { meanings: joinMeanings(meanings), python: undefined };
  const others = meanings.filter(({ kind }) => kind !== "drop");
  return {
    meanings: [{ kind: "python" }, ...joinMeanings(others).filter(({ kind }) => kind !== "drop")],
    python: renderFilePython(files),
  };
}

/** A folder or variable that later commands see, beside commands that do more than print. */
function movedFolder(commands: readonly ShellCommand[]): MagicMeaning | undefined {
  const moving = commands.find(({ words }) => /^(?:cd|export|set|source)$/.test(words[0] ?? ""));
  if (moving === undefined) return undefined;
  const acts = commands.find((one) => one.output !== undefined || !onlyPrints(one.words));
  return acts === undefined ? undefined : refuseUnknown([moving, acts].map(asText).join(" … "));
}

/** Whether a command runs only where another one succeeded or failed, and which of them is not known. */
function dependsOn(command: ShellCommand, before: ShellCommand): boolean {
  if (command.after === ";") return false;
  if (command.after !== "&&") return true;
  return onlyPrints(before.words) && !surelySucceeds(before.words);
}

function interpretCommand(command: ShellCommand): CommandMeaning {
  const words = command.words[0] === "sudo" ? command.words.slice(1) : command.words;
  const paths = fetchedPaths({ ...command, words });
  if (paths !== undefined) return { kind: "fetch", paths, ...FETCHES };
  if (fetches(words) && !onlyPrints(words)) return { kind: "refuse", ...FETCHES };
  if (command.output !== undefined) return refuseUnknown(asText(command));
  const install = interpretInstall(words);
  if (install !== undefined) return install;
  const leftOut = leftOutReason(words);
  if (leftOut !== undefined) return { kind: "left-out", reason: leftOut };
  if (onlyPrints(words)) return { kind: "drop" };
  const files = filesToPython(words);
  if (files !== undefined) return { kind: "files", files };
  const instead = INSTEAD.find(({ commands }) => commands.includes(words[0] ?? ""));
  if (instead !== undefined) return { kind: "refuse", reason: instead.reason, hint: instead.hint };
  return refuseUnknown(asText(command));
}

/** Requirements in one, each other meaning once; what is dropped is only said where nothing else is. */
function joinMeanings(meanings: readonly MagicMeaning[]): ShellReading["meanings"] {
  const requirements = meanings.flatMap((one) =>
    one.kind === "requirement" ? one.requirements : [],
  );
  const paths = meanings.flatMap((one) => (one.kind === "fetch" ? one.paths : []));
  const reasons = new Set(meanings.flatMap((one) => (one.kind === "left-out" ? [one.reason] : [])));
  const found: MagicMeaning[] = [
    ...(meanings.some(({ kind }) => kind === "python") ? [{ kind: "python" } as const] : []),
    ...(requirements.length === 0 ? [] : [{ kind: "requirement", requirements } as const]),
    ...(paths.length === 0 ? [] : [{ kind: "fetch", paths, ...FETCHES } as const]),
    ...[...reasons].map((reason) => ({ kind: "left-out", reason }) as const),
  ];
  const [first, ...others] = found;
  return first === undefined ? [{ kind: "drop" }] : [first, ...others];
}

function refused(meaning: MagicMeaning): ShellReading {
  return { meanings: [meaning], python: undefined };
}

function asText({ words, output }: ShellCommand): string {
  return [...words, ...(output === undefined ? [] : [">", output])].join(" ");
}

const FETCHES = {
  reason: "it fetches something, which a pipeline must do in Python or have as declared data",
  hint: 'keep what it fetches beside the notebook, or read the URL in Python: pd.read_csv("https://…")',
};

/** What to write instead of the commands that notebooks use most. */
const INSTEAD: readonly {
  readonly commands: readonly string[];
  readonly reason: string;
  readonly hint: string;
}[] = [
  {
    commands: ["unzip", "tar", "gunzip", "gzip", "7z", "zip"],
    reason: "it packs or unpacks files whose names or options are not known here",
    hint: 'write it in Python: import shutil; shutil.unpack_archive("data.zip", "data")',
  },
  {
    commands: ["mkdir"],
    reason: "it makes a folder whose name is not known here",
    hint: 'write it in Python: import os; os.makedirs("folder", exist_ok=True)',
  },
  {
    commands: ["rm", "rmdir", "mv", "cp", "touch", "ln", "chmod", "sed"],
    reason: "it changes files whose names are not known here",
    hint: "write it in Python with shutil or pathlib, so that the order of reads and writes is known",
  },
  {
    commands: ["python", "python3", "Rscript", "bash", "sh", "make"],
    reason: "it runs another program, whose files and values are not known",
    hint: "import the script as a module and call its functions",
  },
  {
    commands: ["git"],
    reason: "it changes a git checkout",
    hint: "make the checkout before the notebook runs, and delete this line",
  },
];

function refuseCondition(command: ShellCommand): MagicMeaning {
  return {
    kind: "refuse",
    reason: `whether "${asText(command)}" runs depends on what another command of the line does`,
    hint: "write it in Python, with an if where it depends on something",
  };
}

function refuseUnknown(line: string): MagicMeaning {
  if (/\binstall\b.*[\w\]][<>]=?\d/.test(line)) {
    return {
      kind: "refuse",
      reason:
        "the shell takes < and > as redirection to a file, so the version limit is not what it seems",
      hint: 'put quotes around the requirement: pip install "pandas>=2.2"',
    };
  }
  return {
    kind: "refuse",
    reason: `the shell command "${line.trim()}" may change files or values in ways that are not known`,
    hint: "write it in Python, or delete the line if nothing depends on it",
  };
}

/**
 * What a shell line in a notebook (`!pip install x`, `!ls | head`) means for a pipeline.
 * Nothing is ever run. A command is only dropped when it is known to print and do nothing else;
 * whatever is not understood is refused.
 */
import type { MagicMeaning } from "./magic.ts";
import { interpretInstall } from "./package-install.ts";

/** Meaning of one shell line, without its `!`. */
export function interpretShell(line: string): MagicMeaning {
  const commands = splitCommands(line);
  if (commands === undefined) return refuseUnknown(line);
  const requirements: string[] = [];
  for (const words of commands) {
    const meaning = interpretCommand(words, commands.length);
    if (meaning.kind === "refuse") return meaning;
    if (meaning.kind === "requirement") requirements.push(...meaning.requirements);
  }
  return requirements.length === 0 ? { kind: "drop" } : { kind: "requirement", requirements };
}

/** Meaning of a `%%bash` cell: every line must be understood on its own. */
export function interpretShellScript(body: string): MagicMeaning {
  const requirements: string[] = [];
  for (const line of body.replaceAll("\\\n", " ").split("\n")) {
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    const meaning = interpretShell(line);
    if (meaning.kind === "refuse") return meaning;
    if (meaning.kind === "requirement") requirements.push(...meaning.requirements);
  }
  return requirements.length === 0 ? { kind: "drop" } : { kind: "requirement", requirements };
}

/**
 * Folders that a line makes and nothing else (`mkdir -p data/raw models`); `undefined` for any other line.
 * Without `-p` a folder in another one is not among them: the shell makes it only where that one exists.
 */
export function foldersToMake(line: string): readonly string[] | undefined {
  const [words, ...others] = splitCommands(line) ?? [];
  if (words?.[0] !== "mkdir" || others.length > 0) return undefined;
  const folders = words.slice(1).filter((word) => word !== "-p");
  const isMade = words.includes("-p") ? /^[\w./ ][\w./ -]*$/ : /^[\w. ][\w. -]*\/?$/;
  return folders.length > 0 && folders.every((folder) => isMade.test(folder)) ? folders : undefined;
}

/** Commands that print something and change nothing, whatever their arguments are. Options that would write are not among them. */
const ONLY_PRINTS: ReadonlySet<string> = new Set([
  "cat", "cd", "clear", "df", "du", "echo", "egrep", "export", "free", "grep", "head", "ls", "lscpu",
  "nproc", "printenv", "ps", "pwd", "tail", "uname", "wc", "which", "whoami",
]); // biome-ignore format: a list of words reads best in lines. `cd` and `export` end with their own shell.

/** Commands that only print when they are given exactly these arguments. */
const ONLY_PRINTS_WITH: Readonly<Record<string, RegExp>> = {
  date: /^(\+\S+)?$/,
  git: /^(status|log|rev-parse|describe|--version)( (?!--output)\S+)*$/,
  hostname: /^$/,
  jupyter: /^(--version|kernelspec list)$/,
  "nvidia-smi": /^(-L)?$/,
  python: /^(-V|--version)$/,
  python3: /^(-V|--version)$/,
};

/** What to write instead of the commands that notebooks use most. */
const INSTEAD: readonly {
  readonly commands: readonly string[];
  readonly reason: string;
  readonly hint: string;
}[] = [
  {
    commands: ["wget", "curl", "gdown", "kaggle", "aws", "gsutil"],
    reason: "it fetches a file, which a pipeline must do in Python or have as declared data",
    hint: 'keep the file beside the notebook and delete this line, or read the URL in Python: pd.read_csv("https://…")',
  },
  {
    commands: ["unzip", "tar", "gunzip", "7z"],
    reason: "it unpacks files",
    hint: 'write it in Python: import shutil; shutil.unpack_archive("data.zip", "data")',
  },
  {
    commands: ["mkdir"],
    reason: "it makes a folder",
    hint: 'write it in Python: import os; os.makedirs("folder", exist_ok=True)',
  },
  {
    commands: ["rm", "rmdir", "mv", "cp", "touch", "ln", "chmod", "sed"],
    reason: "it changes files",
    hint: "write it in Python with shutil or pathlib, so that the order of reads and writes is known",
  },
  {
    commands: ["python", "python3", "Rscript", "bash", "sh", "make"],
    reason: "it runs another program, whose files and values are not known",
    hint: "import the script as a module and call its functions",
  },
  {
    commands: ["apt", "apt-get", "yum", "brew", "apk", "dnf"],
    reason: "it installs system packages, which a Python pipeline cannot name",
    hint: "delete the line and install the package in the image that runs the pipeline",
  },
  {
    commands: ["git"],
    reason: "it changes a git checkout",
    hint: "make the checkout before the notebook runs, and delete this line",
  },
];

function interpretCommand(words: readonly string[], commandCount: number): MagicMeaning {
  const [command = "", ...rest] = words;
  if ((command === "cd" || command === "export") && commandCount > 1)
    return refuseUnknown(words.join(" "));
  const install = interpretInstall(words);
  if (install !== undefined) return install;
  if (ONLY_PRINTS.has(command)) return { kind: "drop" };
  if (ONLY_PRINTS_WITH[command]?.test(rest.join(" ")) === true) return { kind: "drop" };
  const instead = INSTEAD.find(({ commands }) => commands.includes(command));
  if (instead !== undefined) return { kind: "refuse", reason: instead.reason, hint: instead.hint };
  return refuseUnknown(words.join(" "));
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

const QUIET_REDIRECT = /^(?:[12&]?>{1,2}\s*\/dev\/null|2>&1)/;

/**
 * Splits at `;`, `&&`, `||` and `|` into commands of words, quotes removed.
 * `undefined` when the line has anything else: substitution, redirection to a file, background jobs, an expression in braces that calls something.
 */
function splitCommands(line: string): readonly (readonly string[])[] | undefined {
  const commands: string[][] = [[]];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const redirect =
      word === undefined || /^[&>]/.test(character) ? QUIET_REDIRECT.exec(line.slice(at)) : null;
    if (redirect !== null) {
      endWord();
      at += redirect[0].length - 1;
    } else if (character === "'" || character === '"') {
      const end = line.indexOf(character, at + 1);
      if (end === -1) return undefined;
      const quoted = line.slice(at + 1, end);
      if (hasSubstitution(quoted) || quoted.includes("\\")) return undefined;
      word = (word ?? "") + quoted;
      at = end;
    } else if (/\s/.test(character)) {
      endWord();
    } else if (character === "#" && word === undefined) {
      break;
    } else if (character === ";" || character === "|" || line.startsWith("&&", at)) {
      endWord();
      if (line.startsWith("||", at) || character === "&") at += 1;
      commands.push([]);
    } else if (/[<>&`\\()]/.test(character)) {
      return undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  endWord();
  const filled = commands.filter((words) => words.length > 0);
  return hasSubstitution(line) ? undefined : filled;
}

/** Command substitution by the shell, or by IPython an expression in braces that could do more than name a value. */
function hasSubstitution(text: string): boolean {
  return /`|\$\(|\{[^}]*\(/.test(text);
}

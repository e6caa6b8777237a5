/**
 * Reads `pip install …` and its relatives (conda, mamba, uv, `python -m pip`) as requirements.
 * Invariant: every requirement returned is a valid line of a pip requirements file.
 * @see https://pip.pypa.io/en/stable/cli/pip_install/ and https://docs.conda.io/projects/conda/en/stable/commands/install.html for the options.
 */
import type { MagicMeaning } from "./magic.ts";

/** Meaning of a package manager's command line, `undefined` when the words are no package manager's. */
export function interpretInstall(words: readonly string[]): MagicMeaning | undefined {
  const found = packageManager(words);
  if (found === undefined) return undefined;
  // Options before the subcommand are those of pip itself, such as `-q`.
  const at = found.words.findIndex((word) => !/^-[qv]+$/.test(word));
  const [subcommand = "", ...rest] = at === -1 ? [] : found.words.slice(at);
  if (ONLY_PRINTS.has(subcommand)) return { kind: "drop" };
  if (subcommand === "uninstall" && found.manager !== "conda") {
    const reason = "a pipeline removes no packages: its environment is the one it is given";
    return { kind: "left-out", reason };
  }
  if (subcommand !== "install" && !(found.manager === "uv" && subcommand === "add")) {
    return {
      kind: "refuse",
      reason: `it changes the environment by "${found.manager} ${subcommand}", which a list of requirements cannot say`,
      hint: "delete the line; the pipeline's environment is made from what the notebook imports",
    };
  }
  return found.manager === "conda" ? readCondaInstall(rest) : readPipInstall(rest);
}

const ONLY_PRINTS: ReadonlySet<string> = new Set([
  "", "list", "show", "freeze", "check", "info", "search", "--version", "-V", "--help", "-h", "help", "debug",
]); // biome-ignore format: a list of words reads best in lines.

interface PackageManager {
  readonly manager: "pip" | "conda" | "uv";
  readonly words: readonly string[];
}

const PYTHON = /^(?:.*[/\\])?(?:python|python[\d.]+|py)$|^\{?sys\.executable\}?$/;

function packageManager(words: readonly string[]): PackageManager | undefined {
  const [first = "", second = "", third = ""] = words;
  if (first === "sudo" || first === "yes") return packageManager(words.slice(1));
  if (/^(?:.*\/)?pip[\d.]*$/.test(first)) return { manager: "pip", words: words.slice(1) };
  if (PYTHON.test(first) && second === "-m" && /^pip$/.test(third))
    return { manager: "pip", words: words.slice(3) };
  if (first === "uv" && second === "pip") return { manager: "uv", words: words.slice(2) };
  if (first === "uv" && second === "add") return { manager: "uv", words: words.slice(1) };
  if (/^(?:conda|mamba|micromamba)$/.test(first))
    return { manager: "conda", words: words.slice(1) };
  return undefined;
}

/** Options of pip that take the next word, and mean something to an install elsewhere. */
const PIP_KEPT: ReadonlySet<string> = new Set([
  "-r", "--requirement", "-c", "--constraint", "-e", "--editable",
  "-i", "--index-url", "--extra-index-url", "-f", "--find-links",
]); // biome-ignore format: one line for files, one for places.

/** Options of pip that take the next word, which only matters to this one install. */
const PIP_SKIPPED: ReadonlySet<string> = new Set([
  "--timeout", "--retries", "--progress-bar", "--cache-dir", "--log", "--proxy", "--cert", "--trusted-host",
  "--upgrade-strategy", "--root-user-action", "--exists-action", "--python",
]); // biome-ignore format: a list of words reads best in lines.

function readPipInstall(words: readonly string[]): MagicMeaning {
  const requirements: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const [option, attached] = word.startsWith("--") ? splitOnce(word, "=") : [word];
    if (/[{}$]/.test(word)) return refuseComputed(word);
    if (/\/\/[^/@]*:[^/@]*@/.test(word)) return refuseCredentials();
    if (PIP_KEPT.has(option)) {
      const value = attached ?? words[++index] ?? "";
      if (/\/\/[^/@]*:[^/@]*@/.test(value)) return refuseCredentials();
      if (value === "" || /[{}$]/.test(value)) return refuseComputed(word);
      requirements.push(`${option} ${value}`);
    } else if (PIP_SKIPPED.has(option)) {
      if (attached === undefined) index += 1;
    } else if (/^(?:-t|--target|--prefix|--root)$/.test(option)) {
      return {
        kind: "refuse",
        reason: `it installs to a place of its own (${option})`,
        hint: "install into the notebook's environment instead, and delete this option",
      };
    } else if (!word.startsWith("-")) {
      requirements.push(word);
    }
  }
  return { kind: "requirement", requirements };
}

function readCondaInstall(words: readonly string[]): MagicMeaning {
  const requirements: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (/[{}$]/.test(word)) return refuseComputed(word);
    if (/^(?:-n|--name|-p|--prefix|--file)(?:=|$)/.test(word)) {
      return {
        kind: "refuse",
        reason: `what "${word}" installs, or where, cannot be said as a requirement`,
        hint: "name the packages here, or delete the line",
      };
    }
    if (word === "-c" || word === "--channel") index += 1;
    else if (!word.startsWith("-")) requirements.push(condaToPip(word));
  }
  return { kind: "requirement", requirements };
}

/** conda's `name=1.2` means 1.2.anything; its channel prefix (`conda-forge::name`) has no counterpart. */
function condaToPip(spec: string): string {
  const name = spec.slice(spec.lastIndexOf(":") + 1);
  const fuzzy = /^([\w.-]+)=([\d.]+)(?:=[\w.]+)?$/.exec(name);
  return fuzzy === null ? name : `${fuzzy[1] ?? ""}==${fuzzy[2] ?? ""}.*`;
}

function refuseComputed(word: string): MagicMeaning {
  return {
    kind: "refuse",
    reason: `what "${word}" stands for is only known when the notebook runs`,
    hint: "write the package and its version out",
  };
}

function refuseCredentials(): MagicMeaning {
  return {
    kind: "refuse",
    reason:
      "the address has a user name or password in it, which must not get into generated files",
    hint: "put the credentials into pip's configuration or the environment, and the bare address here",
  };
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

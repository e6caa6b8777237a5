/**
 * Shell commands that fetch something → the files or folders that they would leave.
 * Fetching itself is nothing that a pipeline repeats: what a server gives today it may not give tomorrow. Where everything
 * that a command fetches is beside the notebook already, it is data like any other; that is decided where files can be looked at.
 */
import { isPlainPath, type ShellCommand } from "./shell-words.ts";

/** Paths that a command fetches, relative to the working directory; `undefined` when it is none that fetches, or which paths cannot be told. */
export function fetchedPaths({ words, output }: ShellCommand): readonly string[] | undefined {
  const found = fetched(words[0] ?? "", words.slice(1), output);
  return found?.every(isPlainPath) === true ? found : undefined;
}

/** Whether the command fetches, so that not knowing its files is the reason for a refusal. */
export function fetches(words: readonly string[]): boolean {
  const [command = "", second = ""] = words;
  return (
    /^(?:wget|curl|gdown|kaggle|aws|gsutil|gcloud|azcopy|axel|aria2c|huggingface-cli)$/.test(
      command,
    ) ||
    (command === "git" && /^(?:clone|pull|fetch|submodule)$/.test(second)) ||
    (command === "git" && second === "lfs" && words[2] !== "install")
  );
}

function fetched(
  command: string,
  words: readonly string[],
  output: string | undefined,
): readonly string[] | undefined {
  switch (command) {
    case "wget":
      return output === undefined ? wget(words) : undefined;
    case "curl":
      return curl(words, output);
    case "gdown":
      return named(words, /^(?:-O|--output)$/);
    case "git":
      return words[0] === "clone" ? clone(words.slice(1)) : undefined;
    case "aws":
      return words[0] === "s3" && words[1] === "cp"
        ? copied(words.slice(2), /^s3:\/\//)
        : undefined;
    case "gsutil":
      return words.includes("cp")
        ? copied(words.slice(words.indexOf("cp") + 1), /^gs:\/\//)
        : undefined;
    default:
      return undefined;
  }
}

const WGET_WITH_VALUE =
  /^(?:-O|-P|-o|-t|-T|-U|--output-document|--directory-prefix|--header|--user-agent|--tries|--timeout)$/;

function wget(words: readonly string[]): readonly string[] | undefined {
  const { options, others } = readOptions(words, WGET_WITH_VALUE);
  // Whole sites, and lists of addresses in a file.
  if (words.some((word) => /^(?:-[a-zA-Z]*[rmi]|--recursive|--mirror|--input-file.*)$/.test(word)))
    return undefined;
  const output = options.get("-O") ?? options.get("--output-document");
  if (output !== undefined) return output === "-" ? undefined : [output];
  const folder = options.get("-P") ?? options.get("--directory-prefix");
  const names = others.map(nameInUrl);
  if (names.length === 0 || names.includes(undefined)) return undefined;
  return names.map((name) => (folder === undefined ? (name ?? "") : `${folder}/${name ?? ""}`));
}

const CURL_WITH_VALUE =
  /^(?:-o|--output|-H|--header|-A|--user-agent|-e|--referer|-m|--max-time|--retry|--connect-timeout)$/;

function curl(words: readonly string[], output: string | undefined): readonly string[] | undefined {
  // What is sent makes it something else than a download.
  if (words.some((word) => /^(?:-X|--request|-d|--data.*|-F|--form|-T|--upload-file)$/.test(word)))
    return undefined;
  const separate = words.flatMap((word) =>
    /^-[A-Za-z]+[oO]$/.test(word) ? [`-${word.slice(-1)}`] : [word],
  );
  const { options, others } = readOptions(separate, CURL_WITH_VALUE);
  const target = output ?? options.get("-o") ?? options.get("--output");
  if (target !== undefined) return others.length === 1 ? [target] : undefined;
  if (!separate.includes("-O") && !separate.includes("--remote-name")) return undefined;
  const names = others.map(nameInUrl);
  return names.length === 0 || names.includes(undefined)
    ? undefined
    : names.map((name) => name ?? "");
}

function clone(words: readonly string[]): readonly string[] | undefined {
  const { others } = readOptions(words, /^(?:--depth|-b|--branch|-o|--origin|-c|--config)$/);
  const [url = "", folder, ...more] = others;
  if (more.length > 0) return undefined;
  const name = nameInUrl(url)?.replace(/\.git$/, "");
  const path = folder ?? name;
  return path === undefined || path === "" ? undefined : [path];
}

/** `cp FROM TO`: a `TO` that is a folder gets the name that `FROM` has. */
function copied(words: readonly string[], remote: RegExp): readonly string[] | undefined {
  const [from = "", to = "", ...more] = words.filter((word) => !word.startsWith("-"));
  if (more.length > 0 || !remote.test(from) || remote.test(to) || to === "") return undefined;
  if (words.some((word) => /^(?:-r|--recursive)$/.test(word))) return undefined;
  const name = from.slice(from.lastIndexOf("/") + 1);
  return /^\.?\.?$|\/\.{0,2}$/.test(to) ? [`${to.replace(/\/$/, "")}/${name}`] : [to];
}

function named(words: readonly string[], option: RegExp): readonly string[] | undefined {
  const at = words.findIndex((word) => option.test(word));
  const value = at === -1 ? undefined : words[at + 1];
  return value === undefined ? undefined : [value];
}

function readOptions(
  words: readonly string[],
  withValue: RegExp,
): { readonly options: ReadonlyMap<string, string>; readonly others: readonly string[] } {
  const options = new Map<string, string>();
  const others: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const [name = "", attached] = word.startsWith("--") ? word.split("=", 2) : [word];
    if (withValue.test(name)) options.set(name, attached ?? words[++at] ?? "");
    else if (!word.startsWith("-")) others.push(word);
  }
  return { options, others };
}

/** The name that a fetched address is kept under; `undefined` where it has none, or one that the query is part of. */
function nameInUrl(url: string): string | undefined {
  if (url.includes("?") || url.includes("{") || url.includes("$")) return undefined;
  const path = url.replace(/^[a-z+]+:\/\//i, "").replace(/[#].*$/, "");
  const at = path.lastIndexOf("/");
  const name = path.slice(at + 1);
  return at === -1 || name === "" ? undefined : name;
}

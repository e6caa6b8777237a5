/**
 * Shell commands that make, move and unpack files → Python that does the same with the same files.
 * Only where every path is written out and the options are known: patterns, variables and whole folders copied are not among
 * it. What a command would only complain about (a file that is not there) raises in Python, so that the difference shows.
 */
import { isPlainPath } from "./shell-words.ts";

/** Python for one command: modules it needs, and one expression each. */
export interface FilePython {
  readonly modules: readonly string[];
  readonly expressions: readonly string[];
}

/** `undefined` for any command, option or path that is not known to have Python of the same meaning. */
export function filesToPython(words: readonly string[]): FilePython | undefined {
  const [command = "", ...rest] = words;
  switch (command) {
    case "mkdir":
      return makeFolders(rest);
    case "touch":
      return each(rest, "", ["pathlib"], (path) => `pathlib.Path(${quote(path)}).touch()`);
    case "rm":
      return removeFiles(rest);
    case "cp":
      return toTarget(rest, "fpv", "shutil.copy");
    case "mv":
      return toTarget(rest, "fv", "shutil.move");
    case "unzip":
      return unzip(rest);
    case "tar":
      return unpackTar(rest);
    case "gunzip":
      return unpackGzip(rest);
    case "gzip":
      return rest.some((word) => /^-[a-z]*d/.test(word)) || rest.includes("--decompress")
        ? unpackGzip(rest)
        : undefined;
    default:
      return undefined;
  }
}

/** One line of Python; it ends in a semicolon because a shell line has no value that the notebook would show. */
export function renderFilePython(parts: readonly FilePython[]): string {
  const modules = [...new Set(parts.flatMap((part) => part.modules))].sort();
  return `import ${modules.join(", ")}; ${parts.flatMap((part) => part.expressions).join("; ")};`;
}

function quote(path: string): string {
  return JSON.stringify(path);
}

/** Options and the other words; `undefined` when an option has a letter that is not among those known. */
function splitOptions(
  words: readonly string[],
  letters: string,
): { readonly options: ReadonlySet<string>; readonly paths: readonly string[] } | undefined {
  const options = new Set<string>();
  const paths: string[] = [];
  for (const word of words) {
    if (!word.startsWith("-")) paths.push(word);
    else if (word.startsWith("--") || word === "-") return undefined;
    else for (const letter of word.slice(1)) options.add(letter);
  }
  if ([...options].some((letter) => !letters.includes(letter))) return undefined;
  return paths.length > 0 && paths.every(isPlainPath) ? { options, paths } : undefined;
}

function each(
  words: readonly string[],
  letters: string,
  modules: readonly string[],
  render: (path: string) => string,
): FilePython | undefined {
  const read = splitOptions(words, letters);
  return read === undefined ? undefined : { modules, expressions: read.paths.map(render) };
}

/**
 * A folder that is there is no failure: the shell only prints that it is, and the notebook goes on.
 * Without `-p` a folder in another one is not among them: the shell makes it only where that one exists.
 */
function makeFolders(words: readonly string[]): FilePython | undefined {
  const read = splitOptions(words, "pv");
  if (read === undefined) return undefined;
  const isDeep = read.paths.some((path) => /[^./][^/]*\/+[^/]/.test(path) || path.startsWith("/"));
  if (isDeep && !read.options.has("p")) return undefined;
  return {
    modules: ["os"],
    expressions: read.paths.map((path) => `os.makedirs(${quote(path)}, exist_ok=True)`),
  };
}

function removeFiles(words: readonly string[]): FilePython | undefined {
  const read = splitOptions(words, "fvrR");
  // Somebody's whole folder, or what is not below it, is nothing that a pipeline should remove.
  if (read === undefined || !read.paths.every(isBelow)) return undefined;
  const unlink = (path: string): string => `pathlib.Path(${quote(path)}).unlink(missing_ok=True)`;
  if (!read.options.has("r") && !read.options.has("R"))
    return { modules: ["pathlib"], expressions: read.paths.map(unlink) };
  return {
    modules: ["os", "pathlib", "shutil"],
    expressions: read.paths.map(
      (path) =>
        `shutil.rmtree(${quote(path)}) if os.path.isdir(${quote(path)}) else ${unlink(path)}`,
    ),
  };
}

/** Whether a path names something below the folder that it is taken from. */
function isBelow(path: string): boolean {
  return !path.startsWith("/") && !path.split("/").includes("..") && !/^[./]*$/.test(path);
}

/** Several files go only into a folder, which has to be there: a slash behind its name makes Python ask for that, too. */
function toTarget(words: readonly string[], letters: string, call: string): FilePython | undefined {
  const read = splitOptions(words, letters);
  const target = read?.paths.at(-1);
  const sources = read?.paths.slice(0, -1) ?? [];
  if (target === undefined || sources.length === 0) return undefined;
  const into = sources.length === 1 || target.endsWith("/") ? target : `${target}/`;
  return {
    modules: ["shutil"],
    expressions: sources.map((source) => `${call}(${quote(source)}, ${quote(into)})`),
  };
}

/** Without `-o` it would ask a person before it writes over a file, which nobody can answer in a notebook. */
function unzip(words: readonly string[]): FilePython | undefined {
  const into = valueOf(words, "-d");
  const read = splitOptions(into.rest, "oq");
  const [archive, ...members] = read?.paths ?? [];
  if (archive === undefined || members.length > 0 || into.isBroken) return undefined;
  return unpack(archive, into.value, archive.endsWith(".zip") ? undefined : "zip");
}

const TAR_NAMES = /\.(?:tar|tar\.gz|tgz|tar\.bz2|tbz2|tar\.xz|txz)$/;

function unpackTar(words: readonly string[]): FilePython | undefined {
  const into = valueOf(words, "-C");
  const [first = "", ...others] = into.rest;
  // The first word is options with or without a dash, and its last letter takes the file.
  const rest = first.startsWith("-") ? into.rest : [`-${first}`, ...others];
  const read = splitOptions(rest, "xzjJvfp");
  const [archive, ...members] = read?.paths ?? [];
  const isWhole = read?.options.has("x") === true && read.options.has("f") && members.length === 0;
  if (archive === undefined || !isWhole || into.isBroken) return undefined;
  return TAR_NAMES.test(archive) ? unpack(archive, into.value, undefined) : undefined;
}

function unpack(
  archive: string,
  folder: string | undefined,
  format: string | undefined,
): FilePython {
  const parts = [
    quote(archive),
    ...(folder === undefined ? [] : [quote(folder)]),
    ...(format === undefined ? [] : [`format=${quote(format)}`]),
  ];
  return { modules: ["shutil"], expressions: [`shutil.unpack_archive(${parts.join(", ")})`] };
}

function unpackGzip(words: readonly string[]): FilePython | undefined {
  const read = splitOptions(words, "dfkqv");
  if (read === undefined || read.paths.some((path) => !/.\.gz$/.test(path))) return undefined;
  const expressions = read.paths.flatMap((path) => [
    `pathlib.Path(${quote(path.slice(0, -3))}).write_bytes(gzip.open(${quote(path)}).read())`,
    ...(read.options.has("k") ? [] : [`pathlib.Path(${quote(path)}).unlink()`]),
  ]);
  return { modules: ["gzip", "pathlib"], expressions };
}

/** Takes an option and the word behind it out. */
function valueOf(
  words: readonly string[],
  option: string,
): {
  readonly rest: readonly string[];
  readonly value: string | undefined;
  readonly isBroken: boolean;
} {
  const at = words.indexOf(option);
  if (at === -1) return { rest: words, value: undefined, isBroken: false };
  const value = words[at + 1];
  const isBroken = value === undefined || !isPlainPath(value);
  return { rest: [...words.slice(0, at), ...words.slice(at + 2)], value, isBroken };
}

/**
 * `%run [options] file [arguments]` → what it runs and how, by IPython's own rules; what depends on the kernel's values, on
 * the files that are there or on a person is a refusal.
 * @see https://ipython.readthedocs.io/en/stable/interactive/magics.html#magic-run
 */

/** One `%run`, read. */
export interface RunCall {
  /** As written, without quotes: `prepare.py`, `prepare` or, with `-m`, the name of a module. */
  readonly target: string;
  /** true for `-m`: the target is found as imports are. */
  readonly isModule: boolean;
  /** true for `-i`: in the notebook's own variables. */
  readonly shares: boolean;
  /** true for `-n`: `__name__` is the file's name, as in an import. */
  readonly imported: boolean;
  /** What stands behind the file. */
  readonly arguments: readonly string[];
}

/** What a `%run` line means, or why it cannot be followed. */
export type RunReading =
  | { readonly kind: "run"; readonly call: RunCall }
  | { readonly kind: "refuse"; readonly reason: string; readonly hint: string };

/** Reads what stands behind `%run`. */
export function readRunCall(written: string): RunReading {
  if (/[${}]/.test(written)) {
    return refuse(
      "IPython fills in what stands in braces or after $ first",
      "write the file and its arguments out",
    );
  }
  const words = splitWords(written);
  if (words === undefined) {
    return refuse(
      "its quotes or backslashes have no end that can be told from its text",
      "write %run file.py, with plain quotes around names with blanks",
    );
  }
  return readOptions(words);
}

/** As a shell splits words; `undefined` for backslashes and quotes that stay open. */
function splitWords(written: string): readonly string[] | undefined {
  if (written.includes("\\")) return undefined;
  const words: string[] = [];
  const pattern = /(?:[^\s"']|"[^"]*"|'[^']*')+|["']/g;
  for (const [word] of written.matchAll(pattern)) {
    if (word === '"' || word === "'") return undefined;
    words.push(word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  }
  return words;
}

/** Options of `%run` that take a value. */
const WITH_VALUE = new Set("NbDlsTm");
const KNOWN = new Set("nidtNbpDlrsTemG");

/** Options that change what is computed, or who is there to answer. */
const REFUSED: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  p: ["what the profiler prints differs at every run", "leave -p and its options out"],
  d: ["the debugger waits for a person", "leave -d out"],
  N: ["-N runs the script several times, which repeats everything it does", "leave -N out"],
};

function readOptions(words: readonly string[]): RunReading {
  const seen = new Map<string, string>();
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") {
      at += 1;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    for (let letter = 1; letter < word.length; letter += 1) {
      const option = word.charAt(letter);
      if (!KNOWN.has(option))
        return refuse(`%run has no option -${option}`, "delete what IPython does not know");
      if (!WITH_VALUE.has(option)) {
        seen.set(option, "");
        continue;
      }
      const rest = word.slice(letter + 1);
      if (rest === "") at += 1;
      seen.set(option, rest === "" ? (words[at] ?? "") : rest);
      break;
    }
    // IPython ends the options behind `-m module` by itself.
    if (seen.has("m")) {
      at += 1;
      if (words[at] === "--") at += 1;
      break;
    }
  }
  for (const [option, [reason, hint]] of Object.entries(REFUSED))
    if (seen.has(option)) return refuse(reason, hint);
  const module = seen.get("m");
  const rest = words.slice(at);
  const target = module ?? rest[0];
  if (target === undefined || target === "")
    return refuse("it names no file", "write %run file.py");
  const given = module === undefined ? rest.slice(1) : rest;
  // Quotes suppress that for patterns in newer IPythons only, and for a home folder in none.
  const expanded = seen.has("G") ? undefined : given.find((word) => /^~|[*?[]/.test(word));
  if (expanded !== undefined) {
    return refuse(
      `IPython makes file names of ${expanded}, and which depends on what is there`,
      "write the names out, or use -G",
    );
  }
  return {
    kind: "run",
    call: {
      target,
      isModule: module !== undefined,
      shares: seen.has("i"),
      imported: seen.has("n"),
      arguments: given,
    },
  };
}

function refuse(reason: string, hint: string): RunReading {
  return { kind: "refuse", reason, hint };
}

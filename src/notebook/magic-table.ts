/**
 * What IPython's magics mean for a pipeline, as data.
 * Invariant: a magic is only dropped when it can change no value, file, variable or later line; what is not listed is refused.
 * @see https://ipython.readthedocs.io/en/stable/interactive/magics.html for the built-in ones; others name their source.
 */

/** How a magic is to be understood. What needs its argument is decided in `magic-meaning.ts`. */
export type MagicRule =
  /** Changes nothing that a later line could see. */
  | { readonly kind: "drop" }
  | { readonly kind: "refuse"; readonly reason: string; readonly hint: string }
  /** Runs its argument, or its cell, once, as Python in the notebook's own variables. */
  | { readonly kind: "run-once" }
  /** Runs its argument, or its cell, many times, and binds nothing. */
  | { readonly kind: "run-often" }
  /** Runs its cell; its argument names a variable for what was printed. */
  | { readonly kind: "capture" }
  /** The argument is a command line of pip, conda or uv, without the command itself. */
  | { readonly kind: "installer"; readonly command: "pip" | "conda" | "uv" }
  /** The argument, or the cell, is for the shell. */
  | { readonly kind: "shell" }
  | { readonly kind: "environment" }
  | { readonly kind: "extension" }
  | { readonly kind: "configuration" }
  | { readonly kind: "import" }
  /** Its name and argument are a command line for the shell. */
  | { readonly kind: "command" }
  /** The argument is a folder to work in. */
  | { readonly kind: "folder" }
  /** The argument names variables to keep for, or bring from, another session. */
  | { readonly kind: "session" }
  /** The argument is a version of TensorFlow. */
  | { readonly kind: "tensorflow" }
  | { readonly kind: "pylab" }
  /** The argument is a file that the cell is written to. */
  | { readonly kind: "write" }
  /** The argument is a file to run. */
  | { readonly kind: "script" }
  /** The cell is shown in the browser. */
  | { readonly kind: "display" };

/** The rule of `%name`; `undefined` when nobody knows what it does. */
export function lineMagicRule(name: string): MagicRule | undefined {
  return LINE_MAGICS.get(name);
}

/** The rule of `%%name`; `undefined` when nobody knows what it does. */
export function cellMagicRule(name: string): MagicRule | undefined {
  return CELL_MAGICS.get(name);
}

/** Names that IPython runs without `%` when they stand alone in a cell of one line, and that only print. */
export const BARE_DISPLAY_MAGICS: ReadonlySet<string> = new Set([
  "ls",
  "ll",
  "pwd",
  "who",
  "whos",
  "lsmagic",
]);

/** Extensions of `%load_ext` that change no value. Each only brings magics of its own (decided where they are used) or formats and times cells. */
export const HARMLESS_EXTENSIONS: ReadonlySet<string> = new Set([
  "autoreload", // https://ipython.readthedocs.io/en/stable/config/extensions/autoreload.html
  "autotime", // https://github.com/cpcloud/ipython-autotime
  "bigquery_magics", // https://github.com/googleapis/python-bigquery-magics
  "cython", // https://cython.readthedocs.io/en/latest/src/quickstart/build.html
  "Cython",
  "dotenv", // https://github.com/theskumar/python-dotenv
  "google.cloud.bigquery",
  "google.colab.data_table", // shows tables another way
  "jupyter_black", // https://github.com/n8henrie/jupyter-black
  "lab_black",
  "line_profiler", // https://github.com/pyutils/line_profiler
  "jupyternotify", // https://github.com/ShopRunner/jupyter-notify
  "memory_profiler", // https://github.com/pythonprofilers/memory_profiler
  "nb_black", // https://github.com/dnanhkhoa/nb_black
  "rich", // https://rich.readthedocs.io/en/stable/introduction.html: shows values and errors another way
  "rpy2.ipython", // https://rpy2.github.io/doc/latest/html/interactive.html
  "snakeviz",
  "sql", // https://github.com/ploomber/jupysql
  "tensorboard", // https://github.com/tensorflow/tensorboard
  "version_information",
  "watermark", // https://github.com/rasbt/watermark
]);

/** Classes of `%config Class.trait = value` whose settings only change how things look or are typed. */
export const HARMLESS_CONFIGURABLES: ReadonlySet<string> = new Set([
  "Application", "Completer", "DisplayFormatter", "HistoryManager", "IPCompleter", "IPKernelApp",
  "InlineBackend", "InteractiveShell", "PlainTextFormatter", "SqlMagic", "TerminalInteractiveShell",
  "ZMQInteractiveShell",
]); // biome-ignore format: a list of words reads best in lines.

const DROP: MagicRule = { kind: "drop" };
const RUN_ONCE: MagicRule = { kind: "run-once" };
const RUN_OFTEN: MagicRule = { kind: "run-often" };
const SHELL: MagicRule = { kind: "shell" };
const DISPLAY: MagicRule = { kind: "display" };

const LINE_MAGICS: ReadonlyMap<string, MagicRule> = new Map<string, MagicRule>([
  ...all(DROP, [
    // Show something.
    "cat", "debug", "dhist", "dirs", "hist", "history", "ldir", "less", "lf", "lk", "ll", "ls", "lsmagic", "lx",
    "magic", "man", "more", "page", "pdef", "pdoc", "pfile", "pinfo", "pinfo2", "psearch", "psource", "pwd",
    "pycat", "quickref", "tb", "who", "who_ls", "whos",
    // Change how things are shown or typed.
    "autoawait", "automagic", "autoreload", "autosave", "colors", "doctest_mode", "gui", "logoff", "logstate",
    "logstop", "matplotlib", "pdb", "pprint", "unload_ext", "xmode",
    // Of harmless extensions.
    "tensorboard", "version_information", "watermark",
  ]), // biome-ignore format: a list of words reads best in lines.
  ...all(RUN_ONCE, ["time", "prun"]),
  ...all(RUN_OFTEN, ["timeit", "lprun", "memit", "mprun"]),
  ...all(SHELL, ["sx", "system"]),
  ...all({ kind: "command" }, ["mkdir", "rmdir", "rm", "cp", "mv"]),
  ...all({ kind: "folder" }, ["cd"]),
  ...all({ kind: "session" }, ["store"]),
  ...all({ kind: "tensorflow" }, ["tensorflow_version"]),
  ...all({ kind: "pylab" }, ["pylab"]),
  ...all({ kind: "environment" }, ["env", "set_env"]),
  ...all({ kind: "extension" }, ["load_ext", "reload_ext"]),
  ...all({ kind: "import" }, ["aimport"]),
  ["config", { kind: "configuration" }],
  ["run", { kind: "script" }],
  ["pip", { kind: "installer", command: "pip" }],
  ["uv", { kind: "installer", command: "uv" }],
  ...all({ kind: "installer", command: "conda" }, ["conda", "mamba", "micromamba"]),
  ...all(
    refuse(
      "it runs another file in the notebook's variables",
      "import the file as a module and call its functions",
    ),
    ["load", "loadpy"],
  ),
  ...all(
    refuse(
      "it changes the working directory, and with it what every later path means",
      "write paths relative to the notebook's folder and delete this line",
    ),
    ["pushd", "popd", "bookmark"],
  ),
  ...all(refuse("it changes files", "write it in Python with os, shutil or pathlib"), [
    "save",
    "logstart",
    "logon",
    "notebook",
    "edit",
    "ed",
  ]),
  ...all(
    refuse(
      "it deletes variables, so what later cells see depends on it",
      "delete the line, or write del NAME in Python",
    ),
    ["reset", "reset_selective", "xdel"],
  ),
  ...all(
    refuse(
      "it keeps variables in, or brings them from, another session",
      "compute the value in this notebook, or read it from a file",
    ),
    ["recall", "rep", "rerun"],
  ),
  ...all(
    refuse(
      "it changes NumPy's print options, and with them printed text",
      "write it in Python: np.set_printoptions(precision=3)",
    ),
    ["precision"],
  ),
  ...all(
    refuse(
      "it changes how later lines are read",
      "write those lines as plain Python and delete this one",
    ),
    ["alias", "alias_magic", "autocall", "code_wrap", "macro", "rehashx", "unalias"],
  ),
  ...all(refuse("it runs its code under a profiler", "keep only the code, or delete the line"), [
    "snakeviz",
  ]),
  ...all(
    refuse(
      "it asks a database, which only Python code can do in a pipeline",
      "use pandas.read_sql with a connection",
    ),
    ["sql", "bigquery"],
  ),
  [
    "dotenv",
    refuse(
      "it reads environment variables from a file",
      "write from dotenv import load_dotenv; load_dotenv()",
    ),
  ],
]);

const CELL_MAGICS: ReadonlyMap<string, MagicRule> = new Map<string, MagicRule>([
  ...all(RUN_ONCE, ["time", "prun"]),
  ...all(RUN_OFTEN, ["timeit"]),
  ["capture", { kind: "capture" }],
  ...all(SHELL, ["bash", "sh", "!", "sx", "system"]),
  ...all(DISPLAY, ["html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"]),
  ...all({ kind: "write" }, ["writefile", "file"]),
  ...all(
    refuse(
      "its cell runs in a process of its own, whose files and values are not known",
      "write it as Python in the notebook, or keep it as a script beside it",
    ),
    ["script", "python", "python2", "python3", "pypy", "perl", "ruby", "cmd"],
  ),
  ...all(
    refuse("its cell is not Python, so its values cannot be followed", "write the cell in Python"),
    ["R", "julia", "cython", "octave"],
  ),
  ...all(
    refuse(
      "it asks a database, which only Python code can do in a pipeline",
      "use pandas.read_sql with a connection",
    ),
    ["sql", "bigquery"],
  ),
  ...all(
    refuse("it runs its cell under a debugger or profiler", "delete the first line of the cell"),
    ["debug", "mprun", "memit", "lprun", "snakeviz"],
  ),
  [
    "code_wrap",
    refuse("it changes how later cells are run", "delete the cell and write its effect out"),
  ],
]);

function refuse(reason: string, hint: string): MagicRule {
  return { kind: "refuse", reason, hint };
}

function all(rule: MagicRule, names: readonly string[]): readonly (readonly [string, MagicRule])[] {
  return names.map((name) => [name, rule] as const);
}

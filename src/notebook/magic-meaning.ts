/**
 * From a magic and its argument to what it means and the Python that takes its place.
 * Decides nothing from the notebook's values: what depends on them is refused.
 */
import type { Interpretation } from "./magic.ts";
import {
  cellMagicRule,
  HARMLESS_CONFIGURABLES,
  HARMLESS_EXTENSIONS,
  lineMagicRule,
  type MagicRule,
} from "./magic-table.ts";
import { scanLogicalLine } from "./python-lines.ts";
import { isOneExpression, isPureArithmetic } from "./python-text.ts";
import { readRunCall } from "./run-magic.ts";
import { interpretShell, interpretShellScript, type ShellReading } from "./shell-command.ts";
import { isPlainPath } from "./shell-words.ts";
import { interpretTiming, refuseTiming } from "./timing-magic.ts";
import { interpretWriting } from "./write-magic.ts";

/** `%name argument`, at the start of a line or after `=`. */
export interface LineMagicCall {
  readonly name: string;
  readonly argument: string;
  /** `value`: its result is assigned; `function`: it stands in a function or class body. */
  readonly position: "statement" | "value" | "function";
}

const DROP: Interpretation = { meaning: { kind: "drop" } };

/** What a line magic means. */
export function interpretLineMagic(call: LineMagicCall): Interpretation {
  if (call.name.startsWith("%")) {
    return refuse(
      "a cell magic only works on the first line of its cell",
      "move it, and what belongs to it, to a cell of its own",
    );
  }
  const rule = lineMagicRule(call.name);
  if (rule === undefined) return refuseUnknown(`%${call.name}`);
  if (call.position === "value") return interpretValue(call, rule);
  switch (rule.kind) {
    case "run-once":
      return interpretRunOnce(call);
    case "run-often":
      return call.position === "function" && !isPureArithmetic(call.argument)
        ? refuseTiming()
        : interpretTiming(call.name, call.argument);
    case "installer":
      return readShell(interpretShell(`${rule.command} ${call.argument}`));
    case "shell":
      return readShell(interpretShell(call.argument));
    case "command":
      return readShell(interpretShell(`${call.name} ${call.argument}`));
    case "folder":
      return interpretFolder(call.argument);
    case "session":
      return interpretSession(call.argument);
    case "tensorflow":
      return interpretTensorflow(call.argument);
    case "pylab":
      return interpretPylab(call.argument);
    case "environment":
      return interpretEnvironment(call.argument);
    case "extension":
      return interpretExtension(call.argument);
    case "configuration":
      return interpretConfiguration(call.argument);
    case "import":
      return interpretImport(call.argument);
    case "script":
      return interpretRun(call);
    default:
      return interpretFixed(rule, `%${call.name}`);
  }
}

/** What a cell magic means for the cell below it. */
export function interpretCellMagic(name: string, argument: string, body: string): Interpretation {
  const rule = cellMagicRule(name);
  if (rule === undefined) return refuseUnknown(`%%${name}`);
  switch (rule.kind) {
    case "run-once":
      if (argument === "" || argument === "--no-raise-error") return python(body);
      return refuse(
        `what stands after %%${name} changes what it does`,
        `leave only %%${name} on the first line of the cell`,
      );
    case "run-often":
      return interpretTiming(name, argument, body);
    case "capture":
      return interpretCapture(argument, body);
    case "write":
      return interpretWriting(argument, body);
    case "shell":
      return /--(?:out|err|proc)\b/.test(argument)
        ? refuse(
            "its options bind a variable to what the shell printed",
            "leave them out, and write in Python what the variable should hold",
          )
        : readShell(interpretShellScript(body));
    case "display":
      return /kernel\s*\.\s*execute/.test(body)
        ? refuse(
            "its script runs Python in the notebook from the browser",
            "write that Python in a cell",
          )
        : DROP;
    default:
      return interpretFixed(rule, `%%${name}`);
  }
}

/** The right-hand side of `x = %magic`. */
function interpretValue(call: LineMagicCall, rule: MagicRule): Interpretation {
  if (call.name === "time" && isOneExpression(call.argument)) return python(call.argument);
  if (rule.kind === "refuse") return { meaning: rule };
  const hints: Readonly<Record<string, string>> = {
    env: 'write it in Python: import os; os.environ["NAME"]',
    pwd: "write it in Python: import os; os.getcwd()",
    sx: "read files with glob or pathlib instead",
    system: "read files with glob or pathlib instead",
    timeit: "delete the line; it measures and computes nothing",
  };
  return refuse(
    `the value that %${call.name} gives is not known without IPython`,
    hints[call.name] ?? "write in Python what the variable should hold",
  );
}

function interpretRunOnce(call: LineMagicCall): Interpretation {
  if (call.position === "function") {
    return refuse(
      `inside a function or class, %${call.name} runs its code on a copy of the local variables`,
      `delete %${call.name} and keep the code after it`,
    );
  }
  if (call.argument === "") return DROP;
  if (call.name === "prun" && /[{$]/.test(call.argument)) {
    return refuse(
      "IPython fills in what stands in braces or after $ first",
      "delete %prun and keep the code after it",
    );
  }
  if (call.argument.startsWith("-")) {
    return refuse(
      `its options change what %${call.name} does`,
      `delete them and %${call.name}, and keep the code`,
    );
  }
  if (!scanLogicalLine(call.argument, 0).closed) {
    return refuse(
      `IPython reads only one line after %${call.name}, and this one has open brackets`,
      `write the code below %%${call.name}, or on one line`,
    );
  }
  return python(call.argument);
}

function interpretCapture(argument: string, body: string): Interpretation {
  const words = argument.split(/\s+/).filter((word) => word !== "");
  const variable = words.find((word) => !word.startsWith("-"));
  if (variable === undefined) return python(body);
  return { meaning: { kind: "python", unread: variable }, python: body };
}

function readShell({ meanings: [meaning, ...also], python: text }: ShellReading): Interpretation {
  return { meaning, also, ...(text === undefined ? {} : { python: text }) };
}

/** `%cd FOLDER`; without a folder, or with `-`, it goes where only the person's session knows. */
function interpretFolder(argument: string): Interpretation {
  const folder = argument.replace(/^-q\s+/, "").replace(/^(["'])(.*)\1$/, "$2");
  if (isPlainPath(folder) && !folder.startsWith("/"))
    return python(`import os; os.chdir(${JSON.stringify(folder)})`);
  return refuse(
    "it changes the working directory, and with it what every later path means, to one that is not known here",
    "write paths relative to the notebook's folder and delete this line",
  );
}

/** `%store NAME` keeps for another session, which changes nothing in this one; `-r` brings back what that kept. */
function interpretSession(argument: string): Interpretation {
  if (/^(?:[\p{L}_][\p{L}\p{N}_]*\s*)*$/u.test(argument)) {
    return {
      meaning: {
        kind: "left-out",
        reason: "what it keeps is for another session; a pipeline keeps what its steps make",
      },
    };
  }
  return refuse(
    "it brings variables from another session, or writes to a file",
    "compute the value in this notebook, or read it from a file",
  );
}

/** Colab's way to say which TensorFlow the notebook needs. */
function interpretTensorflow(argument: string): Interpretation {
  const major = /^([12])(?:\.x)?$/.exec(argument.trim())?.[1];
  return major === undefined
    ? refuseUnknown(`%tensorflow_version ${argument}`)
    : { meaning: { kind: "requirement", requirements: [`tensorflow==${major}.*`] } };
}

/**
 * What `%pylab` runs, letter by letter.
 * @see https://github.com/ipython/ipython/blob/main/IPython/core/pylabtools.py (import_pylab)
 */
function interpretPylab(argument: string): Interpretation {
  const modules =
    "import numpy, matplotlib; from matplotlib import pylab, mlab, pyplot; np = numpy; plt = pyplot";
  const names = "from IPython.core.pylabtools import figsize, getfigs";
  const stars = "from matplotlib.pylab import *; from numpy import *";
  return python(
    argument.includes("--no-import-all")
      ? `${modules}; ${names}`
      : `${modules}; ${stars}; ${names}`,
  );
}

const SECRET_NAME = /key|token|secret|password|passwd|credential/i;

/** `%env` and `%env NAME` show; `%env NAME=value` and `%env NAME value` set. */
function interpretEnvironment(argument: string): Interpretation {
  const separator = argument.includes("=") ? "=" : " ";
  const at = argument.trim().indexOf(separator);
  if (at === -1) return DROP;
  const name = argument.trim().slice(0, at).trim();
  const value = argument
    .trim()
    .slice(at + 1)
    .trim();
  if (!/^\w+$/.test(name) || /[{}$]/.test(value)) {
    return refuse(
      "which variable it sets, or to what, is only known when the notebook runs",
      'write it in Python: import os; os.environ["NAME"] = value',
    );
  }
  if (SECRET_NAME.test(name) && value !== "") {
    return refuse(
      `${name} looks like a secret, which must not get into generated files`,
      `set ${name} where the pipeline runs, and delete the line`,
    );
  }
  return python(`import os; os.environ[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
}

function interpretExtension(argument: string): Interpretation {
  if (HARMLESS_EXTENSIONS.has(argument.trim())) return DROP;
  return refuse(
    `the extension ${argument.trim()} may change libraries and variables in ways that are not known`,
    "delete the line, and write in Python what the notebook needs of it",
  );
}

function interpretConfiguration(argument: string): Interpretation {
  const configurable = /^\s*(\w+)/.exec(argument)?.[1];
  if (configurable === undefined || HARMLESS_CONFIGURABLES.has(configurable)) return DROP;
  return refuse(
    `what ${configurable} configures is not known`,
    "delete the line if nothing depends on it",
  );
}

/** `%aimport a, b.c, -d`: `-d` only tells autoreload to leave it alone. */
function interpretImport(argument: string): Interpretation {
  const names = argument
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("-"));
  if (names.length === 0) return DROP;
  if (!names.every((name) => /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name))) {
    return refuse("the modules it names cannot be read", "write import MODULE");
  }
  return python(`import ${names.join(", ")}`);
}

/** Whether what it runs can be followed is decided where the file can be read. */
function interpretRun({ argument, position }: LineMagicCall): Interpretation {
  const reading = readRunCall(argument);
  if (reading.kind === "refuse") return { meaning: reading };
  if (position === "statement") return { meaning: { kind: "run", ...reading.call } };
  return refuse(
    "inside a function or class, which variables it fills and when depends on the call",
    "move %run to the top level of a cell",
  );
}

function interpretFixed(rule: MagicRule, magic: string): Interpretation {
  if (rule.kind === "drop") return DROP;
  if (rule.kind === "refuse") return { meaning: rule };
  return refuseUnknown(magic);
}

function refuseUnknown(magic: string): Interpretation {
  if (magic === "%" || magic === "%%")
    return refuse("a magic needs its name directly after %", "write %NAME, or delete it");
  return refuse(
    `${magic} is not a magic whose effect is known`,
    "write in Python what it does, or delete it",
  );
}

function refuse(reason: string, hint: string): Interpretation {
  return { meaning: { kind: "refuse", reason, hint } };
}

function python(text: string): Interpretation {
  return { meaning: { kind: "python" }, python: text };
}

/** Which language a notebook's cells are in. Only Python 3 can be promoted. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Notebook } from "./cell.ts";
import { WireCell, type WireNotebook } from "./schema.ts";

/** The language, and why it cannot be used, if so. A notebook that does not say is Python, as for Jupyter. */
export function readLanguage(
  notebook: WireNotebook,
  path: string,
): { readonly language: Notebook["language"]; readonly problem: Diagnostic | undefined } {
  const { kernelspec, language_info: info } = notebook.metadata ?? {};
  const ofKernel = kernelspec?.language ?? languageOfKernel(kernelspec?.name);
  const named = info?.name ?? ofKernel;
  const other = firstOtherCell(notebook);
  const name = named ?? other?.language ?? "python";
  // The kernel is what a notebook is run with. Some editors write a version 2 of their own beside a kernel of Python 3.
  const isKernel3 = /^python3/i.test(kernelspec?.name ?? "");
  const version = isKernel3 && info?.version?.startsWith("2") === true ? undefined : info?.version;
  const language = { name: isPython(name) ? "python" : name, version };
  if (
    info?.name !== undefined &&
    ofKernel !== undefined &&
    isPython(info.name) !== isPython(ofKernel)
  )
    return { language, problem: describeContradiction(info.name, ofKernel, path) };
  const isPython2 = version?.startsWith("2") === true || kernelspec?.name === "python2";
  if (isPython(name) && !isPython2) return { language, problem: undefined };
  const shown = isPython(name) ? "Python 2" : name;
  return {
    language,
    problem: {
      code: "notebook-language-unsupported",
      severity: "error",
      message: `the notebook's cells are ${shown}${kernelspec?.display_name === undefined ? "" : ` (kernel "${kernelspec.display_name}")`}; only Python 3 can be promoted`,
      hint: isPython(name)
        ? "convert the code with 2to3, choose a Python 3 kernel in Jupyter, run it and save"
        : "if the cells are Python, choose a Python kernel in Jupyter and save",
      where: named === undefined && other !== undefined ? { path, cell: other.cell } : { path },
    },
  };
}

/** Only one of them can be right, and a cell may well be valid in both languages. */
function describeContradiction(cells: string, kernel: string, path: string): Diagnostic {
  return {
    code: "notebook-language-unclear",
    severity: "error",
    message: `the notebook says that its kernel speaks ${kernel} (kernelspec) and that its cells are ${cells} (language_info)`,
    hint: "choose the kernel that the cells are written for in Jupyter, run them and save",
    where: { path },
  };
}

function isPython(name: string): boolean {
  return /^i?python[\d.]*$/i.test(name);
}

/** Kernels whose name says the language when the metadata does not. */
function languageOfKernel(kernel: string | undefined): string | undefined {
  if (kernel === undefined) return undefined;
  if (/^(?:ir|xr|rkernel)\d*$/i.test(kernel)) return "R";
  return /^(julia|scala|bash|javascript|typescript|ruby|octave|sas|stata|matlab|rust|sql|go|kotlin|fsharp|csharp|powershell)\b/i
    .exec(kernel)?.[1]
    ?.toLowerCase();
}

/** nbformat 3 names a language for each cell. */
function firstOtherCell(
  notebook: WireNotebook,
): { readonly cell: number; readonly language: string } | undefined {
  if (notebook.nbformat !== 3) return undefined;
  const cells = (notebook.worksheets ?? []).flatMap((sheet) => sheet.cells ?? []);
  for (const [index, wireCell] of cells.entries()) {
    const language = WireCell.safeParse(wireCell).data?.language;
    if (language !== undefined && !isPython(language)) return { cell: index + 1, language };
  }
  return undefined;
}

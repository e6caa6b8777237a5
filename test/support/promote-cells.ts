/** Promotes a list of cells for real, in a folder of its own, and runs the same cells as a plain program to compare with. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { COMPARISON_SEED } from "../../src/app/observe-request.ts";
import { type PromoteResult, promoteNotebooks } from "../../src/app/promote-notebook.ts";
import { MlopsError } from "../../src/base/errors.ts";
import { templatesFolder } from "../../src/cli/package-root.ts";
import { wire } from "../../src/cli/wire.ts";
import { neutralizeMagics } from "../../src/notebook/magics.ts";
import type { Cut } from "../../src/pipeline/segment.ts";
import { runProcess } from "./churn-project.ts";
import { notebookText, programOf } from "./notebooks.ts";
import { runMlops } from "./run-mlops.ts";

export interface CellsCase {
  readonly cells: readonly string[];
  /** What the cells mean as plain Python, where that is not to be asked of the reader under test. */
  readonly plain?: readonly string[];
  /** Files beside the notebook, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly cut: Cut;
  readonly python: string;
  /** Of whoever promotes; empty when absent. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a promotion ended. */
export interface PromotedCells {
  /** `undefined` when it was refused. */
  readonly result: PromoteResult | undefined;
  readonly refused:
    | { readonly code: string; readonly message: string; readonly cell: number | undefined }
    | undefined;
  /** Everything of the certificate that is not the same, for the message of a failing test. */
  readonly differences: readonly string[];
  /** Generated Python that does not compile; empty when all does. */
  readonly broken: string;
  /** Files the plain program left, and what `mlops run` left, by path with a digest. */
  readonly plain: Readonly<Record<string, string>>;
  readonly ran: Readonly<Record<string, string>> | undefined;
  /** Text of a generated module of the package. */
  readonly module: (name: string) => string | undefined;
}

const PLAIN_PROGRAM = `
import builtins, json, os, random, sys, types
os.environ["MPLBACKEND"] = "Agg"
builtins.display = lambda *values, **_: print(*values)
main = types.ModuleType("__main__")
sys.modules["__main__"] = main
sys.path.insert(0, os.getcwd())
random.seed(${String(COMPARISON_SEED)})
for cell in json.load(open(sys.argv[1], encoding="utf-8")):
    exec(compile(cell, "<cell>", "exec", dont_inherit=True), main.__dict__)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
`;

/** Promotes, compiles, runs; everything is gone from the disk afterwards. */
export async function promoteCells(input: CellsCase): Promise<PromotedCells> {
  const base = await mkdtemp(join(tmpdir(), "mlops-cells-"));
  try {
    return await promoteIn(base, input);
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

async function promoteIn(base: string, input: CellsCase): Promise<PromotedCells> {
  const project = join(base, "project");
  await fill(project, { ...input.files, "story.ipynb": notebookText(input.cells) });
  const promoted = await promote(project, input);
  const none = { differences: [], broken: "", plain: {}, ran: undefined, module: () => undefined };
  if (promoted.result === undefined) return { ...none, ...promoted };
  const { certificate, failure } = promoted.result;
  const differences = [
    ...(certificate?.comparisons ?? [])
      .filter(({ same }) => !same)
      .map(({ kind, name, difference }) => `${kind} ${name}: ${difference ?? ""}`),
    ...(failure === undefined ? [] : [failure.message]),
  ];
  const compiled = await runProcess(input.python, ["-m", "compileall", "-q", "pipelines"], {
    cwd: project,
  });
  const modules = await modulesIn(join(project, "pipelines", "story", "story"));
  const run = await runMlops(["run", "story", "--no-register", "--python", input.python], {
    directory: project,
  });
  return {
    ...promoted,
    differences,
    broken: compiled.stdout,
    plain: await runPlainly(base, input),
    ran: run.exit === 0 ? await filesIn(project) : undefined,
    module: (name) => modules.get(name),
  };
}

async function promote(
  project: string,
  { cut, python, environment }: CellsCase,
): Promise<Pick<PromotedCells, "result" | "refused">> {
  const wiring = wire({ emit: () => undefined });
  try {
    await mkdir(join(project, ".mlops"), { recursive: true });
    const result = await promoteNotebooks(
      {
        notebooks: ["story.ipynb"],
        name: undefined,
        pipelinesFolder: "pipelines",
        python,
        timeoutMs: 60_000,
        observe: true,
        verify: true,
        fresh: false,
        dryRun: false,
        cut,
        order: undefined,
        fix: undefined,
        allowNetwork: false,
        allowWrite: false,
        lock: false,
        reviews: undefined,
        variables: environment ?? {},
        signal: new AbortController().signal,
      },
      {
        files: await wiring.files(project),
        processes: await wiring.processes(),
        artifacts: await wiring.artifacts(join(project, ".mlops", "store")),
        registry: await wiring.registry(join(project, ".mlops", "registry.db")),
        workers: await wiring.workers(),
        clock: await wiring.clock(),
        ids: await wiring.ids(),
        git: await wiring.git(),
        parser: await wiring.parser(),
        events: { emit: () => undefined },
        templates: templatesFolder(),
      },
    );
    return { result, refused: undefined };
  } catch (error) {
    // Anything else is a crash, and fails the test with its stack.
    if (!(error instanceof MlopsError)) throw error;
    return {
      result: undefined,
      refused: { code: error.code, message: error.message, cell: error.where?.cell },
    };
  } finally {
    await wiring.close();
  }
}

/** What the cells leave behind when one program runs them from top to bottom. */
async function runPlainly(
  base: string,
  { cells, plain, files, python }: CellsCase,
): Promise<Readonly<Record<string, string>>> {
  const folder = join(base, "plain");
  await fill(folder, files ?? {});
  const { program } = await programOf(cells);
  await fill(base, {
    // As stored: what promotion reads out of a cell, such as folders for modules, a plain program still needs.
    "cells.json": JSON.stringify(
      plain ?? program.cells.map(({ cell }) => neutralizeMagics(cell.source).python),
    ),
    "plain.py": PLAIN_PROGRAM,
  });
  const finished = await runProcess(python, [join(base, "plain.py"), join(base, "cells.json")], {
    cwd: folder,
    env: { ...process.env, PYTHONHASHSEED: "0" },
  });
  if (finished.code !== 0)
    throw new Error(`the cells do not run as a plain program: ${finished.stderr}`);
  return filesIn(folder);
}

async function fill(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function filesIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (!entry.isFile() || /^(\.mlops|pipelines)\/|__pycache__|\.ipynb$/.test(name)) continue;
    const bytes = await readFile(path);
    // Short texts say more in a failing test than digests.
    found[name] =
      bytes.length < 500
        ? bytes.toString("utf8")
        : createHash("sha256").update(bytes).digest("hex");
  }
  return found;
}

async function modulesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(folder))
    if (name.endsWith(".py"))
      found.set(name.slice(0, -3), await readFile(join(folder, name), "utf8"));
  return found;
}

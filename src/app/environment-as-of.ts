/**
 * A throw-away environment of an earlier day: what the notebook imports, as a package index had it then. Made once for
 * the same inputs, in `.mlops/environments/`; the user's own environment is never touched.
 */
import { dirname } from "node:path/posix";
import { EnvironmentError, InputError, UsageError } from "../base/errors.ts";
import { sha256OfJson } from "../base/hash.ts";
import { normalizeDistribution } from "../maturity/requirements.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Files } from "../ports/files.ts";
import type { Git } from "../ports/git.ts";
import type { ProcessEnd } from "../ports/processes.ts";
import { distributionOf, externalRoots } from "../python/imports.ts";
import {
  findResolvers,
  type Resolver,
  type ResolverPorts,
  type ResolverSearch,
  resolverComplaint,
} from "./find-resolver.ts";
import { interpreterOf } from "./python-candidates.ts";

export interface EnvironmentAsOf extends ResolverSearch {
  readonly program: NotebookProgram;
  /** As `asOfMoment` gives it. */
  readonly moment: string;
}

/** An environment that has what was wanted. */
export interface EarlierEnvironment {
  /** Absolute path of its interpreter. */
  readonly python: string;
  /** What was asked of the index, one requirement a line. */
  readonly wanted: readonly string[];
}

/** Where they are; each is as old as its seal. */
export const ENVIRONMENTS = ".mlops/environments";
export const ENVIRONMENT_SEAL = "mlops-made.json";
const TIME_LIMIT_MS = 900_000;

/**
 * The moment up to which uploads count: a day counts to its end, `git` is the notebook's last commit.
 *
 * @throws UsageError `as-of-not-a-date`; InputError `as-of-no-commit`.
 */
export async function asOfMoment(
  asOf: string,
  notebook: string,
  ports: { readonly files: Files; readonly git: Git },
): Promise<string> {
  if (asOf === "git") {
    const committed = await ports.git.committedAt(ports.files.absolute("."), notebook);
    if (committed !== undefined) return new Date(committed).toISOString();
    throw new InputError(`git knows no commit of ${notebook}, so it cannot say how old it is`, {
      code: "as-of-no-commit",
      where: { path: notebook },
      hint: "name the day: --as-of 2023-03-01",
    });
  }
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(asOf);
  const moment = new Date(isDay ? `${asOf}T23:59:59Z` : asOf);
  if ((isDay || /^\d{4}-\d{2}-\d{2}T/.test(asOf)) && !Number.isNaN(moment.getTime()))
    return moment.toISOString();
  throw new UsageError(`--as-of: "${asOf}" is no day`, {
    code: "as-of-not-a-date",
    hint: "write a day like 2023-03-01, or git for the day of the notebook's last commit",
  });
}

/**
 * Makes it, or takes the one that was made from the same inputs.
 *
 * @throws EnvironmentError `as-of-no-resolver`, `as-of-not-made`.
 */
export async function environmentAsOf(
  request: EnvironmentAsOf,
  ports: ResolverPorts,
): Promise<EarlierEnvironment> {
  const wanted = await wantedPackages(request.program, ports.files);
  const inputs = { format: 1, wanted, moment: request.moment, python: request.python };
  const folder = `${ENVIRONMENTS}/${sha256OfJson(inputs).replace("sha256:", "").slice(0, 16)}`;
  const seal = `${folder}/${ENVIRONMENT_SEAL}`;
  if ((await ports.files.kind(seal)) === "missing") {
    // What an interrupted attempt left would be half an environment.
    await ports.files.remove(folder);
    await ports.files.makeDirectory(ENVIRONMENTS);
    await makeEnvironment({ ...request, wanted, folder }, ports);
    await ports.files.writeAtomic(seal, `${JSON.stringify(inputs)}\n`);
  }
  await ports.files.touch(seal);
  const python = await interpreterOf(folder, ports.files);
  if (python === undefined) throw new Error(`${folder} was made without an interpreter`);
  return { python, wanted };
}

interface Making extends EnvironmentAsOf {
  readonly wanted: readonly string[];
  /** Relative to the project root. */
  readonly folder: string;
}

async function makeEnvironment(making: Making, ports: ResolverPorts): Promise<void> {
  const [resolver] = await findResolvers(making, ports);
  if (resolver === undefined) {
    throw new EnvironmentError(`${making.python} has no pip, and there is no uv`, {
      code: "as-of-no-resolver",
      hint: "install uv, or name an interpreter with pip: --python /path/to/python",
    });
  }
  for (const command of commandsOf(resolver, making, ports.files)) {
    const end = await ports.processes.run({
      command,
      directory: ports.files.absolute(ENVIRONMENTS),
      environment: making.environment,
      timeoutMs: TIME_LIMIT_MS,
      signal: making.signal,
    });
    if (end.kind !== "exited" || end.exit !== 0) {
      await ports.files.remove(making.folder);
      throw notMade(end, resolver, making);
    }
  }
}

/** Only ready files are taken: building a library of another year rarely works, and runs its code. */
function commandsOf(
  resolver: Resolver,
  { folder, moment, python, wanted }: Making,
  files: Files,
): readonly (readonly [string, ...string[]])[] {
  const place = files.absolute(folder);
  const inside = `${place}/bin/python`;
  const ready = ["--only-binary", ":all:", ...wanted];
  if (resolver.kind === "uv") {
    const make = ["venv", "--quiet", "--no-python-downloads", "--python", python, place];
    const limit = ["--exclude-newer", moment];
    const install = ["pip", "install", "--quiet", "--color", "never", "--python", inside, ...limit];
    return [
      [...resolver.command, ...make],
      ...(wanted.length === 0 ? [] : [[...resolver.command, ...install, ...ready] as const]),
    ];
  }
  const pip = [inside, "-I", "-m", "pip", "install", "--quiet", "--no-input"] as const;
  const patience = ["--disable-pip-version-check", "--retries", "1", "--timeout", "15"];
  return [
    [python, "-I", "-m", "venv", place],
    // The option below is there since pip 26.
    [...pip, ...patience, "--upgrade", "pip>=26"],
    ...(wanted.length === 0
      ? []
      : [[...pip, ...patience, "--uploaded-prior-to", moment, ...ready] as const]),
  ];
}

function notMade(end: ProcessEnd, resolver: Resolver, making: Making): EnvironmentError {
  const day = making.moment.slice(0, 10);
  return new EnvironmentError(
    `no environment as of ${day} could be made with ${resolver.kind}: ${resolverComplaint(end)}`,
    {
      code: "as-of-not-made",
      where: { path: making.program.notebook.path },
      hint: `libraries of ${day.slice(0, 4)} may need an older Python: name one with --python (3.10 or newer); the package index must be reachable`,
    },
  );
}

/** What the project says it needs, then what the notebook installs, then what it imports; the first word on a package counts. */
async function wantedPackages(program: NotebookProgram, files: Files): Promise<readonly string[]> {
  const folder = dirname(program.notebook.path);
  const said: string[] = [];
  for (const place of new Set([folder, "."])) {
    const text = (await files.readText(`${place}/requirements.txt`)) ?? "";
    said.push(...text.split(/\r?\n/));
  }
  for (const { magics } of program.cells)
    for (const { meaning } of magics)
      if (meaning.kind === "requirement") said.push(...meaning.requirements);
  for (const root of externalRoots(program.facts)) {
    const isOwn =
      (await files.kind(`${folder}/${root}.py`)) === "file" ||
      (await files.kind(`${folder}/${root}`)) === "directory";
    if (!isOwn) said.push(distributionOf(root));
  }
  const wanted = new Map<string, string>();
  for (const line of said) {
    const text = line.replace(/(^|\s)#.*$/, "").trim();
    const name = /^([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(text)?.[1];
    if (name === undefined || text.endsWith("\\")) continue;
    const key = normalizeDistribution(name);
    if (!wanted.has(key)) wanted.set(key, text);
  }
  return [...wanted.values()].sort();
}

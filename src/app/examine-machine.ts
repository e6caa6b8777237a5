/**
 * `mlops doctor`: what this machine and this project lack, and what to type. Changes nothing but a probe that it removes,
 * and starts no interpreter that lies inside the repository unless a person names it.
 */
import { MlopsError } from "../base/errors.ts";
import { parseSize, renderBytes } from "../base/size.ts";
import type { Config } from "../config/schema.ts";
import { normalizeDistribution, parseRequirements } from "../maturity/requirements.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Git } from "../ports/git.ts";
import type { Processes } from "../ports/processes.ts";
import type { Registry } from "../ports/registry.ts";
import type { DoctorCheck } from "./doctor-schema.ts";
import { STORE_FOLDER } from "./find-project.ts";
import { findPython, isNewEnough, OLDEST_PYTHON } from "./find-python.ts";
import { canLimitByDate, canLock, findResolvers } from "./find-resolver.ts";
import { measureState } from "./leftovers.ts";
import { type PythonCandidate, pythonLeads } from "./python-candidates.ts";
import { foreseeActing } from "./who-acts.ts";

export interface Examination {
  /** Version of Node, and of this program's needs nothing: it runs. */
  readonly node: string;
  /** The settings, or why they cannot be used. */
  readonly config: Config | MlopsError;
  /** Interpreter a person named for this command; it is started wherever it lies. */
  readonly python: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface ExaminationPorts {
  readonly files: Files;
  readonly processes: Processes;
  readonly git: Git;
  /** `undefined` where the project has none yet; throws what opening one throws. */
  readonly registry: () => Promise<Registry | undefined>;
  readonly artifacts: Pick<Artifacts, "list">;
}

const ENOUGH_BYTES = 1e9;

/** All checks, in the order in which they should be mended. */
export async function examineMachine(
  input: Examination,
  ports: ExaminationPorts,
): Promise<readonly DoctorCheck[]> {
  const { config } = input;
  const settings =
    config instanceof MlopsError
      ? missing("settings", config.message, config.hint ?? "mend .mlopsrc.yaml")
      : ok("settings", (await isFile(".mlopsrc.yaml", ports.files)) ? ".mlopsrc.yaml" : "defaults");
  return [
    ok("node", `Node ${input.node}`),
    settings,
    ...(await checkPython(input, ports)),
    await checkGit(input, ports),
    ...(await checkActing(input, ports)),
    await checkDisk(ports.files),
    await checkWriting(ports.files),
    await checkRegistry(ports),
    await checkLeftovers(ports.files),
    await checkState(config, ports),
  ];
}

async function checkPython(
  input: Examination,
  ports: ExaminationPorts,
): Promise<readonly DoctorCheck[]> {
  const { config, environment, signal } = input;
  const named = input.python ?? (config instanceof MlopsError ? undefined : config.python);
  const candidate = await firstCandidate({ named, environment }, ports.files);
  const root = `${ports.files.absolute(".")}/`;
  if (candidate?.command.startsWith(root) === true && input.python === undefined)
    return [await unstarted(candidate, root, ports.files)];
  try {
    const found = await findPython({ named, environment, signal }, ports);
    const notes = found.notes.map((note) => warning("python", note, "then run mlops doctor again"));
    const search = { python: found.executable, environment, signal };
    const text = `Python ${found.version}, ${found.executable}: ${found.because}`;
    return [
      ok("python", text),
      ...notes,
      await checkPackages(found.executable, input, ports),
      await checkResolver(search, ports),
    ];
  } catch (error) {
    if (!(error instanceof MlopsError) || error.exitCode === 130) throw error;
    return [missing("python", error.message, error.hint ?? `install Python ${OLDEST_PYTHON}`)];
  }
}

async function firstCandidate(
  places: Parameters<typeof pythonLeads>[0],
  files: Files,
): Promise<PythonCandidate | undefined> {
  for await (const lead of pythonLeads(places, files))
    if (lead.kind === "candidate") return lead.candidate;
  return undefined;
}

/** What an environment says of itself in `pyvenv.cfg`. */
async function unstarted(
  candidate: PythonCandidate,
  root: string,
  files: Files,
): Promise<DoctorCheck> {
  const path = candidate.command.slice(root.length);
  const folder = path.split("/").slice(0, -2).join("/");
  const text = (await files.readText(`${folder}/pyvenv.cfg`)) ?? "";
  const version = /^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)/m.exec(text)?.[1];
  if (version !== undefined && !isNewEnough(version))
    return missing(
      "python",
      `${path} is Python ${version}`,
      `make it again with Python ${OLDEST_PYTHON} or newer`,
    );
  return ok(
    "python",
    `Python ${version ?? "of unknown version"}, ${path}: ${candidate.because}; not started, because it lies in the repository (mlops doctor --python ${path} does)`,
  );
}

const INSTALLED =
  "import importlib.metadata as m; print('\\n'.join(sorted(str(d.metadata['Name']) for d in m.distributions())))";

/** Whether the interpreter has what the project's pipelines list. */
async function checkPackages(
  python: string,
  { config, environment, signal }: Examination,
  { files, processes }: ExaminationPorts,
): Promise<DoctorCheck> {
  const folder = config instanceof MlopsError ? "pipelines" : config.pipelines;
  const lists = await files.list(folder, (path) => path.split("/").length > 2);
  const end = await processes.run({
    command: [python, "-I", "-c", INSTALLED],
    directory: files.absolute("."),
    environment,
    timeoutMs: 60_000,
    signal,
  });
  const installed = new Set(
    end.kind === "exited" ? end.stdout.split(/\r?\n/).map(normalizeDistribution) : [],
  );
  for (const path of lists.filter((name) => name.endsWith("/requirements.txt"))) {
    const text = (await files.readText(`${folder}/${path}`)) ?? "";
    const lacking = parseRequirements(path, text).requirements.filter(
      ({ name }) => !installed.has(name),
    );
    if (lacking.length > 0) {
      const names = lacking.map(({ name }) => name).join(", ");
      const install = `${python} -m pip install -r ${folder}/${path}`;
      return missing("packages", `${folder}/${path} needs ${names}`, install);
    }
  }
  return ok("packages", "what the pipelines list is installed");
}

async function checkResolver(
  search: Parameters<typeof findResolvers>[0],
  ports: ExaminationPorts,
): Promise<DoctorCheck> {
  const resolvers = await findResolvers(search, ports);
  const names = resolvers.map(({ kind, version }) => `${kind} ${version}`).join(", ");
  if (!resolvers.some(canLock)) {
    const found = names === "" ? "no uv and no pip" : `${names} cannot make a lock`;
    return warning("resolver", found, `${search.python} -m pip install --upgrade pip`);
  }
  const dates = resolvers.some(canLimitByDate) ? "" : "; --as-of installs a newer pip for itself";
  return ok("resolver", `${names}: requirements.lock can be made${dates}`);
}

async function checkGit(
  { environment, signal }: Examination,
  { files, processes }: ExaminationPorts,
): Promise<DoctorCheck> {
  const end = await processes.run({
    command: ["git", "--version"],
    directory: files.absolute("."),
    environment,
    timeoutMs: 20_000,
    signal,
  });
  if (end.kind === "exited" && end.exit === 0) return ok("git", end.stdout.trim());
  return warning("git", "there is no git, so runs record no commit", "install git");
}

/** Whose name the next deed would have. Nothing is asked of a network for it. */
async function checkActing(
  { config, environment }: Examination,
  { files, git }: ExaminationPorts,
): Promise<readonly DoctorCheck[]> {
  if (config instanceof MlopsError) return [];
  const directory = files.absolute(".");
  try {
    const found = await foreseeActing({ directory, environment, approval: config.approval }, git);
    return [ok("identity", found)];
  } catch (error) {
    if (!(error instanceof MlopsError)) throw error;
    return [missing("identity", error.message, error.hint ?? `mlops explain ${error.code}`)];
  }
}

async function checkDisk(files: Files): Promise<DoctorCheck> {
  const free = await files.freeBytes(".");
  if (free === undefined) return ok("disk", "the system does not say how much is free");
  const text = `${(free / 1e9).toFixed(1)} GB free`;
  return free >= ENOUGH_BYTES
    ? ok("disk", text)
    : warning("disk", text, "make room: the notebook's folder is copied for every run of it");
}

/** Writes and removes a probe where artifacts go, or in the project where there is no store yet. */
async function checkWriting(files: Files): Promise<DoctorCheck> {
  const place = (await files.kind(STORE_FOLDER)) === "directory" ? STORE_FOLDER : ".";
  try {
    await files.remove(await files.temporaryDirectory(files.absolute(place), ".mlops-probe-"));
    return ok("store", `${place === "." ? "the project" : place} can be written`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return missing("store", `${place} cannot be written: ${reason}`, `chmod -R u+w ${place}`);
  }
}

async function checkRegistry(ports: ExaminationPorts): Promise<DoctorCheck> {
  try {
    const registry = await ports.registry();
    if (registry === undefined) return ok("registry", "none yet; the first promotion makes it");
    const damage = registry.damage();
    if (damage !== undefined)
      return missing(
        "registry",
        `.mlops/registry.db is damaged: ${damage}`,
        "restore .mlops/registry.db from a backup",
      );
    const broken = registry.audit.firstBroken();
    if (broken !== undefined)
      return missing(
        "registry",
        `the event log does not hold from event ${String(broken)} on: it was changed by hand`,
        "restore .mlops/registry.db from a backup",
      );
    const waiting = registry.pendingWrites.list().length;
    return waiting === 0
      ? ok("registry", "holds together, its event log too")
      : warning(
          "registry",
          `${String(waiting)} unfinished writes`,
          "the next mlops command finishes them",
        );
  } catch (error) {
    if (!(error instanceof MlopsError)) throw error;
    return missing("registry", error.message, error.hint ?? `mlops explain ${error.code}`);
  }
}

async function checkLeftovers(files: Files): Promise<DoctorCheck> {
  const found = new Set(
    (await files.list(".mlops/tmp", (path) => path.split("/").length > 3)).map(
      (path) => path.split("/")[0],
    ),
  );
  return found.size === 0
    ? ok("leftovers", "none")
    : warning(
        "leftovers",
        `${String(found.size)} folders of commands that were killed, or still run`,
        "mlops clean removes those that nothing was written into for a day",
      );
}

/** How large what we keep has become. */
async function checkState(
  config: Config | MlopsError,
  { files, artifacts }: ExaminationPorts,
): Promise<DoctorCheck> {
  const { sizes, unknown } = await measureState(files, artifacts);
  const found = sizes.map(({ kind, bytes }) => `${kind} ${renderBytes(bytes)}`).join(", ");
  const store = sizes.find(({ kind }) => kind === "store")?.bytes ?? 0;
  const most = config instanceof MlopsError ? undefined : parseSize(config.keep.size);
  if (most !== undefined && store > most)
    return warning("size", `${found}: more than keep.size`, "mlops clean --dry-run");
  if (unknown.length > 0)
    return warning(
      "size",
      `${found}; not made by mlops: ${unknown.join(", ")}`,
      "move it elsewhere",
    );
  return ok("size", found === "" ? "nothing in .mlops yet" : found);
}

async function isFile(path: string, files: Files): Promise<boolean> {
  return (await files.kind(path)) === "file";
}

function ok(name: string, found: string): DoctorCheck {
  return { name, status: "ok", found, hint: null };
}

function warning(name: string, found: string, hint: string): DoctorCheck {
  return { name, status: "warning", found, hint };
}

function missing(name: string, found: string, hint: string): DoctorCheck {
  return { name, status: "missing", found, hint };
}

/**
 * Runs of notebooks, kept so that promoting the same notebook again need not run it.
 * The key covers whatever the run could depend on: statements and settings, every file of the folder it ran in, the
 * project's own modules, interpreter, packages and environment variables, and the observer itself. What depends on more
 * (network, clock, other processes, files elsewhere) is never kept.
 * Invariant: an entry that is damaged, incomplete or of another key is a miss, never an error.
 */
import type { Sha256 } from "../base/brand.ts";
import { isSha256, sha256, sha256OfJson } from "../base/hash.ts";
import { type Observation, type ObserveRequest, StoredObservation } from "../observation/schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Worker } from "../ports/worker.ts";
import { KeptRun, KeptRuns } from "./observation-cache-schema.ts";

/** Folder of the kept runs, one below it for each notebook. */
const FOLDER = ".mlops/cache/observations";

/** Runs kept of one notebook: the observing one and the reference run, for this plan and the one before. */
const KEPT = 4;

type SentRequest = Omit<ObserveRequest, "root" | "project" | "store" | "modules">;

/** What the key is made of. */
export interface KeyInput {
  /** One for each notebook as it is sent, without what names this machine's folders. */
  readonly requests: readonly [SentRequest, ...SentRequest[]];
  /** Folder that the run works on a copy of. */
  readonly root: string;
  /** As the copy skips. */
  readonly skip: (relativePath: string) => boolean;
  /** Texts of the project's own modules, by path. */
  readonly modules: Readonly<Record<string, string>>;
  readonly hello: Worker["hello"];
  /** Absolute folder of the templates, which hold the observer. */
  readonly templates: string;
}

/** `undefined` when the worker does not say which environment variables it has. */
export async function observationKey(input: KeyInput, files: Files): Promise<Sha256 | undefined> {
  if (input.hello.variables === undefined) return undefined;
  const { environment, variables } = input.hello;
  const [first, ...others] = input.requests;
  return sha256OfJson({
    version: 1,
    ...(others.length === 0 ? { request: { ...first } } : { requests: [...input.requests] }),
    modules: input.modules,
    environment,
    variables,
    observer: {
      ...(await digestsBelow(`${input.templates}/python`, isCompiled, files)),
      ...(await digestsBelow(`${input.templates}/project`, isCompiled, files)),
    },
    // All files, not those that were seen to be read: libraries read without Python, and programs list folders.
    data: await digestsBelow(input.root, input.skip, files),
  });
}

/**
 * The run of this key, when it is there whole and the store still has every value of it.
 *
 * @param needed `written` when the files that the run wrote must be in the store too, as those of a reference run.
 */
export async function readObservation(
  notebook: string,
  key: Sha256,
  needed: "values" | "written",
  ports: { readonly files: Files; readonly artifacts: Artifacts },
): Promise<Observation | undefined> {
  const text = await ports.files.readText(entryPath(notebook, key));
  const entry = KeptRun.safeParse(parsedOrNothing(text));
  if (!entry.success || entry.data.key !== key) return undefined;
  const { observation, digest } = entry.data;
  if (sha256(JSON.stringify(observation)) !== digest) return undefined;
  const kept = observation.captures.map((capture) => capture.digest);
  if (needed === "written") kept.push(...lastWritten(observation).values());
  for (const wanted of kept)
    if (wanted !== null && !(await ports.artifacts.use(wanted))) return undefined;
  await ports.files.touch(entryPath(notebook, key));
  return observation;
}

/** Keeps a run; of each notebook only the newest few stay. */
export async function keepObservation(
  notebook: string,
  key: Sha256,
  observation: Observation,
  files: Files,
): Promise<void> {
  const whole = StoredObservation.parse(JSON.parse(JSON.stringify(observation)));
  const entry = { version: 1, key, digest: sha256(JSON.stringify(whole)), observation: whole };
  await files.writeAtomic(entryPath(notebook, key), `${JSON.stringify(entry)}\n`);
  const earlier = (await readIndex(notebook, files)).filter((run) => run.key !== key);
  const runs = [{ key, wallMs: whole.environment?.wallMs ?? 0 }, ...earlier].slice(0, KEPT);
  await files.writeAtomic(
    `${folderOf(notebook)}/index.json`,
    `${JSON.stringify({ version: 1, runs })}\n`,
  );
  const wanted = new Set([...runs.map((run) => fileName(run.key)), "index.json"]);
  for (const name of await files.list(folderOf(notebook)))
    if (!wanted.has(name)) await files.remove(`${folderOf(notebook)}/${name}`);
}

/** Files the run wrote, by path, as it left them; null for those it removed again or that are outside its folder. */
export function lastWritten(observation: Observation): ReadonlyMap<string, Sha256 | null> {
  const last = new Map<string, Sha256 | null>();
  for (const statement of observation.statements)
    for (const { path, sha256: digest } of statement.filesWritten) last.set(path, digest);
  return last;
}

/** How long the last kept run of the notebook took; `undefined` when none is known. */
export async function lastRunMs(notebook: string, files: Files): Promise<number | undefined> {
  return (await readIndex(notebook, files))[0]?.wallMs;
}

async function readIndex(
  notebook: string,
  files: Files,
): Promise<readonly { readonly key: Sha256; readonly wallMs: number }[]> {
  const text = await files.readText(`${folderOf(notebook)}/index.json`);
  const index = KeptRuns.safeParse(parsedOrNothing(text));
  return index.success ? index.data.runs : [];
}

async function digestsBelow(
  folder: string,
  skip: (relativePath: string) => boolean,
  files: Files,
): Promise<Readonly<Record<string, string>>> {
  const digests: Record<string, string> = {};
  for (const path of await files.list(folder, skip, "follow")) {
    const digest = await files.digest(`${folder}/${path}`);
    digests[path] = digest !== undefined && isSha256(digest) ? digest : "gone";
  }
  return digests;
}

function isCompiled(path: string): boolean {
  return path.endsWith("__pycache__") || path.endsWith(".pyc");
}

function parsedOrNothing(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function entryPath(notebook: string, key: Sha256): string {
  return `${folderOf(notebook)}/${fileName(key)}`;
}

function fileName(key: Sha256): string {
  return `${key.slice("sha256:".length)}.json`;
}

function folderOf(notebook: string): string {
  return `${FOLDER}/${sha256(notebook).slice("sha256:".length, "sha256:".length + 16)}`;
}

/** Reads and writes `datasets.lock.yaml`. Whoever committed it may be anybody, so every path in it is checked before it is used. */
import { dirname } from "node:path/posix";
import { ConfigError, InputError, MlopsError } from "../base/errors.ts";
import { shellWord } from "../base/shell-word.ts";
import { parseYaml, renderYaml } from "../base/yaml.ts";
import { diagnosticsOfIssues } from "../base/zod-issues.ts";
import type { Files } from "../ports/files.ts";
import { DatasetsLock } from "./datasets-schema.ts";

/** Relative to the project root; committed. */
export const DATASETS_LOCK = "datasets.lock.yaml";

/** @throws ConfigError `datasets-lock-invalid`. */
export async function readDatasetsLock(files: Files): Promise<DatasetsLock> {
  const text = await files.readText(DATASETS_LOCK);
  return text === undefined ? { version: 1, datasets: {} } : parseDatasetsLock(text);
}

/** @throws ConfigError `datasets-lock-invalid`. */
export function parseDatasetsLock(text: string): DatasetsLock {
  const { value, diagnostics, placeOf } = parseYaml(text, DATASETS_LOCK);
  const checked = DatasetsLock.safeParse(value);
  if (diagnostics.length === 0 && checked.success) return checked.data;
  const issues = checked.success ? [] : checked.error.issues;
  const context = { codePrefix: "datasets-lock", value, path: DATASETS_LOCK, placeOf };
  const found = diagnostics.length > 0 ? diagnostics : diagnosticsOfIssues(issues, context);
  throw new ConfigError(`${DATASETS_LOCK}: ${found[0]?.message ?? "it cannot be read"}`, {
    code: "datasets-lock-invalid",
    where: found[0]?.where ?? { path: DATASETS_LOCK },
    hint: "bring the file back from git; mlops datasets snapshot writes it",
  });
}

/**
 * How to have a file that is not there: `undefined` where no dataset on record is this path or holds it. A lock file that
 * cannot be read says nothing here.
 *
 * @param path Relative to the project root.
 */
export async function wayToFetch(path: string, files: Files): Promise<string | undefined> {
  try {
    const { datasets } = await readDatasetsLock(files);
    const dataset = Object.keys(datasets).find(
      (known) => known === path || path.startsWith(`${known}/`) || known.startsWith(`${path}/`),
    );
    if (dataset === undefined) return undefined;
    const asked = dataset.startsWith(`${path}/`) ? path : dataset;
    return `datasets.lock.yaml has it: mlops datasets fetch ${shellWord(asked)}`;
  } catch (error) {
    if (error instanceof MlopsError) return undefined;
    throw error;
  }
}

/** Sorted by path, so that the file changes only where its meaning does. */
export async function writeDatasetsLock(lock: DatasetsLock, files: Files): Promise<void> {
  const sorted = Object.entries(lock.datasets).sort(([left], [right]) => (left < right ? -1 : 1));
  const datasets = Object.fromEntries(
    sorted.map(([path, { earlier, ...version }]) => [
      path,
      earlier.length === 0 ? version : { ...version, earlier },
    ]),
  );
  const header =
    "# Which content each data path holds. Written by mlops datasets snapshot; commit it.\n";
  await files.writeAtomic(DATASETS_LOCK, header + renderYaml({ version: 1, datasets }));
}

/** @throws InputError `dataset-path-leaves` where a symlink leads out of the project. */
export async function checkStaysInside(path: string, files: Files): Promise<void> {
  const root = (await files.realPath(".")) ?? files.absolute(".");
  let nearest = path;
  while ((await files.realPath(nearest)) === undefined && nearest !== ".")
    nearest = dirname(nearest);
  const real = (await files.realPath(nearest)) ?? root;
  const inner = real.startsWith(`${root}/`) ? real.slice(root.length + 1) : undefined;
  const isOurs = inner !== undefined && !/^\.(git|mlops)(\/|$)/i.test(inner);
  if (real === root || isOurs) return;
  throw new InputError(`${path} leads out of the project, to ${real}.`, {
    code: "dataset-path-leaves",
    where: { path },
    hint: "put the data inside the project instead of a link to it",
  });
}

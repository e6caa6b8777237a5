/** Reads and writes `mlops.lock.yaml`. Whoever committed it may be anybody: what it names is checked before it is used. */
import { ConfigError, ConflictError } from "../base/errors.ts";
import { parseYaml, renderYaml } from "../base/yaml.ts";
import { diagnosticsOfIssues } from "../base/zod-issues.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Ids } from "../ports/ids.ts";
import type { Registry } from "../ports/registry.ts";
import { isLockEntryWhole } from "../registry/lock.ts";
import { Lock } from "../registry/schema.ts";
import { writeTogether } from "./write-files.ts";

/** Relative to the project root; committed. */
export const MODELS_LOCK = "mlops.lock.yaml";

const HEADER =
  "# What each environment should run, and who approved it. Written by mlops models approve and alias; commit it.\n";

/** Somebody else writes it at the same moment: seldom, and hardly ever so often in a row. */
const MOST_TRIES = 20;

/** Where a text goes whose place was taken meanwhile. */
const BESIDE = `${MODELS_LOCK}.new`;

/** What changing the lock needs from outside. */
export interface LockPorts {
  readonly files: Files;
  readonly registry: Pick<Registry, "pendingWrites" | "together">;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * `undefined` when there is none.
 * @throws ConfigError `lock-invalid`.
 */
export async function readModelsLock(files: Files): Promise<Lock | undefined> {
  const text = await files.readText(MODELS_LOCK);
  return text === undefined ? undefined : parseModelsLock(text);
}

/** @throws ConfigError `lock-invalid`, also where an entry's list of files was changed by hand. */
export function parseModelsLock(text: string): Lock {
  const { value, diagnostics, placeOf } = parseYaml(text, MODELS_LOCK);
  const checked = Lock.safeParse(value);
  if (diagnostics.length > 0 || !checked.success) {
    const issues = checked.success ? [] : checked.error.issues;
    const context = { codePrefix: "lock", value, path: MODELS_LOCK, placeOf };
    const found = diagnostics.length > 0 ? diagnostics : diagnosticsOfIssues(issues, context);
    throw invalid(found[0]?.message ?? "it cannot be read", found[0]?.where);
  }
  for (const [environment, models] of Object.entries(checked.data.environments))
    for (const [model, entry] of Object.entries(models))
      if (!isLockEntryWhole(entry))
        throw invalid(
          `the files of ${model} in ${environment} are not those that its content digest stands for`,
          placeOf(["environments", environment, model, "files"]),
        );
  return checked.data;
}

/**
 * Changes the lock together with what `record` does in the registry. Where somebody else writes the file meanwhile, the
 * change is made again on what they wrote.
 *
 * @throws ConfigError `lock-invalid`; ConflictError `lock-contended`; whatever `record` throws, and then nothing is written.
 */
export async function changeModelsLock(
  change: (lock: Lock | undefined) => Lock,
  ports: LockPorts,
  record: () => void,
): Promise<void> {
  const { files } = ports;
  let isRecorded = false;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await files.readText(MODELS_LOCK);
    const text =
      HEADER + renderYaml(change(before === undefined ? undefined : parseModelsLock(before)));
    // On disk, not only done: another command may have kept our promise for us, after somebody else's.
    if (text === before && isRecorded) return;
    const once = isRecorded ? () => undefined : record;
    if (text === before) once();
    else await writeTogether({ path: MODELS_LOCK, text, before }, ports, once);
    isRecorded = true;
    if ((await files.readText(BESIDE)) === text) await files.remove(BESIDE);
  }
  throw new ConflictError(`${MODELS_LOCK} is being changed by somebody else all the time.`, {
    code: "lock-contended",
    where: { path: MODELS_LOCK },
    hint: "run mlops models verify, which says what is missing in it",
  });
}

function invalid(message: string, where: ConfigError["where"]): ConfigError {
  return new ConfigError(`${MODELS_LOCK}: ${message}`, {
    code: "lock-invalid",
    where: where ?? { path: MODELS_LOCK },
    hint: "bring the file back from git; mlops models approve and alias write it",
  });
}

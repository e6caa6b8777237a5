/** The environment variables a pipeline reads: that they are there, and that nobody but its own processes gets them. */
import { EnvironmentError, InputError } from "../base/errors.ts";
import { sha256 } from "../base/hash.ts";
import type { EnvironmentVariable } from "../pipeline/plan.ts";
import type { Workers } from "../ports/worker.ts";
import { findSecret } from "../secrets/find-secret.ts";
import { protectedValues } from "../secrets/protected-environment.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";

/** The environment of whoever gave the command. */
export type GivenEnvironment = Readonly<Record<string, string | undefined>>;

/** Names of the variables that a worker keeps out of everything it says; read by `worker.py`. */
const SECRET_NAMES = "MLOPS_SECRETS";

/**
 * Workers for the steps of a pipeline.
 *
 * @throws EnvironmentError `environment-variable-missing`, before anything runs.
 */
export function workersOf(
  { name, folder, file }: LoadedPipeline,
  workers: Workers,
  given: GivenEnvironment,
): Workers {
  checkEnvironment({ name, path: `${folder}/pipeline.yaml` }, file.environment, given);
  return withEnvironment(workers, file.environment, given);
}

/**
 * Parameters are recorded with every run, so none may be a secret.
 *
 * @throws InputError `secret-in-parameter`, naming the parameter and never its value.
 */
export function checkParameters(
  { folder, params }: Pick<LoadedPipeline, "folder" | "params">,
  overrides: Readonly<Record<string, unknown>>,
  given: GivenEnvironment,
): void {
  const values = { ...params, ...overrides };
  const environment = protectedValues(holdersOf(Object.values(values), given));
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "string") continue;
    const found = findSecret(value, { name, environment });
    if (found === undefined) continue;
    throw new InputError(`the parameter ${name} is, or holds, a secret: ${found.because}`, {
      code: "secret-in-parameter",
      ...(name in overrides ? {} : { where: { path: `${folder}/params.yaml` } }),
      hint: "read it from an environment variable in the notebook, and promote again",
    });
  }
}

/** The variables that hold one of these values: to judge all of them takes longer than everything else that is checked here. */
function holdersOf(values: readonly unknown[], given: GivenEnvironment): GivenEnvironment {
  const wanted = new Set(values);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => wanted.has(value)));
}

function checkEnvironment(
  pipeline: { readonly name: string; readonly path: string },
  variables: readonly EnvironmentVariable[],
  given: GivenEnvironment,
): void {
  const missing = variables
    // A CI system that has no such secret passes an empty one on.
    .filter(
      ({ name, required, secret }) =>
        required && (given[name] === undefined || (secret && given[name] === "")),
    )
    .map(({ name }) => name);
  if (missing.length === 0) return;
  throw new EnvironmentError(
    `${pipeline.name} reads ${missing.join(", ")} from the environment, and ${missing.length === 1 ? "it is" : "they are"} not set`,
    {
      code: "environment-variable-missing",
      where: { path: pipeline.path },
      hint: `set ${missing.length === 1 ? "it" : "them"} and run the command again: export ${missing[0] ?? ""}=…`,
    },
  );
}

/** The same workers, whose processes also get the pipeline's variables and keep its secrets to themselves. */
export function withEnvironment(
  workers: Workers,
  variables: readonly EnvironmentVariable[],
  given: GivenEnvironment,
): Workers {
  if (variables.length === 0) return workers;
  const passed: Record<string, string> = {};
  for (const { name } of variables) {
    const value = given[name];
    if (value !== undefined) passed[name] = value;
  }
  const secrets = variables.filter(({ secret }) => secret).map(({ name }) => name);
  if (secrets.length > 0) passed[SECRET_NAMES] = secrets.join(" ");
  return {
    start: (options) =>
      workers.start({ ...options, environment: { ...passed, ...options.environment } }),
  };
}

/**
 * What the pipeline's ordinary variables are set to: name → digest, or `unset`. A setting that changed may change what a
 * step makes; a secret that was renewed should not, and leaves no trace.
 */
export function settingsOf(
  variables: readonly EnvironmentVariable[],
  given: GivenEnvironment,
): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const { name, secret } of variables) {
    if (secret) continue;
    const value = given[name];
    settings[name] = value === undefined ? "unset" : sha256(value);
  }
  return settings;
}

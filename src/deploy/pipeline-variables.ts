/** How the environment variables that a pipeline reads get into the job and the container that train it: by name, never by value. */
import type { TrainingDeployment } from "./training-deployment.ts";

/** One variable and where the repository's settings keep it. */
export interface JobVariable {
  readonly name: string;
  /** Its name in the repository's settings. */
  readonly kept: string;
  readonly secret: boolean;
  readonly required: boolean;
}

/** In the order of their names. */
export function jobVariables({ pipeline }: TrainingDeployment): readonly JobVariable[] {
  return pipeline.environment
    .map(({ name, secret, required }) => ({
      name,
      // The settings take no name that begins so, and secrets.GITHUB_TOKEN is the job's own.
      kept: /^GITHUB_/i.test(name)
        ? `${pipeline.name.toUpperCase().replaceAll("-", "_")}_${name}`
        : name,
      secret,
      required,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The `env` of the step that trains: `${{ secrets.NAME }}` and `${{ vars.NAME }}`. */
export function jobEnvironment(deployment: TrainingDeployment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    jobVariables(deployment).map(({ name, kept, secret }) => [
      name,
      `\${{ ${secret ? "secrets" : "vars"}.${kept} }}`,
    ]),
  );
}

/** Shell that fails with the names of what is missing; what is missing in the settings arrives empty, which to a program is a value. */
export function variableChecks(deployment: TrainingDeployment): readonly string[] {
  return jobVariables(deployment).map(({ name, kept, secret, required }) =>
    required
      ? `if [ -z "\${${name}:-}" ]; then echo "::error::set the ${secret ? "secret" : "variable"} ${kept} in the repository's settings"; exit 1; fi`
      : `if [ -z "\${${name}:-}" ]; then unset ${name}; fi`,
  );
}

/** Options of `docker run` that pass the variables of whoever runs it on. */
export function passedOn(deployment: TrainingDeployment): string {
  return jobVariables(deployment)
    .map(({ name }) => `-e ${name} `)
    .join("");
}

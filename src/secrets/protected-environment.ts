/** Which variables of the environment hold something that must not be written down. */
import { findKnownFormat } from "./known-formats.ts";
import { findPasswords } from "./passwords-in-text.ts";
import { namePromise } from "./secret-name.ts";
import { isPlaceholder, isSecretValue, looksRandom } from "./secret-value.ts";

/** Variables of shells, terminals and package managers: what they hold is on every machine. */
const ORDINARY =
  /^(?:PATH|HOME|PWD|OLDPWD|SHELL|SHLVL|USER|LOGNAME|HOSTNAME|HOSTTYPE|LANG|LANGUAGE|LC_.*|TERM.*|COLOR.*|TZ|EDITOR|VISUAL|PAGER|DISPLAY|TMP|TEMP|TMPDIR|MAIL|_|PS\d|LS_COLORS|XDG_.*|DBUS_.*|SSH_(?:AUTH_SOCK|AGENT_PID|CONNECTION|CLIENT|TTY)|CONDA_.*|VIRTUAL_ENV.*|PYENV_.*|PYTHON.*|NODE.*|npm_.*|NVM_.*|JAVA_HOME|LD_.*|DYLD_.*|MPL.*|OMP_.*|MKL_.*|OPENBLAS_.*|CUDA_.*|GIT_.*|VSCODE_.*|JPY_.*|JUPYTER_.*|KERNEL_.*|INVOCATION_ID|CI|GITHUB_(?:SHA|REF|RUN_ID|WORKSPACE|REPOSITORY.*|ACTOR.*)|CI_COMMIT.*)$/i;

/** Whether what a variable holds is kept out of everything that is written. */
export function isProtected(name: string, value: string): boolean {
  // `NPM_TOKEN` and `JUPYTER_TOKEN` begin like ordinary ones.
  if (ORDINARY.test(name) && namePromise(name) === "none") return false;
  if (value.length < 6 || isPlaceholder(value)) return false;
  if (findKnownFormat(value) !== undefined || findPasswords(value).length > 0) return true;
  if (namePromise(name) !== "none") return !/^[~./]/.test(value);
  return isSecretValue(name, value) || looksRandom(value);
}

/** Protected values with the first variable, in the order of names, that holds each. */
export function protectedValues(
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const name of Object.keys(environment).sort()) {
    const value = environment[name];
    if (value !== undefined && !values.has(value) && isProtected(name, value))
      values.set(value, name);
  }
  return values;
}

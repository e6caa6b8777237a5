/** What a Python child may know of this machine, and which Python an interpreter is. */
import { execFile } from "node:child_process";

/** Names that user code needs to find its libraries and to behave as it does by hand. Everything else stays here, secrets first of all. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SYSTEMROOT",
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "CONDA_DEFAULT_ENV",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "XDG_CACHE_HOME",
  "OMP_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "MKL_NUM_THREADS",
  "CUDA_VISIBLE_DEVICES",
] as const;

/** The environment of every Python child: the names above, and what makes two runs alike. */
export function scrubbedEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = environment[name];
    if (value !== undefined) kept[name] = value;
  }
  return {
    ...kept,
    PYTHONHASHSEED: "0",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONNOUSERSITE: "1",
    PYTHONUNBUFFERED: "1",
    PYTHONUTF8: "1",
    MPLBACKEND: "Agg",
  };
}

/** `3.9.18`; `undefined` when it cannot be started or does not answer like Python. */
export function pythonVersionOf(python: string): Promise<string | undefined> {
  const code = "import sys; sys.stdout.write('.'.join(str(p) for p in sys.version_info[:3]))";
  return new Promise((resolve) => {
    execFile(
      python,
      ["-c", code],
      { timeout: 20_000, env: scrubbedEnvironment(process.env) },
      (error, stdout) => {
        resolve(error === null && /^\d+\.\d+\.\d+$/.test(stdout) ? stdout : undefined);
      },
    );
  });
}

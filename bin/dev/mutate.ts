/**
 * `npm run mutate [-- EXAMPLE…] [--limit N] [--seed N]`: promotes each example in a folder of its own, makes mutants of
 * the generated steps, and tells how many `verify` catches. Survivors are listed with what they changed.
 */

import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { type MutantOutcome, measureMutants } from "./mutation.ts";
import { preparePythonEnvironment } from "./python-environment.ts";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { limit: { type: "string" }, seed: { type: "string", default: "0" } },
});

await main();

async function main(): Promise<void> {
  const python = await preparePythonEnvironment({
    lockFile: join(checkout, "test", "support", "requirements.lock"),
    cacheFolder: join(checkout, ".cache"),
    log: say,
  });
  const names =
    positionals.length > 0
      ? positionals
      : (await readdir(join(checkout, "examples"))).filter((name) => !name.includes("."));
  for (const name of names) say(report(name, await mutateExample(name, python)));
}

async function mutateExample(name: string, python: string): Promise<readonly MutantOutcome[]> {
  const project = await mkdtemp(join(tmpdir(), "mlops-mutate-"));
  try {
    await cp(join(checkout, "examples", name), project, { recursive: true });
    await promisify(execFile)(
      process.execPath,
      [join(checkout, "bin", "mlops.js"), "promote", `${name}.ipynb`, "--python", python],
      { cwd: project, maxBuffer: 1 << 26 },
    );
    return await measureMutants({
      project,
      pipeline: name,
      python,
      limit: values.limit === undefined ? undefined : Number(values.limit),
      seed: Number(values.seed),
      onMutant: (done, total) => {
        if (done % 10 === 0) say(`${name}: ${String(done)} of ${String(total)}`);
      },
    });
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** Lines of the notebook apart from the one line of ours, whose effect is how things are shown. */
function report(name: string, outcomes: readonly MutantOutcome[]): string {
  const isOurs = ({ operator }: MutantOutcome): boolean => operator === "settings-dropped";
  const own = outcomes.filter((outcome) => !isOurs(outcome));
  const ours = outcomes.filter(isOurs);
  const caughtOf = (some: readonly MutantOutcome[]): number =>
    some.filter(({ kind }) => kind === "caught").length;
  const rate = ((100 * caughtOf(own)) / Math.max(1, own.length)).toFixed(1);
  const changing = own.filter(({ kind }) => kind !== "equivalent");
  const chosen =
    values.limit === undefined ? "all" : `sample of ${values.limit}, seed ${values.seed}`;
  return [
    `${name} (${chosen}): ${String(caughtOf(own))} of ${String(own.length)} mutants of the notebook's lines caught (${rate} %)`,
    `${name}: ${String(caughtOf(own))} of ${String(changing.length)} of those that change anything inside their step`,
    `${name}: ${String(caughtOf(ours))} of ${String(ours.length)} dropped calls of apply_settings caught`,
    ...outcomes
      .filter(({ kind }) => kind !== "caught")
      .map(
        ({ file, line, operator, before, after, evidence }) =>
          `  ${file}:${String(line)} ${operator}: ${oneLine(before)} → ${oneLine(after)}\n      ${evidence}`,
      ),
  ].join("\n");
}

function oneLine(text: string): string {
  const short = text.replaceAll(/\s+/g, " ");
  return short.length <= 70 ? short : `${short.slice(0, 69)}…`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * A promoted pipeline is run once more as its package alone runs, and what it made is held against the notebook, run
 * by IPython alone: what the certificate says is checked by something that shares nothing with what made it.
 */
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Manifest, PlainRun, parsed, type Result } from "./corpus-schema.ts";
import { type Limits, runLimited } from "./limited-process.ts";

export interface Running extends Limits {
  readonly python: string;
  readonly plainRun: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path of a copy that may be run. */
  readonly notebook: string;
}

/** What a run of the pipeline kept, as a file for `plain_run.py`, or why it did not come to its end. */
export type KeptValues =
  | { readonly file: string; readonly failure?: undefined }
  | { readonly failure: string };

const RUN = "held";

/** Runs the package without mlops; `project` is the folder that the notebook was promoted in. */
export async function runPipeline(
  { plan, folder, certificate }: Result,
  project: string,
  settings: Running & { readonly scratch: string },
): Promise<KeptValues> {
  const package_ = join(project, folder);
  const store = join(settings.scratch, "kept");
  const { code, stderr, stopped } = await runLimited(
    [settings.python, "-m", "story", "run", "--store", store, "--run", RUN],
    { ...settings, cwd: package_ },
  );
  if (code !== 0 || stopped !== undefined)
    return { failure: `its package does not run: ${stopped ?? stderr.slice(-300)}` };
  const excluded = new Set((certificate?.excluded ?? []).map(({ name }) => name));
  const values = [];
  for (const { name, variables, producer } of plan.artifacts) {
    const at = plan.steps.findIndex((step) => step.name === producer);
    const cell = Math.max(0, ...(plan.steps[at]?.cells ?? []));
    // The rest of the cell may change it again, and the notebook is only looked at after whole cells.
    const within = plan.steps.slice(at + 1).some(({ cells }) => cells.includes(cell));
    // What stays in the notebook may have asked the value for more than it keeps by itself.
    const asked = plan.leftOut.some(({ statement }) => statement.cell === cell);
    const manifest = await readFile(join(store, "runs", RUN, producer, "manifest.json"), "utf8");
    const output = parsed(Manifest, manifest)?.outputs[name];
    if (output === undefined) return { failure: `${producer} did not keep ${name}` };
    const { digest, codec } = output;
    if (!excluded.has(name)) values.push({ name, variables, cell, within, asked, digest, codec });
  }
  const file = join(settings.scratch, "kept.json");
  await writeFile(file, JSON.stringify({ package: package_, name: "story", store, values }));
  return { file };
}

/** `undefined` where it could not be tried, for example without IPython. */
export async function runPlainly({
  against,
  ...settings
}: Running & { readonly against?: string }): Promise<PlainRun | undefined> {
  const words = against === undefined ? [] : [against];
  const { stdout, stopped } = await runLimited(
    [settings.python, settings.plainRun, settings.notebook, ...words],
    { ...settings, cwd: dirname(settings.notebook) },
  );
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  return parsed(PlainRun, stopped === undefined ? last : '{"ran": false}');
}

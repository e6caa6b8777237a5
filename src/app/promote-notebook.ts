/**
 * Read → analyze → observe → plan → stage features → reference run → emit → verify.
 * Nothing in the user's folders is touched before everything is made and compared; then the package appears at once.
 */

import { basename, dirname, relative } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import { ConflictError, errorAt, MlopsError } from "../base/errors.ts";
import { renderCertificate } from "../codegen/certificate-file.ts";
import { findingsInParts, placeInPart } from "../notebook/notebook-parts.ts";
import { findWrongOrder } from "../observation/join-runs.ts";
import type { Observation } from "../observation/schema.ts";
import { unseededCalls, unseededWarning } from "../pipeline/causes.ts";
import { lockInputs } from "../pipeline/lock-file.ts";
import { kebab } from "../pipeline/parameters.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Cut } from "../pipeline/segment.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Events } from "../ports/events.ts";
import type { Files } from "../ports/files.ts";
import type { Git } from "../ports/git.ts";
import type { Ids } from "../ports/ids.ts";
import type { Processes } from "../ports/processes.ts";
import type { Registry } from "../ports/registry.ts";
import type { Workers } from "../ports/worker.ts";
import type { PythonParser } from "../python/parse.ts";
import type { Certificate } from "../verification/schema.ts";
import { checkFolderIsFree, checkModuleNames } from "./check-before-promoting.ts";
import { checkDataIsStillThere, checkSameData } from "./check-data-unchanged.ts";
import { checkResolved } from "./check-resolved.ts";
import { earlierOr } from "./earlier-certificate.ts";
import type { Emitted } from "./emit-package.ts";
import type { AppEvent } from "./event.ts";
import {
  type FixReport,
  fixReport,
  lookForLeakage,
  metricsAsItStands,
  type Reloadable,
  withFix,
} from "./leakage.ts";
import { type LoadedNotebook, loadNotebooks, stop } from "./load-notebook.ts";
import { type LockOutcome, lockRequirements, NO_LOCK } from "./lock-requirements.ts";
import { makeVerified, withRenamed } from "./make-verified.ts";
import { capturesOf, observationNotes, observeNotebook } from "./observe-notebook.ts";
import { writeOrderedCopy } from "./order-notebook.ts";
import { withEnvironment } from "./pipeline-environment.ts";
import {
  type PlannedPackage,
  type PromotedFile,
  planPackageWrites,
} from "./plan-package-writes.ts";
import type { PlanRecord } from "./plan-record-schema.ts";
import { renderWriteDiff } from "./plan-writes.ts";
import { announce, phases, type Say } from "./promotion-events.ts";
import { readPersonEdits } from "./read-person-edits.ts";
import { type Reviews, reviewPlanning } from "./review-planning.ts";
import { sayTrying, settleOrder } from "./settle-order.ts";
import { askingPython } from "./star-exports.ts";
import type { VerifiedPackage } from "./verify-package.ts";
import { workFolderAlso, workFolderOfNotebook } from "./work-folder.ts";
import type { WriteOutcome } from "./write-files.ts";
import { writeRevision } from "./write-revision.ts";

export interface PromoteInput {
  /** Relative to the project root, in the order in which they are run. */
  readonly notebooks: readonly [string, ...string[]];
  /** `undefined` takes the only notebook's file name. */
  readonly name: string | undefined;
  readonly pipelinesFolder: string;
  readonly python: string;
  readonly timeoutMs: number;
  readonly observe: boolean;
  readonly verify: boolean;
  /** true runs the notebook even where a run on record could stand in. */
  readonly fresh: boolean;
  readonly dryRun: boolean;
  readonly cut: Cut;
  /** Which order of the cells to take where the saved outputs prove another one than theirs; `undefined` refuses to choose. */
  readonly order: "cells" | "saved" | undefined;
  /** What to fix before the pipeline is made; what pipeline.yaml says is fixed as well. */
  readonly fix: "leakage" | undefined;
  readonly allowNetwork: boolean;
  readonly allowWrite: boolean;
  /** Ask a person about the plan and its serving before anything is made of them; `undefined` takes them as they are. */
  readonly reviews: Reviews | undefined;
  /** Make requirements.lock, which may ask a package index. */
  readonly lock: boolean;
  /** The environment of whoever promotes: secrets of the notebook may stand in it, and processes get of it what they need. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface PromotePorts {
  readonly files: Files;
  readonly processes: Processes;
  readonly workers: Workers;
  readonly artifacts: Artifacts;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly git: Git;
  readonly events: Events<AppEvent>;
  readonly parser: PythonParser;
  /** Absolute folder of the templates that ship with the program. */
  readonly templates: string;
}

export interface PromoteResult {
  readonly name: string;
  /** `undefined` on a dry run. */
  readonly revision: number | undefined;
  readonly folder: string;
  readonly plan: Plan;
  readonly certificate: Certificate | undefined;
  readonly failure: VerifiedPackage["failure"];
  /** What happened, or on a dry run would happen, to each file that is not as it was. */
  readonly changes: readonly PromotedFile[];
  /** How serving stands: ready, or why not. */
  readonly serving: Emitted["serving"];
  /** What was fixed; `undefined` when the pipeline is the notebook's. */
  readonly fixed: FixReport | undefined;
  readonly writes: WriteOutcome;
  readonly diff: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Promotes notebooks into one pipeline, as the header says.
 *
 * @throws InputError when one cannot be read, run or planned, with the place; ConflictError when the folder is taken.
 */
export async function promoteNotebooks(
  input: PromoteInput,
  ports: PromotePorts,
): Promise<PromoteResult> {
  const phase = phases(ports);
  const name = nameOfPipeline(input);
  const notebooks = await inSavedOrder({ ...input, pipeline: name }, ports);
  const load = (changed?: ReadonlyMap<number, string>): Promise<LoadedNotebook> =>
    loadNotebooks(notebooks, ports, {
      pipeline: name,
      environment: input.variables,
      ...(input.observe ? { askExports: askingPython(input, ports) } : {}),
      ...(changed === undefined ? {} : { changed }),
    });
  const loaded = await phase("read", notebooks.join(", "), () => load());
  const { notebook } = loaded.program;
  try {
    const result = await promoteLoaded(
      { ...input, notebooks, name, notebook: notebook.path },
      { ...loaded, reload: async (cells) => (await load(cells)).program },
      ports,
    );
    return { ...result, diagnostics: findingsInParts(notebook, result.diagnostics) };
  } catch (error) {
    throw error instanceof MlopsError
      ? errorAt(error, (place) => placeInPart(notebook, place))
      : error;
  }
}

/** The copy in the order of the saved outputs, where that was asked for. */
async function inSavedOrder(
  input: PromoteInput & { readonly pipeline: string },
  ports: PromotePorts,
): Promise<PromoteInput["notebooks"]> {
  if (input.order !== "saved") return input.notebooks;
  const [path] = input.notebooks;
  const copy = await phases(ports)("order", `looks for the order that ${path} was run in`, () =>
    writeOrderedCopy(path, { ...input, onTry: sayTrying(ports.events) }, ports),
  );
  ports.events.emit({
    kind: "noted",
    text: `Promotes ${copy}, a copy in the order of the saved outputs.`,
  });
  return [copy];
}

/** The name given, or the only notebook's file name made one. */
export function nameOfPipeline({
  name,
  notebooks,
}: Pick<PromoteInput, "name" | "notebooks">): string {
  return name ?? kebab(basename(notebooks[0]).replace(/\.ipynb$/i, ""));
}

async function promoteLoaded(
  input: PromoteInput & { readonly name: string; readonly notebook: string },
  loaded: LoadedNotebook & Reloadable,
  given: PromotePorts,
): Promise<PromoteResult> {
  const phase = phases(given);
  const { name } = input;
  checkModuleNames(loaded.program, name);
  const ports = {
    ...given,
    workers: withEnvironment(given.workers, loaded.program.environment, {
      ...input.variables,
      ...Object.fromEntries(loaded.program.hidden),
    }),
  };
  const folder = `${input.pipelinesFolder}/${name}`;
  const previous = ports.registry.pipelines.latestRevision(name);
  const base = previous?.files ?? {};
  await checkResolved(folder, Object.keys(base), ports.files);
  if (previous === undefined) await checkFolderIsFree(folder, ports.files);
  const edits = await readPersonEdits(previous, ports);
  const decisions = withFix(edits.decisions, input.fix);
  const fixing = await lookForLeakage(loaded, decisions, ports.parser);
  const { program } = fixing;
  const notebookFolder = dirname(input.notebook);
  const work = workFolderOfNotebook(program, notebookFolder, {
    parser: ports.parser,
    levelsBefore: edits.levelsBefore,
  });
  const observeWith = (
    reference: { readonly plan: Plan } | undefined,
    say: Say,
    { fresh = input.fresh, of = program } = {},
  ): Promise<Observation> =>
    observeNotebook(
      {
        ...input,
        fresh,
        program: of,
        work: reference === undefined ? work : workFolderAlso(work, reference.plan),
        reference:
          reference === undefined
            ? undefined
            : {
                plan: reference.plan,
                captures: capturesOf(reference.plan),
                store: ports.artifacts.root,
              },
        onCell: (done, total) => {
          ports.events.emit({ kind: "progressed", done, total });
        },
        onReused: () => {
          say("the run on record: nothing it depends on has changed (--fresh runs it again)");
        },
        onReachingUp: (path) => {
          say(`again from its start, on a copy that has ${path} as well`);
        },
      },
      ports,
    );

  await announce(input, ports);
  const settled = input.observe
    ? await phase("observe", `runs the notebook with ${input.python}`, (say) =>
        settleOrder(
          {
            program,
            path: input.notebooks.length > 1 ? undefined : input.notebook,
            order: input.order === undefined ? undefined : "cells",
            pipeline: name,
            variables: input.variables,
            observe: (of) => observeWith(undefined, say, { of }),
            onTry: sayTrying(ports.events),
          },
          ports,
        ),
      )
    : undefined;
  const first = settled?.observation;
  if (first !== undefined) {
    const wrong = findWrongOrder(first, program.notebook);
    if (wrong.length > 0) throw stop(wrong, input.notebook);
  }
  const environment = first?.environment;
  const lockFor = async (plan: Plan): Promise<LockOutcome> => {
    if (environment === undefined) return NO_LOCK;
    const inputs = lockInputs(plan, environment);
    const lock = (): Promise<LockOutcome> =>
      lockRequirements(
        { ...input, inputs, folder, ask: input.lock, environment: input.variables },
        ports,
      );
    // What is not asked for takes no time, and is not said to have been done.
    return input.lock
      ? phase("lock", "pins everything that gets installed by its hash", lock)
      : lock();
  };
  const writing = { name, folder, previous };
  const proposed = {
    program,
    name,
    root: edits.root ?? (relative(folder, notebookFolder) || "."),
    python: "3.11",
    cut: input.cut,
    serving: edits.serving,
    decisions,
  };
  const observed = { ...proposed, observation: first };
  const planning = await reviewPlanning(observed, input.reviews, ports.parser);
  const made = await makeVerified(
    {
      stage: input,
      program,
      planning,
      stepsBefore: edits.stepsBefore,
      first,
      referenceRun:
        first === undefined || !input.verify
          ? undefined
          : async (plan, fresh, say) => {
              const again = await observeWith({ plan }, say, { fresh });
              checkSameData(first, again, notebookFolder);
              return again;
            },
      lockFor,
      writing,
      phase,
    },
    ports,
  );
  const { plan, reference, emitted, merged, verified } = made;
  const diagnostics = [
    ...loaded.diagnostics,
    ...fixing.diagnostics,
    ...(settled?.notes ?? []),
    ...made.diagnostics,
    ...(first === undefined ? [] : observationNotes(first, input.notebook)),
    ...unseededWarning(unseededCalls(program, first), plan, input.notebook),
  ];
  const record: PlanRecord = { plan, reference };
  const planDigest = await ports.artifacts.write(
    new TextEncoder().encode(`${JSON.stringify(record)}\n`),
  );

  const certificate =
    verified === undefined
      ? undefined
      : await earlierOr(verified.certificate, base["certificate.json"], ports.artifacts);
  const files =
    certificate === undefined ? emitted.files : [...emitted.files, renderCertificate(certificate)];
  const final = await planPackageWrites(
    { ...withRenamed({ writing, stepsBefore: edits.stepsBefore }, plan), files },
    ports,
  );
  checkNotChanged(merged, final);
  if (first !== undefined) await checkDataIsStillThere(first, notebookFolder, ports.files);
  const fixed = await fixReport(fixing, reference, () =>
    phase("compare", "runs the notebook as it stands, for its metrics", (say) =>
      metricsAsItStands(loaded.program, { name, root: "." }, (ownPlan) =>
        observeWith({ plan: ownPlan }, say, { of: loaded.program }),
      ),
    ),
  );
  const common = {
    name,
    fixed,
    folder,
    plan,
    certificate,
    failure: verified?.failure,
    serving: emitted.serving,
    changes: final.changes,
    diagnostics,
  };
  if (input.dryRun)
    return {
      ...common,
      revision: undefined,
      writes: { written: [], removed: [], conflicts: [] },
      diff: renderWriteDiff(final.writes),
    };
  const written = await phase("write", folder, () =>
    writeRevision(
      { plan, planDigest, folder, files, writes: final.writes, certificate, base },
      ports,
    ),
  );
  return { ...common, revision: written.revision, writes: written.outcome, diff: undefined };
}

/** @throws ConflictError `changed-while-promoting`: the certificate would speak of other code than what would be there. */
function checkNotChanged(verified: PlannedPackage, final: PlannedPackage): void {
  if (verified.digest === final.digest) return;
  const { folder } = final.writes;
  throw new ConflictError(
    `${folder} was changed while its pipeline was being verified; nothing was written.`,
    {
      code: "changed-while-promoting",
      where: { path: folder },
      hint: "run the command again",
    },
  );
}

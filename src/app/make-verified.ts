/**
 * Plan → package → certificate, tried again where the certificate says that something differs: first whether the
 * notebook itself repeats it, then with more of the notebook in one step. At most four more runs of the notebook.
 */
import { join } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Observation } from "../observation/schema.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { PlanInput } from "../pipeline/plan-notebook.ts";
import { type CoarserCut, coarserCuts } from "../verification/coarser-cuts.ts";
import type { Reference } from "../verification/reference-schema.ts";
import { type Emitted, emitPackage } from "./emit-package.ts";
import { stop } from "./load-notebook.ts";
import type { LockOutcome } from "./lock-requirements.ts";
import {
  type PackageWrite,
  type PlannedPackage,
  planPackageWrites,
} from "./plan-package-writes.ts";
import { planSoundly } from "./plan-soundly.ts";
import { renamedSince } from "./read-person-edits.ts";
import {
  keepProvenFeatures,
  type StageInput,
  type StagePorts,
  verifyStaged,
  withStaged,
} from "./stage-package.ts";
import { storeReference } from "./store-reference.ts";
import type { VerifiedPackage } from "./verify-package.ts";

/** Runs one named part of a promotion; `say` changes what is told of it. */
export type Phase = <T>(
  name: string,
  detail: string,
  work: (say: (detail: string) => void) => Promise<T>,
) => Promise<T>;

export interface MakeInput {
  readonly stage: StageInput;
  readonly program: NotebookProgram;
  readonly planning: Omit<PlanInput, "observation" | "together">;
  /** Step names as last generated. */
  readonly stepsBefore: readonly string[];
  /** The run that watched every value; `undefined` when nothing may be run. */
  readonly first: Observation | undefined;
  /** Runs the notebook and stores what crosses in this plan, whatever is on record when `fresh`; `undefined` when nothing is to be compared. */
  readonly referenceRun:
    | ((plan: Plan, fresh: boolean, say: (detail: string) => void) => Promise<Observation>)
    | undefined;
  /** requirements.lock of a plan; what the notebook imports is the same in every attempt, so it is asked once. */
  readonly lockFor: (plan: Plan) => Promise<LockOutcome>;
  readonly writing: Omit<PackageWrite, "files" | "renamedSteps">;
  readonly phase: Phase;
}

/** A package and what verification said of it. */
export interface Made {
  readonly plan: Plan;
  readonly reference: Reference | undefined;
  readonly emitted: Emitted;
  readonly merged: PlannedPackage;
  readonly verified: VerifiedPackage | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export type MakePorts = StagePorts & Parameters<typeof planPackageWrites>[1];

/** The first attempt that does not differ from the notebook; when all do, the first one. */
export async function makeVerified(input: MakeInput, ports: MakePorts): Promise<Made> {
  const first = await attempt(input, { together: [] }, ports);
  if (!differs(first)) return first.made;
  const settled = await settleVarying(input, first, ports);
  if (!differs(settled) || settled.isEdited) return settled.made;
  const { plan, verified, emitted } = settled.made;
  if (verified === undefined) return settled.made;
  if (emitted.sharesLines) {
    // The steps as they stand in the notebook: what their lines compute in functions of their own may be something else.
    const apart = await attempt(input, { together: [], lock: settled.lock, apart: true }, ports);
    if (!differs(apart)) return apart.made;
  }
  for (const cut of coarserCuts(plan, verified.certificate, verified.failure)) {
    const coarser = await attempt(input, { together: [cut.together], lock: settled.lock }, ports);
    if (differs(coarser)) continue;
    const note = joinedNote(cut, settled.made, input.stage.notebook);
    return { ...coarser.made, diagnostics: [...coarser.made.diagnostics, note] };
  }
  return settled.made;
}

interface Attempt {
  readonly made: Made;
  readonly second: Observation | undefined;
  readonly lock: LockOutcome;
  /** Whether people changed the package's code: then a difference is theirs. */
  readonly isEdited: boolean;
}

function differs({ made }: Attempt): boolean {
  return made.verified?.certificate.verdict === "differs";
}

async function attempt(
  input: MakeInput,
  how: {
    readonly together: readonly (readonly [string, string])[];
    readonly lock?: LockOutcome;
    /** true where steps and features have no lines in common. */
    readonly apart?: boolean;
  },
  ports: MakePorts,
): Promise<Attempt> {
  const { stage, program, first, referenceRun, phase } = input;
  const planned = await planSoundly({ ...input.planning, together: how.together }, first, {
    referenceRun:
      referenceRun === undefined
        ? undefined
        : (plan) =>
            phase(
              "reference",
              "runs the notebook again and keeps what crosses between steps",
              (say) => referenceRun(plan, false, say),
            ),
    onPlan: () => {
      ports.events.emit({ kind: "phase-started", phase: "plan" });
    },
  });
  if (planned.plan === undefined) throw stop(planned.diagnostics, stage.notebook);
  const { second, plan: soundPlan } = planned;
  const reference =
    first === undefined || second === undefined
      ? undefined
      : await storeReference(
          { program, plan: soundPlan, first, second, third: undefined },
          undefined,
          ports.artifacts,
        );
  const { folder } = input.writing;
  const lock = how.lock ?? (await input.lockFor(soundPlan));
  const drafted = await phase("emit", folder, () =>
    emitPackage(
      {
        plan: soundPlan,
        program,
        lock: lock.text,
        observation: first,
        folder,
        apart: how.apart === true,
      },
      ports,
    ),
  );
  const root = rootOf(soundPlan, folder);
  const { emitted, proofs } =
    reference === undefined || !drafted.serving.ready
      ? { emitted: drafted, proofs: undefined }
      : await phase(
          "features",
          "runs the features on the raw table and compares them with the notebook's",
          () =>
            keepProvenFeatures(
              { input: stage, plan: drafted.plan, reference, program, drafted, root },
              ports,
            ),
        );
  const { plan } = emitted;
  const writing = withRenamed(input, plan);
  const merged = await planPackageWrites({ ...writing, files: emitted.files }, ports);
  const isEdited = hasEdits(emitted, merged);
  const verified =
    reference === undefined || merged.conflicts.length > 0
      ? undefined
      : await phase("verify", "runs the pipeline in fresh processes and compares", () =>
          verifyStaged({ input: stage, plan, reference, merged, root, proofs, isEdited }, ports),
        );
  const diagnostics = [
    ...merged.diagnostics,
    ...planned.diagnostics,
    ...lock.diagnostics,
    ...emitted.diagnostics,
  ];
  const made = { plan, reference, emitted, merged, verified, diagnostics };
  return { made, second, lock, isEdited };
}

/** One more run of the notebook where something differs: what it does not repeat, no pipeline can be held to. */
async function settleVarying(input: MakeInput, tried: Attempt, ports: MakePorts): Promise<Attempt> {
  const { stage, first, referenceRun, phase } = input;
  const { made, second } = tried;
  const { plan, merged, verified } = made;
  if (first === undefined || second === undefined || referenceRun === undefined) return tried;
  if (verified === undefined || verified.failure !== undefined) return tried;
  const third = await phase(
    "repeat",
    "runs the notebook once more, to see whether it repeats what differs",
    (say) => referenceRun(plan, true, say),
  );
  const { python, timeoutMs, signal } = stage;
  const reference = await withStaged(merged.onDisk, ports, (folder) =>
    storeReference(
      { program: input.program, plan, first, second, third },
      { workers: ports.workers, package: folder, python, timeoutMs, signal },
      ports.artifacts,
    ),
  );
  const given = verified;
  const staged = {
    input: stage,
    plan,
    reference,
    merged,
    root: rootOf(plan, input.writing.folder),
    given,
    proofs: verified.certificate.features?.proofs,
    isEdited: tried.isEdited,
  };
  return { ...tried, made: { ...made, reference, verified: await verifyStaged(staged, ports) } };
}

/** Working directory of the steps, relative to the project root. */
function rootOf(plan: Plan, folder: string): string {
  return join(folder, plan.root);
}

/** Edits of a step's file come along where the person renamed the step. */
export function withRenamed(
  input: Pick<MakeInput, "writing" | "stepsBefore">,
  plan: Plan,
): Omit<PackageWrite, "files"> {
  const names = plan.steps.map((step) => step.name);
  return {
    ...input.writing,
    renamedSteps: renamedSince(input.stepsBefore, names, plan.decisions),
  };
}

function hasEdits(emitted: Emitted, merged: PlannedPackage): boolean {
  const generated = new Map(emitted.files.map(({ path, text }) => [path, text]));
  return merged.onDisk.some(
    ({ path, text }) => path.endsWith(".py") && generated.get(path) !== text,
  );
}

function joinedNote(cut: CoarserCut, tried: Made, path: string): Diagnostic {
  const { certificate, failure } = tried.verified ?? {};
  const first = certificate?.comparisons.find(({ same }) => !same);
  const what =
    failure === undefined
      ? `the ${first?.kind ?? "value"} ${first?.name ?? ""} of ${first?.step ?? ""} differed (${first?.difference ?? ""})`
      : `${failure.step} failed (${failure.message})`;
  const [last, ...others] = [...cut.steps].reverse();
  const cell = tried.plan.steps.find(({ name }) => name === last)?.cells[0];
  return {
    code: "steps-merged-to-verify",
    severity: "note",
    message: `${others.reverse().join(", ")} and ${last ?? ""} are one step: as separate ones they did not compute what the notebook computes, because ${what}`,
    hint: "something passes between them that no stored value carries, such as which objects are one and the same, or a number that depends on where an object lies",
    where: { path, ...(cell === undefined ? {} : { cell }) },
  };
}

/** What promotion does with a package before it is written anywhere: its features are proven and its steps run, on files that stand in a folder of their own. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { sha256OfJson } from "../base/hash.ts";
import { renderContract } from "../codegen/contract-file.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Events } from "../ports/events.ts";
import type { Reference } from "../verification/reference-schema.ts";
import type { FeatureProof } from "../verification/schema.ts";
import { type EmitPorts, type Emitted, emitPackage } from "./emit-package.ts";
import type { AppEvent } from "./event.ts";
import { statesForModel } from "./made-for-model.ts";
import type { PlannedPackage } from "./plan-package-writes.ts";
import {
  countHolding,
  type ProveInput,
  type ProvenFeatures,
  proveAfterRun,
  proveFeatures,
} from "./prove-features.ts";
import {
  type StepsMade,
  type VerifiedPackage,
  type VerifyPackagePorts,
  verifyPackage,
} from "./verify-package.ts";

/** What both need to know of a promotion. */
export interface StageInput {
  /** Relative to the project root. */
  readonly notebook: string;
  readonly pipelinesFolder: string;
  readonly python: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type StagePorts = VerifyPackagePorts & EmitPorts & { readonly events: Events<AppEvent> };

/** Runs the pipeline in fresh processes and compares it with the reference. */
export async function verifyStaged(
  staged: {
    readonly input: StageInput;
    readonly plan: Plan;
    readonly reference: Reference;
    /** The package as it will stand on disk, and the digest of its code. */
    readonly merged: Pick<PlannedPackage, "onDisk" | "digest">;
    /** Working directory of the steps, relative to the project root. */
    readonly root: string;
    /** What steps made before, so that they are compared and not run; none when left out. */
    readonly given?: StepsMade;
    /** What was proven of the features as they were generated; `undefined` where there are none. */
    readonly proofs: readonly FeatureProof[] | undefined;
    /** Whether people changed the package's code, so that its features are to be proven anew. */
    readonly isEdited: boolean;
  },
  ports: StagePorts,
): Promise<VerifiedPackage> {
  const { input, plan, reference, proofs } = staged;
  return withStaged(staged.merged.onDisk, ports, (folder) => {
    const proving = { ...input, plan, reference, folder };
    const prove = async (
      manifests: StepsMade["manifests"],
      asGenerated: readonly FeatureProof[],
    ): Promise<readonly FeatureProof[]> =>
      staged.isEdited ? proveAfterRun(proving, manifests, ports) : asGenerated;
    return verifyPackage(
      {
        plan,
        reference,
        packageDigest: staged.merged.digest,
        folder,
        root: staged.root,
        pipelinesFolder: input.pipelinesFolder,
        python: input.python,
        stepTimeoutMs: input.timeoutMs,
        signal: input.signal,
        ...(staged.given === undefined ? {} : { given: staged.given }),
        ...(proofs === undefined ? {} : { prove: (made) => prove(made, proofs) }),
        onStep: (step, done, total) => {
          ports.events.emit({ kind: "progressed", done, total, detail: step });
        },
      },
      ports,
    );
  });
}

/** What is emitted, and what was proven of its features; `undefined` where there are none. */
export interface EmittedProven {
  readonly emitted: Emitted;
  readonly proofs: readonly FeatureProof[] | undefined;
}

/** A serving half whose proof fails is not written at all. */
export async function keepProvenFeatures(
  at: {
    readonly input: StageInput;
    readonly plan: Plan;
    readonly reference: Reference;
    readonly program: NotebookProgram;
    readonly drafted: Emitted;
    /** Working directory of the steps, relative to the project root. */
    readonly root: string;
  },
  ports: StagePorts,
): Promise<EmittedProven> {
  const { input, plan, program, drafted } = at;
  const proven = await withStaged(drafted.files, ports, (folder) => proveDraft(at, folder, ports));
  if (proven.kind === "hold") {
    const { proofs } = proven;
    const because = `${drafted.serving.because}, and ${String(countHolding(proofs))} proofs hold`;
    const files = [...drafted.files, renderContract(proven.contract)];
    return { emitted: { ...drafted, files, serving: { ...drafted.serving, because } }, proofs };
  }
  const because = `the split features are not the notebook's (${proven.failure})`;
  const finding: Diagnostic = {
    code: "feature-proof-failed",
    severity: "warning",
    message: `${because}. Training works; serving is refused.`,
    hint:
      plan.serve?.time === undefined
        ? "please report this notebook's feature code: the split should have been refused by reading"
        : "entity and time under serve in pipeline.yaml must tell the rows of the raw table apart, as the features group and sort them; take them back with null, or correct them",
    where: { path: input.notebook },
  };
  const plain = await emitPackage({ plan, program, lock: drafted.lock, unserved: because }, ports);
  const emitted = { ...plain, diagnostics: [...plain.diagnostics, finding] };
  return { emitted, proofs: undefined };
}

/** Where what is learned depends on a draw, the steps are run first: they show the state that each draws from. */
async function proveDraft(
  { input, plan, reference, drafted, root }: Parameters<typeof keepProvenFeatures>[0],
  folder: string,
  ports: StagePorts,
): Promise<ProvenFeatures> {
  const { python, timeoutMs, signal, pipelinesFolder } = input;
  const proving: ProveInput = {
    plan,
    reference,
    folder,
    python,
    random: [],
    parameters: {},
    timeoutMs,
    signal,
  };
  const proven = await proveFeatures(proving, ports);
  if (proven.kind !== "drawn") return proven;
  const { manifests } = await verifyPackage(
    {
      plan,
      reference,
      folder,
      root,
      pipelinesFolder,
      python,
      signal,
      packageDigest: sha256OfJson(drafted.files.map(({ path, text }) => [path, text])),
      stepTimeoutMs: timeoutMs,
      onStep: () => undefined,
    },
    ports,
  );
  const random = statesForModel(plan, (step) => manifests.get(step));
  return proveFeatures({ ...proving, random }, ports);
}

/** Runs something on the files while they stand in a folder of their own. */
export async function withStaged<T>(
  files: readonly GeneratedFile[],
  ports: StagePorts,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  await ports.files.makeDirectory(".mlops/tmp");
  const folder = await ports.files.temporaryDirectory(
    ports.files.absolute(".mlops/tmp"),
    "package-",
  );
  try {
    for (const file of files)
      await ports.files.writeAtomic(`${folder}/${file.path}`, file.text, file.mode);
    return await work(folder);
  } finally {
    await ports.files.remove(folder);
  }
}

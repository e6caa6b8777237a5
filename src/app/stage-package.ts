/** What promotion does with a package before it is written anywhere: its features are proven and its steps run, on files that stand in a folder of their own. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { renderContract } from "../codegen/contract-file.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Events } from "../ports/events.ts";
import type { Reference } from "../verification/reference-schema.ts";
import { type EmitPorts, type Emitted, emitPackage } from "./emit-package.ts";
import type { AppEvent } from "./event.ts";
import type { PlannedPackage } from "./plan-package-writes.ts";
import { proveFeatures } from "./prove-features.ts";
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
  },
  ports: StagePorts,
): Promise<VerifiedPackage> {
  const { input, plan } = staged;
  return withStaged(staged.merged.onDisk, ports, (folder) =>
    verifyPackage(
      {
        plan,
        reference: staged.reference,
        packageDigest: staged.merged.digest,
        folder,
        root: staged.root,
        pipelinesFolder: input.pipelinesFolder,
        python: input.python,
        stepTimeoutMs: input.timeoutMs,
        signal: input.signal,
        ...(staged.given === undefined ? {} : { given: staged.given }),
        onStep: (step, done, total) => {
          ports.events.emit({ kind: "progressed", done, total, detail: step });
        },
      },
      ports,
    ),
  );
}

/** A serving half whose proof fails is not written at all. */
export async function keepProvenFeatures(
  at: {
    readonly input: StageInput;
    readonly plan: Plan;
    readonly reference: Reference;
    readonly program: NotebookProgram;
    readonly drafted: Emitted;
  },
  ports: StagePorts,
): Promise<Emitted> {
  const { input, plan, reference, program, drafted } = at;
  const { matrices } = drafted.serving;
  const proof = await withStaged(drafted.files, ports, (folder) => {
    const { python, timeoutMs, signal } = input;
    return proveFeatures({ plan, reference, folder, matrices, python, timeoutMs, signal }, ports);
  });
  if (proof.holds) {
    const because = `${drafted.serving.because}, and ${String(proof.proofs)} proofs hold`;
    const contract = renderContract(proof.contract);
    return {
      ...drafted,
      files: [...drafted.files, contract],
      serving: { ...drafted.serving, because },
    };
  }
  const because = `the split features are not the notebook's (${proof.failure})`;
  const finding: Diagnostic = {
    code: "feature-proof-failed",
    severity: "warning",
    message: `${because}. Training works; serving is refused.`,
    hint: "please report this notebook's feature code: the split should have been refused by reading",
    where: { path: input.notebook },
  };
  const plain = await emitPackage({ plan, program, lock: drafted.lock, unserved: because }, ports);
  return { ...plain, diagnostics: [...plain.diagnostics, finding] };
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

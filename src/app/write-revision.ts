/** What a promotion leaves behind: the files in the user's folder and the revision in the registry, both or neither. */
import type { Sha256 } from "../base/brand.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { sha256OfJson } from "../base/hash.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Git } from "../ports/git.ts";
import type { Registry } from "../ports/registry.ts";
import type { NewPipelineRevision } from "../registry/pipeline-revision.ts";
import type { Certificate } from "../verification/schema.ts";
import { joinPath, type WritePlan } from "./plan-writes.ts";
import { applyWrites, type WriteOutcome, type WritePorts } from "./write-files.ts";

/** A promotion that is ready to be written. */
export interface ReadyRevision {
  readonly plan: Plan;
  /** Where its plan and reference are in the store. */
  readonly planDigest: Sha256;
  /** Of the pipeline, relative to the project root. */
  readonly folder: string;
  /** Everything generated, whether it is written or merged; the next promotion compares with it. */
  readonly files: readonly GeneratedFile[];
  readonly writes: WritePlan;
  readonly certificate: Certificate | undefined;
  /** What the revision before generated; empty for the first one. */
  readonly base: Readonly<Record<string, Sha256>>;
}

/** Where it goes. */
export interface RevisionPorts extends WritePorts {
  readonly artifacts: Artifacts;
  readonly registry: Registry;
  readonly git: Git;
}

/** Stores every file, then writes the package and records the revision in one step. */
export async function writeRevision(
  ready: ReadyRevision,
  ports: RevisionPorts,
): Promise<{ readonly revision: number; readonly outcome: WriteOutcome }> {
  const { plan, certificate } = ready;
  const digests: Record<string, Sha256> = {};
  for (const file of ready.files)
    digests[file.path] = await ports.artifacts.write(new TextEncoder().encode(file.text));
  const certificateDigest = digests["certificate.json"];
  return applyRevision(
    {
      revision: {
        pipeline: plan.name,
        folder: ready.folder,
        notebookPath: plan.notebook.path,
        notebookDigest: plan.notebook.sha256,
        planDigest: ready.planDigest,
        contentDigest: sha256OfJson(digests),
        files: digests,
      },
      writes: ready.writes,
      tracked: Object.keys(ready.base),
      certificate:
        certificate === undefined || certificateDigest === undefined
          ? undefined
          : { digest: certificateDigest, verdict: certificate.verdict },
      evenWithoutChange: false,
    },
    ports,
  );
}

/** What is recorded while a plan is applied. */
export interface AppliedRevision {
  readonly revision: Omit<
    NewPipelineRevision,
    "before" | "after" | "gitCommit" | "gitDirty" | "createdAtMs"
  >;
  readonly writes: WritePlan;
  /** Paths in the folder whose present text belongs to the record. */
  readonly tracked: readonly string[];
  readonly certificate: { readonly digest: Sha256; readonly verdict: string } | undefined;
  readonly evenWithoutChange: boolean;
}

/** Stores what is there now and what will be there, writes, and records the revision, all or nothing. */
export async function applyRevision(
  applied: AppliedRevision,
  ports: RevisionPorts,
): Promise<{ readonly revision: number; readonly outcome: WriteOutcome }> {
  const { certificate, evenWithoutChange } = applied;
  const states = await storeStates(applied, ports);
  const state = await ports.git.state(ports.files.absolute("."));
  let number = 0;
  const outcome = await applyWrites(applied.writes, ports, () => {
    const saved = ports.registry.pipelines.addRevision(
      {
        ...applied.revision,
        ...states,
        gitCommit: state?.commit,
        gitDirty: state?.dirty,
        createdAtMs: ports.clock.nowMs(),
      },
      { evenWithoutChange },
    );
    number = saved.revision;
    if (certificate !== undefined)
      ports.registry.pipelines.setCertificate(
        saved.pipeline,
        saved.revision,
        certificate.digest,
        certificate.verdict,
      );
  });
  return { revision: number, outcome };
}

/** Every text that stands in the folder before and will stand there after, so that either can be brought back. */
async function storeStates(
  { writes, tracked }: Pick<AppliedRevision, "writes" | "tracked">,
  { files, artifacts }: Pick<RevisionPorts, "files" | "artifacts">,
): Promise<Pick<NewPipelineRevision, "before" | "after">> {
  const store = (text: string): Promise<Sha256> => artifacts.write(new TextEncoder().encode(text));
  const before: Record<string, Sha256> = {};
  for (const path of new Set([...tracked, ...writes.changes.map(({ path: at }) => at)])) {
    const text = await files.readText(joinPath(writes.folder, path));
    if (text !== undefined) before[path] = await store(text);
  }
  const after: Record<string, Sha256> = {};
  for (const change of writes.changes) {
    switch (change.kind) {
      case "create":
      case "update":
      case "merge":
        after[change.path] = await store(change.file.text);
        break;
      case "unchanged":
      case "kept":
      case "conflict": {
        const digest = before[change.path];
        if (digest !== undefined) after[change.path] = digest;
        break;
      }
      case "remove":
        break;
    }
  }
  return { before, after };
}

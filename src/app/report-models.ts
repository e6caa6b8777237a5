/** Model versions → what the `models` commands report. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import { shownState } from "../registry/approval.ts";
import { lockedModels } from "../registry/lock.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { Lock } from "../registry/schema.ts";
import { MODELS_LOCK } from "./models-lock.ts";
import type { ModelShowReport, ModelsListReport, VersionReport } from "./models-schema.ts";
import { reportEvaluation } from "./report-evaluation.ts";
import { lockedIn } from "./trace-uses.ts";

type Models = Pick<Registry["models"], "list" | "aliases">;

/** All versions, of one model when named. */
export function listModels(model: string | undefined, models: Models): ModelsListReport {
  return { versions: models.list(model).map((version) => reportVersion(version, models)) };
}

/** What the lock file names and this registry does not have: a clone begins without any. */
export function notHere(
  lock: Lock | undefined,
  models: Pick<Registry["models"], "get">,
): readonly Diagnostic[] {
  const missing = lock === undefined ? [] : lockedModels(lock);
  return missing
    .filter(({ model, entry }) => models.get(model, entry.version) === undefined)
    .map(({ environment, model, entry }) => ({
      code: "not-pulled",
      severity: "note",
      message: `mlops.lock.yaml names ${renderModelVersion({ model, version: entry.version })} for ${environment}, and this registry does not have it`,
      hint: "mlops models pull",
      where: { path: MODELS_LOCK },
    }));
}

/** One version in full, as it stands at a moment. */
export async function showModel(
  version: ModelVersion,
  nowMs: number,
  { registry, files }: { readonly registry: Registry; readonly files: Files },
): Promise<ModelShowReport> {
  const { models, approvals } = registry;
  const { model } = version;
  const unread: string[] = [];
  const locked = await lockedIn(version, unread, files);
  return {
    ...reportVersion(version, models),
    grade: version.createdBy.grade,
    origin: version.origin === undefined ? null : { ...version.origin },
    tags: { ...models.tags(model, version.version) },
    requests: approvals
      .list({ model, version: version.version })
      .toReversed()
      .map(({ environment, ...request }) => ({
        id: request.id,
        environment,
        state: shownState({ environment, ...request }, nowMs),
      }))
      .filter(({ state }) => state === "open" || state === "approved"),
    // An unreadable lock file says nothing of where it may run, which is another thing than nowhere.
    locked: unread.length === 0 ? locked : null,
    content: version.contentDigest,
    certificate: version.certificateDigest ?? null,
    evaluation: reportEvaluation(version),
    files: { ...version.files },
  };
}

/** One version as a row. */
export function reportVersion(version: ModelVersion, models: Models): VersionReport {
  return {
    reference: renderModelVersion(version),
    model: version.model,
    version: version.version,
    aliases: models
      .aliases(version.model)
      .filter((alias) => alias.version === version.version)
      .map((alias) => alias.alias),
    pipeline: version.pipeline,
    revision: version.pipelineRevision ?? null,
    run: version.runId,
    verdict: version.verdict ?? null,
    servable: version.files["contract.json"] !== undefined,
    metrics: version.metrics.map((metric) => ({ ...metric })),
    createdBy: version.createdBy.name,
    createdAt: new Date(version.createdAtMs).toISOString(),
  };
}

/** Evidence lines that several rules write. */
import type { WorkflowCommand } from "../../deploy/workflow-file.ts";
import type { ModelVersion } from "../../registry/model.ts";
import type { RunRecord } from "../../registry/run-record.ts";
import type { Evidence, PipelineEvidence } from "../evidence.ts";
import type { EvidenceItem } from "../rule.ts";

/** A command that CI runs. */
export function itemOfCommand(command: WorkflowCommand): EvidenceItem {
  const text = command.text.length > 70 ? `${command.text.slice(0, 67)}...` : command.text;
  return {
    text: `job ${command.job} runs: ${text}`,
    path: command.workflow.path,
    line: command.fileLine,
  };
}

/** A recorded run. */
export function itemOfRun(run: RunRecord): EvidenceItem {
  return {
    text: `run ${run.id.slice(0, 8)} ${run.status}, ${String(run.steps.length)} steps`,
    registry: run.id,
  };
}

/** A model version. */
export function itemOfModel(model: ModelVersion): EvidenceItem {
  return {
    text: `${model.model}@v${String(model.version)}`,
    registry: `${model.model}@v${String(model.version)}`,
  };
}

/** Why a file of the pipeline could not be used; `undefined` when it could. */
export function unusableReason(pipeline: PipelineEvidence, file: string): string | undefined {
  const found = pipeline.unusable.find((one) => one.path.endsWith(`/${file}`));
  if (found === undefined) return undefined;
  return `${found.path}${found.line === undefined ? "" : `:${String(found.line)}`}: ${found.reason}`;
}

/** Commands of CI that stand in the pipeline's folder but do not count, for the reason of a failed check. */
export function describeMissingRegistry(project: Evidence): string | undefined {
  return project.registry === undefined ? "there is no registry (.mlops/registry.db)" : undefined;
}

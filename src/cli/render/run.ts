/** A finished run, for people. */
import type { StepFailure } from "../../app/started-run.ts";
import type { NotRegistered, RegisteredModel, RunCommandResult } from "../run-schema.ts";
import type { Style } from "../style.ts";
import { renderDuration, renderNumber, renderRows } from "./table.ts";

/** Steps with their decisions and reasons, the failure if there is one, metrics, and the model that came of it. */
export function renderRun(result: RunCommandResult, style: Style): string {
  const { run } = result;
  const rows = run.steps.map((step) => [
    step.step,
    LABELS[step.status === "failed" ? "failed" : step.decision],
    step.decision === "execute" ? renderDuration(step.endedAtMs - step.startedAtMs) : "",
    step.attempts > 1 ? `${step.because}; ${String(step.attempts)} attempts` : step.because,
  ]);
  const blocks = [
    `run ${run.id.slice(0, 8)} ${run.status}: ${String(result.executed)} of ${String(run.steps.length)} steps executed`,
    renderRows(rows, style, { right: [2] }),
  ];
  if (result.failure !== undefined) {
    blocks.push(renderFailure(result.failure));
  }
  if (run.metrics.length > 0)
    blocks.push(
      `Metrics\n${renderRows(
        run.metrics.map((metric) => [metric.name, renderNumber(metric.value)]),
        style,
        { right: [1] },
      )}`,
    );
  if (result.registered !== undefined) blocks.push(renderRegistered(result.registered));
  if (result.notRegistered !== undefined) blocks.push(renderNotRegistered(result.notRegistered));
  return blocks.join("\n\n");
}

function renderFailure(failure: StepFailure): string {
  const { step, message, cell, line, notebook, attempts, notRetried } = failure;
  const place =
    cell === undefined
      ? ""
      : ` (${notebook === undefined ? "" : `${notebook}, `}cell ${String(cell)}${line === undefined ? "" : `, line ${String(line)}`})`;
  const tried = attempts === 1 ? "" : ` after ${String(attempts)} attempts`;
  const why = notRetried === undefined ? "" : `\nIt is not tried again: ${notRetried}.`;
  return `step ${step} failed${tried}${place}:\n${message}${why}`;
}

function renderRegistered({ model, version, created, serving }: RegisteredModel): string {
  const name = `${model}@v${String(version)}`;
  const made = created ? `Registered ${name}` : `The model is ${name}, as before`;
  if (!serving.ready)
    return `${made}. It cannot be served: ${serving.because ?? "its features are not split"}`;
  return `${made}\n\nNext\n  mlops serve ${name}`;
}

function renderNotRegistered({ model, because }: NotRegistered): string {
  const reasons = because.map((reason) => `  ${reason}`).join("\n");
  return `The model of ${model} was not registered:\n${reasons}\n\nNext\n  mlops models register ${model}`;
}

const LABELS = {
  execute: "executed",
  restore: "restored",
  fresh: "unchanged",
  failed: "FAILED",
} as const;

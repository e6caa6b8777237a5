/**
 * GitHub workflows as anybody may have written them: what starts them, which jobs and steps can run, which commands they start.
 * Reading never fails; what is not understood is left out. A job or step that is switched off keeps the reason.
 */
import { type ShellCommand, shellCommands } from "./shell-commands.ts";

/** A step of a job. */
export interface WorkflowStep {
  readonly name: string | undefined;
  readonly uses: string | undefined;
  readonly run: string | undefined;
  /** Relative to the repository root; `.` when nothing is said. */
  readonly workingDirectory: string;
  /** Why it does not count: `if: false`, `continue-on-error: true`. */
  readonly disabledBy: string | undefined;
}

/** A job. */
export interface WorkflowJob {
  readonly id: string;
  readonly steps: readonly WorkflowStep[];
  readonly hasTimeout: boolean;
  readonly permissions: unknown;
  readonly disabledBy: string | undefined;
}

/** A workflow file. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
  /** Names of the events under `on`. */
  readonly triggers: readonly string[];
  readonly crons: readonly string[];
  /** Paths under `on.push`. */
  readonly pushPaths: readonly string[];
  readonly permissions: unknown;
  readonly jobs: readonly WorkflowJob[];
}

/** A command of a workflow and where it stands. */
export interface WorkflowCommand extends ShellCommand {
  readonly workflow: WorkflowFile;
  readonly job: string;
  readonly workingDirectory: string;
  /** 1-based line in the file; 1 when it cannot be found. */
  readonly fileLine: number;
}

/** Reads a workflow from its YAML value (read as YAML 1.2, so that `on` is a text); `undefined` when it is no workflow. */
export function readWorkflow(
  path: string,
  source: string,
  value: unknown,
): WorkflowFile | undefined {
  const document = record(value);
  const jobs = record(document?.["jobs"]);
  if (document === undefined || jobs === undefined) return undefined;
  const on = document["on"];
  const events = record(on);
  const defaults = workingDirectoryOf(document) ?? ".";
  const plain = Object.entries(jobs).map(([id, job]) => readJob(id, record(job) ?? {}, defaults));
  return {
    path,
    text: source,
    triggers:
      typeof on === "string"
        ? [on]
        : Array.isArray(on)
          ? on.filter(isText)
          : Object.keys(events ?? {}),
    crons: list(events?.["schedule"]).flatMap((entry) => texts(record(entry)?.["cron"])),
    pushPaths: list(record(events?.["push"])?.["paths"]).filter(isText),
    permissions: document["permissions"],
    jobs: disableDependents(plain).map(({ job }) => job),
  };
}

/** All commands of the workflow that would really run when it is triggered and whose failure would show. */
export function liveCommands(workflow: WorkflowFile): readonly WorkflowCommand[] {
  return allCommands(workflow).filter((command) => command.swallowedBy === undefined);
}

/** All commands; one that is switched off has the reason in `swallowedBy`. */
export function allCommands(workflow: WorkflowFile): readonly WorkflowCommand[] {
  const lines = workflow.text.split("\n");
  const never = workflow.triggers.length === 0 ? "no trigger under on:" : undefined;
  return workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step) =>
      shellCommands(step.run ?? "").map((command) => ({
        ...command,
        swallowedBy: never ?? job.disabledBy ?? step.disabledBy ?? command.swallowedBy,
        workflow,
        job: job.id,
        workingDirectory: step.workingDirectory,
        fileLine: findLine(lines, command.text),
      })),
    ),
  );
}

interface ReadJob {
  readonly job: WorkflowJob;
  readonly needs: readonly string[];
}

function readJob(
  id: string,
  job: Readonly<Record<string, unknown>>,
  workflowDirectory: string,
): ReadJob {
  const directory = workingDirectoryOf(job) ?? workflowDirectory;
  return {
    needs: texts(job["needs"]),
    job: {
      id,
      hasTimeout:
        typeof job["timeout-minutes"] === "number" || typeof job["timeout-minutes"] === "string",
      permissions: job["permissions"],
      disabledBy: switchedOff(job),
      steps: list(job["steps"]).map((entry) => {
        const step = record(entry) ?? {};
        return {
          name: text(step["name"]),
          uses: text(step["uses"]),
          run: text(step["run"]),
          workingDirectory: text(step["working-directory"]) ?? directory,
          disabledBy: switchedOff(step),
        };
      }),
    },
  };
}

/** A job that needs a switched-off job never runs either. */
function disableDependents(jobs: readonly ReadJob[]): readonly ReadJob[] {
  const off = new Map(
    jobs.flatMap(({ job }) =>
      job.disabledBy === undefined ? [] : [[job.id, job.disabledBy] as const],
    ),
  );
  for (let changed = true; changed; ) {
    changed = false;
    for (const { job, needs } of jobs) {
      const dead = needs.find((id) => off.get(id) !== undefined && off.get(id) !== CONTINUES);
      if (dead === undefined || off.has(job.id)) continue;
      off.set(job.id, `needs ${dead}, which never runs`);
      changed = true;
    }
  }
  return jobs.map(({ job, needs }) => ({ needs, job: { ...job, disabledBy: off.get(job.id) } }));
}

const CONTINUES = "continue-on-error";

function switchedOff(entry: Readonly<Record<string, unknown>>): string | undefined {
  const condition = entry["if"];
  const bare =
    typeof condition === "string"
      ? condition.replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1").trim()
      : condition;
  if (bare === false || bare === "false" || bare === 0 || bare === "0" || bare === "''")
    return "if: false";
  const continues = entry["continue-on-error"];
  if (
    continues === true ||
    (typeof continues === "string" && /^(\$\{\{\s*)?true(\s*\}\})?$/.test(continues.trim()))
  )
    return CONTINUES;
  return undefined;
}

function workingDirectoryOf(entry: Readonly<Record<string, unknown>>): string | undefined {
  return text(record(record(entry["defaults"])?.["run"])?.["working-directory"]);
}

function findLine(lines: readonly string[], command: string): number {
  const probe = command.split(" ").slice(0, 4).join(" ");
  const at = lines.findIndex(
    (line) => line.replace(/\s+/g, " ").includes(probe) && !line.trim().startsWith("#"),
  );
  return at === -1 ? 1 : at + 1;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return isText(value) ? [value] : list(value).filter(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

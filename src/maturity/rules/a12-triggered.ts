/** A12: training is started by schedule, data or event. A schedule counts when it really fires at least every five weeks and the job it starts runs the pipeline. */
import { longestGapDays, parseCron } from "../../deploy/cron.ts";
import { runsPythonModule } from "../../deploy/shell-commands.ts";
import type { WorkflowFile } from "../../deploy/workflow-file.ts";
import { ciCommands } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { itemOfCommand } from "./items.ts";

/** Five weeks: a monthly schedule passes, a yearly one does not. */
const LONGEST_GAP_DAYS = 35;
const EVENTS: ReadonlySet<string> = new Set(["repository_dispatch", "workflow_run"]);

export const a12: Rule = {
  id: "A12",
  section: "A",
  level: 1,
  gate: undefined,
  question: "Is training started by schedule, new data or an event, not only by hand?",
  how: ["S", "R"],
  weight: 3,
  earn: { command: "mlops deploy --level 1 --target github", effort: 1 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const commands = ciCommands(project, pipeline).filter((one) =>
      runsPythonModule(one.text, pipeline.package, "run"),
    );
    const [command] = commands;
    if (command === undefined) return fail("no CI job that can run starts the pipeline");
    let rare: string | undefined;
    for (const one of commands) {
      const schedule = frequentSchedule(one.workflow);
      if (schedule.ok)
        return pass(3, schedule.text, [
          itemOfCommand(one),
          { text: schedule.text, path: one.workflow.path, line: lineOf(one.workflow, "cron") },
        ]);
      rare ??= schedule.text;
      const event = one.workflow.triggers.find((name) => EVENTS.has(name));
      if (event !== undefined)
        return pass(3, `the event ${event} starts training`, [
          itemOfCommand(one),
          { text: event, path: one.workflow.path, line: lineOf(one.workflow, event) },
        ]);
    }
    return partial(2, rare ?? "training starts by hand or by a push only", [
      itemOfCommand(command),
    ]);
  },
};

function frequentSchedule(
  workflow: WorkflowFile,
): { readonly ok: boolean; readonly text: string | undefined } & (
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false }
) {
  let problem: string | undefined;
  for (const text of workflow.crons) {
    const cron = parseCron(text);
    if (!cron.ok) {
      problem ??= `the schedule cannot be read: ${cron.error}`;
      continue;
    }
    const gap = longestGapDays(cron.value);
    if (gap !== undefined && gap <= LONGEST_GAP_DAYS)
      return { ok: true, text: `schedule "${text}" fires at least every ${String(gap)} days` };
    problem ??=
      gap === undefined
        ? `the schedule "${text}" never fires`
        : `the schedule "${text}" leaves up to ${String(gap)} days between runs`;
  }
  return { ok: false, text: problem };
}

function lineOf(workflow: WorkflowFile, word: string): number {
  const at = workflow.text
    .split("\n")
    .findIndex((line) => line.includes(word) && !line.trim().startsWith("#"));
  return at === -1 ? 1 : at + 1;
}

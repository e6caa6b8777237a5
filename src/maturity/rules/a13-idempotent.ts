/** A13: steps can be repeated: cache keys made from inputs, timeouts, retries. Cache keys are proven when a run found steps fresh or restored them. */
import { runsPythonModule } from "../../deploy/shell-commands.ts";
import { ciCommands } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, type Rule } from "../rule.ts";
import { itemOfCommand, itemOfRun } from "./items.ts";

export const a13: Rule = {
  id: "A13",
  section: "A",
  level: 1,
  gate: undefined,
  question: "Are steps idempotent, with retry, timeout and cache keys made from inputs?",
  how: ["S", "X"],
  weight: 2,
  earn: {
    command:
      "mlops run PIPELINE a second time (executes nothing); mlops deploy --level 1 (timeout)",
    effort: 2,
  },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const reused = (project.registry?.runs ?? []).find(
      (run) =>
        run.pipeline === pipeline.name &&
        run.status === "succeeded" &&
        run.steps.some((step) => step.decision !== "execute"),
    );
    const command = ciCommands(project, pipeline).find((one) =>
      runsPythonModule(one.text, pipeline.package, "run"),
    );
    const timed = command?.workflow.jobs.find((job) => job.id === command.job)?.hasTimeout === true;
    const evidence = [
      ...(reused === undefined ? [] : [itemOfRun(reused)]),
      ...(command !== undefined && timed ? [itemOfCommand(command)] : []),
    ];
    if (reused !== undefined && timed)
      return partial(
        3,
        "steps are cached by their inputs and the job has a timeout; nothing declares retries",
        evidence,
      );
    if (reused !== undefined)
      return partial(
        2,
        "steps are cached by their inputs; no job with a timeout runs them",
        evidence,
      );
    if (timed)
      return partial(
        2,
        "the job has a timeout; no recorded run shows that unchanged steps are not repeated",
        evidence,
      );
    return fail("neither a recorded run nor a CI job shows caching, timeout or retry");
  },
};

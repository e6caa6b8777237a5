/** G2: from any deployment back to the model version or pipeline revision it runs. */
import { fail, NO_PIPELINE, partial, pass, type Rule, unknown } from "../rule.ts";
import { describeMissingRegistry } from "./items.ts";

export const g02: Rule = {
  id: "G2",
  section: "G",
  level: 1,
  gate: 1,
  question: "From any prediction or deployment back to its version?",
  how: ["R", "S"],
  weight: 3,
  earn: { command: "mlops deploy --level 1 --target github (records the deployment)", effort: 1 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const { registry } = project;
    if (registry === undefined)
      return unknown(describeMissingRegistry(project) ?? "there is no registry");
    const deployments = registry.deployments.filter(
      (one) =>
        one.subject.startsWith(`${pipeline.name}:`) || one.subject.startsWith(`${pipeline.name}@`),
    );
    const [newest] = deployments;
    if (newest === undefined) return unknown("nothing was deployed yet");
    const item = {
      text: `${newest.subject} in ${newest.environment} (${newest.target}, ${newest.state})`,
      registry: newest.subject,
    };
    for (const deployment of deployments) {
      const [, kind, number] = /([:@])[rv](\d+)$/.exec(deployment.subject) ?? [];
      const known =
        kind === ":"
          ? registry.revisions.some(
              (one) => one.pipeline === pipeline.name && one.revision === Number(number),
            )
          : registry.models.some(
              (one) => one.model === pipeline.name && one.version === Number(number),
            );
      if (!known)
        return fail(
          `the deployment of ${deployment.subject} names a version that is not on record`,
          [item],
        );
    }
    if (newest.gitCommit === undefined)
      return partial(3, "deployments lead to their versions, but the newest has no commit", [item]);
    return pass(4, "every deployment leads to a version on record", [item]);
  },
};

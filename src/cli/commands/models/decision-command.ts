/** What rejecting, taking back and commenting on a request have in common: all but their words. */
import { type Command, type CommandExample, defineCommand, succeeded } from "../../command.ts";

interface DecisionWords {
  readonly verb: "reject" | "withdraw" | "comment";
  readonly summary: string;
  readonly description: string;
  /** What `--reason` says. */
  readonly reason: string;
  readonly example: CommandExample;
}

/** `mlops models reject`, `withdraw` or `comment` */
export function decisionCommand(words: DecisionWords): Command {
  const { verb, summary, description, reason, example } = words;
  return defineCommand({
    name: `models ${verb}`,
    group: "models",
    summary,
    description,
    arguments: { request: { summary: "number of the request, or the version it is for" } },
    options: { reason: { kind: "text", placeholder: "text", short: "m", summary: reason } },
    examples: [example],
    resultSchema: async () => {
      const { toJsonSchema } = await import("../../json-schema.ts");
      const { ApprovalDecisionReport } = await import("../../../app/approvals-schema.ts");
      return toJsonSchema(ApprovalDecisionReport);
    },
    run: async (context, input) => {
      const { runDecide } = await import("./run-decide.ts");
      return succeeded(await runDecide(verb, context, input));
    },
    render: async ({ result }, style) =>
      (await import("../../render/approvals.ts")).renderDecision(result, style),
  });
}

import { decisionCommand } from "./decision-command.ts";

/** `mlops models comment` */
export const modelsCommentCommand = decisionCommand({
  verb: "comment",
  summary: "Say something to a request, without deciding it",
  description: "Comments stay with the request, also after it was decided.",
  reason: "what you say",
  example: {
    line: 'mlops models comment 12 -m "who looked at the outliers?"',
    shows: "the request with all that was said",
  },
});

import { decisionCommand } from "./decision-command.ts";

/** `mlops models withdraw` */
export const modelsWithdrawCommand = decisionCommand({
  verb: "withdraw",
  summary: "Take back a request, or an approval that was not used",
  description: "Nothing moves; an alias that an approval has moved stays where it is.",
  reason: "why",
  example: { line: 'mlops models withdraw 12 -m "wrong version"', shows: "the request is closed" },
});

import { decisionCommand } from "./decision-command.ts";

/** `mlops models reject` */
export const modelsRejectCommand = decisionCommand({
  verb: "reject",
  summary: "Reject a request",
  description: "The request is closed; a new one may be opened for the same version.",
  reason: "why; the one who asked is told no more than this",
  example: {
    line: 'mlops models reject 12 -m "too few rows since the price change"',
    shows: "the request is closed, and why",
  },
});

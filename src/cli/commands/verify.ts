import { answeredNo, defineCommand, succeeded } from "../command.ts";

/** `mlops verify` */
export const verifyCommand = defineCommand({
  name: "verify",
  group: "build",
  summary: "Compare a pipeline, as it is on disk now, with what its notebook computed",
  description:
    "Runs every step in a fresh process on a copy of the data folder and compares values, metrics, files and printed text. Nothing outside .mlops changes. Exit code 1 when something differs.",
  arguments: {
    pipeline: { summary: "pipeline to verify; the only one when left out", count: "optional" },
  },
  options: {
    python: {
      kind: "text",
      placeholder: "command|path",
      summary: "interpreter to run the steps with",
    },
    timeout: { kind: "number", placeholder: "seconds", min: 0.1, summary: "time for one step" },
  },
  examples: [
    { line: "mlops verify churn", shows: "verdict, coverage and each difference" },
    { line: "mlops verify churn --json", shows: "the certificate, for programs" },
  ],
  resultSchema: async () => (await import("../promotion-schema.ts")).verificationResultSchema(),
  run: async (context, input) => {
    const { runVerify } = await import("./run-verify.ts");
    const result = await runVerify(context, input);
    return result.certificate.verdict === "differs" || result.certificate.verdict === "unverified"
      ? answeredNo(result)
      : succeeded(result);
  },
  render: async ({ result }, style) => {
    const { renderVerdict } = await import("../render/verdict.ts");
    const { certificate, environment, failure, revision } = result;
    const others = environment.map(
      ({ name, was, now }) => `${name} ${now ?? "missing"} (was ${was ?? "not there"})`,
    );
    return [
      `${certificate.pipeline}:r${String(revision)}`,
      renderVerdict(certificate, failure, style),
      ...(others.length === 0
        ? []
        : [
            `  another environment than the notebook's: ${others.join(", ")}; ${certificate.verdict === "differs" ? "differences may come from it" : "it made no difference"}`,
          ]),
    ].join("\n");
  },
});

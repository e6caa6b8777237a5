import { answeredNo, defineCommand, succeeded } from "../command.ts";

/** `mlops doctor` */
export const doctorCommand = defineCommand({
  name: "doctor",
  group: "start",
  summary: "Check what this machine and this project need",
  description:
    "Looks at Node, settings, Python and its packages, git, disk, store and registry, and says what is missing and what to type. An interpreter inside the repository is not started unless you name it. Exit code 1 when something must be mended.",
  arguments: {},
  options: {
    python: {
      kind: "text",
      placeholder: "command|path",
      summary: "interpreter to look into, wherever it lies",
    },
  },
  examples: [
    { line: "mlops doctor", shows: "every check, and what to type" },
    { line: "mlops doctor --json", shows: "the same for a program" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../json-schema.ts");
    const { DoctorResult } = await import("../../app/doctor-schema.ts");
    return toJsonSchema(DoctorResult);
  },
  run: async (context, input) => {
    const { runDoctor } = await import("./run-doctor.ts");
    const result = await runDoctor(context, input);
    const isWell = result.checks.every(({ status }) => status !== "missing");
    return isWell ? succeeded(result) : answeredNo(result);
  },
  render: async ({ result }, style) =>
    (await import("../render/doctor.ts")).renderDoctor(result, style),
});

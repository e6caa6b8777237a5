/** Runs the tests that belong to a model version's code, when what is on disk still is that code. */
import type { Events } from "../ports/events.ts";
import type { Files } from "../ports/files.ts";
import type { ProcessEnd, Processes } from "../ports/processes.ts";
import type { TestsEvidence } from "../registry/evidence.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { AppEvent } from "./event.ts";
import { type LoadedPipeline, packageFilesOf } from "./load-pipeline.ts";

export interface TestInput {
  readonly version: ModelVersion;
  readonly pipeline: LoadedPipeline;
  /** Interpreter of the pipeline. */
  readonly python: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** User code runs, in a process of its own. What could not be run says why. */
export async function runPipelineTests(
  input: TestInput,
  ports: {
    readonly files: Files;
    readonly processes: Processes;
    readonly events: Events<AppEvent>;
  },
): Promise<TestsEvidence> {
  const { version, pipeline } = input;
  const { files, events } = ports;
  if (!isCodeOf(version, pipeline))
    return {
      because: `${pipeline.folder} holds other code than ${renderModelVersion(version)}`,
    };
  if ((await files.kind(`${pipeline.folder}/tests`)) !== "directory")
    return { because: `${pipeline.folder} has no tests` };
  events.emit({ kind: "phase-started", phase: "test", detail: `${pipeline.folder}/tests` });
  const scratch = await files.temporaryDirectory(".mlops", "tests-");
  try {
    const report = `${scratch}/report.xml`;
    const end = await ports.processes.run({
      command: [
        input.python,
        "-m",
        "pytest",
        "tests",
        "-q",
        "-p",
        "no:cacheprovider",
        `--junitxml=${files.absolute(report)}`,
      ],
      directory: files.absolute(pipeline.folder),
      environment: { ...input.environment, PYTHONDONTWRITEBYTECODE: "1" },
      timeoutMs: input.timeoutMs,
      signal: input.signal,
    });
    const text = await files.readText(report);
    return (text === undefined ? undefined : countsIn(text)) ?? { because: whyNot(end) };
  } finally {
    await files.remove(scratch);
    events.emit({ kind: "phase-finished", phase: "test" });
  }
}

/** By the digests of every Python file of the package. */
function isCodeOf(version: ModelVersion, pipeline: LoadedPipeline): boolean {
  const onDisk = packageFilesOf(pipeline);
  const registered = Object.entries(version.files).filter(
    ([path]) => path.startsWith(`code/${pipeline.packageName}/`) && path.endsWith(".py"),
  );
  return (
    registered.length === Object.keys(onDisk).length &&
    registered.every(([path, digest]) => onDisk[path.slice("code/".length)] === digest)
  );
}

/** Sums over the suites of a JUnit report; `undefined` when it is none. */
function countsIn(xml: string): Exclude<TestsEvidence, { readonly because: string }> | undefined {
  const suites = xml.match(/<testsuite\s[^>]*>/g);
  if (suites === null) return undefined;
  const sumOf = (name: string): number => {
    let sum = 0;
    for (const suite of suites)
      sum += Number(new RegExp(`\\s${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    return sum;
  };
  const [failed, skipped] = [sumOf("failures") + sumOf("errors"), sumOf("skipped")];
  return { passed: sumOf("tests") - failed - skipped, failed, skipped };
}

function whyNot(end: ProcessEnd): string {
  switch (end.kind) {
    case "not-started":
      return `Python could not be started: ${end.reason}`;
    case "timed-out":
      return "they took longer than promote.timeout allows";
    case "killed":
      return `they were ended by ${end.signal}`;
    case "exited":
      if (end.stderr.includes("No module named pytest"))
        return "pytest is not installed for the pipeline's Python";
      return (
        lastLine(end.stderr) ?? lastLine(end.stdout) ?? `pytest ended with ${String(end.exit)}`
      );
  }
}

function lastLine(text: string): string | undefined {
  return text.trim().split("\n").at(-1)?.trim() || undefined;
}

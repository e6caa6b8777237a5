/**
 * Cross-reference checks over generated files: what they name must be there. Runs on what is about to be written, so a template that drifted
 * from the package, or a package that lost a file, shows before CI does.
 */
import * as posix from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { parseYaml } from "../base/yaml.ts";
import { readDockerfile } from "./dockerfile.ts";
import {
  packageName,
  rawData,
  rootFolder,
  type TrainingDeployment,
} from "./training-deployment.ts";
import { allCommands, readWorkflow, type WorkflowFile } from "./workflow-file.ts";

/** What the checks compare with. */
export interface ManifestSurroundings {
  readonly deployment: TrainingDeployment;
  /** Whether a file or folder exists in the project, generated files included. Relative to the project root. */
  readonly exists: (path: string) => boolean;
}

/** Errors are bugs of the bundle; warnings are things that only the user can mend, such as data that CI will not find. */
export function checkManifests(
  files: readonly GeneratedFile[],
  surroundings: ManifestSurroundings,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const file of files) {
    if (posix.basename(file.path) === "Dockerfile") found.push(...checkImage(file, surroundings));
    else if (file.path.startsWith(".github/workflows/"))
      found.push(...checkWorkflow(file, surroundings));
  }
  return [...found, ...checkData(surroundings)];
}

function checkImage(file: GeneratedFile, { exists }: ManifestSurroundings): readonly Diagnostic[] {
  const image = readDockerfile(file.path, file.text);
  const folder = posix.dirname(file.path);
  const found: Diagnostic[] = [];
  for (const base of image.bases) {
    if (base.digest === undefined)
      found.push(
        problem(
          "manifest-image-floating",
          `${file.path} starts from ${base.reference}, which is not pinned by digest`,
          { path: file.path, line: base.line },
        ),
      );
  }
  if (image.user === undefined || /^(root|0)(:|$)/.test(image.user))
    found.push(problem("manifest-image-root", `${file.path} runs as root`, { path: file.path }));
  for (const match of file.text.matchAll(/^COPY\s+(?:--\S+\s+)*(.+)\s+\S+$/gm)) {
    for (const source of (match[1] ?? "").split(/\s+/)) {
      if (!exists(posix.join(folder, source)))
        found.push(
          problem(
            "manifest-path-missing",
            `${file.path} copies ${source}, which is not in ${folder}`,
            { path: file.path },
          ),
        );
    }
  }
  return found;
}

function checkWorkflow(
  file: GeneratedFile,
  surroundings: ManifestSurroundings,
): readonly Diagnostic[] {
  const workflow = readWorkflow(file.path, file.text, parseYaml(file.text, file.path).value);
  if (workflow === undefined)
    return [
      problem("manifest-not-a-workflow", `${file.path} is not a workflow`, { path: file.path }),
    ];
  return [
    ...checkActions(workflow),
    ...checkCommands(workflow, surroundings),
    ...checkPushPaths(workflow, surroundings),
  ];
}

function checkActions(workflow: WorkflowFile): readonly Diagnostic[] {
  const actions = workflow.jobs.flatMap((job) => job.steps.flatMap((step) => step.uses ?? []));
  return actions
    .filter((action) => !action.startsWith("./") && !/@[0-9a-f]{40}$/.test(action))
    .map((action) =>
      problem(
        "manifest-action-floating",
        `${workflow.path} uses ${action}, which is not pinned by commit`,
        { path: workflow.path },
      ),
    );
}

function checkCommands(
  workflow: WorkflowFile,
  { deployment, exists }: ManifestSurroundings,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const steps = new Set(deployment.pipeline.steps.map((step) => step.name));
  const name = packageName(deployment.pipeline);
  for (const command of allCommands(workflow)) {
    const where = { path: workflow.path, line: command.fileLine };
    if (!exists(command.workingDirectory))
      found.push(
        problem(
          "manifest-path-missing",
          `${workflow.path} works in ${command.workingDirectory}, which is not there`,
          where,
        ),
      );
    const file =
      /^python (?!-)(\S+\.py)\b/.exec(command.text)?.[1] ??
      /\bpip install\b.*\s-r (\S+)/.exec(command.text)?.[1];
    if (file !== undefined && !exists(posix.join(command.workingDirectory, file)))
      found.push(
        problem(
          "manifest-path-missing",
          `${workflow.path} runs "${command.text}", but ${file} is not in ${command.workingDirectory}`,
          where,
        ),
      );
    const step = new RegExp(`^python -m ${name} step (\\S+)`).exec(command.text)?.[1];
    if (step !== undefined && !steps.has(step))
      found.push(
        problem(
          "manifest-step-unknown",
          `${workflow.path} runs the step ${step}, which pipeline.yaml does not have`,
          where,
        ),
      );
    if (command.swallowedBy !== undefined)
      found.push(
        problem(
          "manifest-failure-swallowed",
          `${workflow.path} would not notice when "${command.text}" fails (${command.swallowedBy})`,
          where,
        ),
      );
  }
  return found;
}

function checkPushPaths(
  workflow: WorkflowFile,
  { exists }: ManifestSurroundings,
): readonly Diagnostic[] {
  return workflow.pushPaths
    .map((path) => path.replace(/\/\*\*$/, "").replace(/\\(.)/g, "$1"))
    .filter((path) => !exists(path) && path.startsWith(".github/"))
    .map((path) =>
      problem(
        "manifest-path-missing",
        `${workflow.path} waits for changes of ${path}, which is not there`,
        { path: workflow.path },
      ),
    );
}

/** CI checks out the repository and nothing else. */
function checkData({ deployment, exists }: ManifestSurroundings): readonly Diagnostic[] {
  return rawData(deployment.pipeline)
    .map((path) => posix.normalize(posix.join(rootFolder(deployment), path)))
    .filter((path) => !exists(path))
    .map((path) => ({
      code: "deploy-data-missing",
      severity: "warning" as const,
      message: `the pipeline reads ${path}, which is not in the project: the training job will not find it`,
      hint: `put it into the repository, or add a step before "Test" that fetches it; edits of the workflow are kept`,
      where: { path: `${deployment.folder}/pipeline.yaml` },
    }));
}

function problem(
  code: string,
  message: string,
  where: NonNullable<Diagnostic["where"]>,
): Diagnostic {
  return { code, severity: "error", message, where };
}

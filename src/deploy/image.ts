/** The training image of a pipeline: Dockerfile and .dockerignore beside pipeline.yaml, whose folder is the build context. */

import * as posix from "node:path/posix";
import { ConfigError } from "../base/errors.ts";
import { fillHoles } from "../base/fill-holes.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { relativePath } from "../base/relative-path.ts";
import { shellWord } from "../base/shell-word.ts";
import { promoteAgain } from "../pipeline/sources.ts";
import { type BaseImage, baseImageFor, pythonsWithImage } from "./base-images.ts";
import { passedOn } from "./pipeline-variables.ts";
import {
  installCommand,
  packageName,
  rawData,
  rootFolder,
  type TrainingDeployment,
} from "./training-deployment.ts";

/** Where the project root lies in the image. */
const IMAGE_ROOT = "/app";

/** Texts of `templates/docker/Dockerfile.train` and `templates/docker/dockerignore`. */
export interface ImageTemplates {
  readonly dockerfile: string;
  readonly dockerignore: string;
}

/**
 * Builds Dockerfile and .dockerignore.
 * @throws ConfigError `python-without-image` or `pipeline-root-outside`.
 */
export function buildTrainingImage(
  deployment: TrainingDeployment,
  templates: ImageTemplates,
): readonly GeneratedFile[] {
  const { folder, pipeline } = deployment;
  const base = imageOf(deployment);
  const root = posix.join(IMAGE_ROOT, checkedRoot(deployment));
  const name = packageName(pipeline);
  const dockerfile = fillHoles(templates.dockerfile, {
    NAME: pipeline.name,
    FOLDER: shellWord(folder),
    PACKAGE: name,
    PYTHON: base.python,
    IMAGE: base.reference,
    ROOT: root,
    WORKDIR: posix.join(IMAGE_ROOT, folder),
    WRITABLE: writableFolders(deployment, root).map(shellWord).join(" "),
    REQUIREMENTS: deployment.requirements,
    INSTALL: installCommand(deployment.requirements),
    RUN_EXAMPLE: runExample(deployment, root),
  });
  const dockerignore = fillHoles(templates.dockerignore, {
    REQUIREMENTS: deployment.requirements,
    PACKAGE: name,
  });
  return [
    file(posix.join(folder, ".dockerignore"), dockerignore),
    file(posix.join(folder, "Dockerfile"), dockerfile),
  ];
}

/** The image that the pipeline's Python version maps to. */
export function imageOf(deployment: Pick<TrainingDeployment, "folder" | "pipeline">): BaseImage {
  const { pipeline, folder } = deployment;
  const image = baseImageFor(pipeline.python);
  if (image !== undefined) return image;
  throw new ConfigError(
    `${folder}/pipeline.yaml asks for Python ${pipeline.python}; there is an image for ${pythonsWithImage().join(", ")}.`,
    {
      code: "python-without-image",
      where: { path: `${folder}/pipeline.yaml` },
      hint: `promote the notebook with one of these, then deploy again: ${promoteAgain(pipeline)}`,
    },
  );
}

/** The steps' working directory relative to the project root, refused where it leaves the project. */
export function checkedRoot(deployment: Pick<TrainingDeployment, "folder" | "pipeline">): string {
  const root = rootFolder(deployment);
  if (!posix.isAbsolute(root) && root !== ".." && !root.startsWith("../")) return root;
  throw new ConfigError(
    `${deployment.folder}/pipeline.yaml: root "${deployment.pipeline.root}" leaves the project, so neither image nor CI can hold it.`,
    {
      code: "pipeline-root-outside",
      where: { path: `${deployment.folder}/pipeline.yaml` },
      hint: "set root to a folder of the project, relative to pipeline.yaml",
    },
  );
}

/** The root itself (steps may write beside their data), the folders of files that steps write, and the store. */
function writableFolders(deployment: TrainingDeployment, root: string): readonly string[] {
  const written = deployment.pipeline.steps
    .flatMap((step) => step.writes)
    .map((path) => posix.dirname(posix.join(root, path)));
  return [...new Set([root, ...written.sort(), "/store"])];
}

/** Data comes from outside: folders are mounted, read-only where no step writes into them; files in the root itself one by one. */
function runExample(deployment: TrainingDeployment, root: string): string {
  const folderOrFile = rawData(deployment.pipeline).map((path) =>
    posix.dirname(path) === "." ? path : posix.dirname(path),
  );
  const written = deployment.pipeline.steps.flatMap((step) => step.writes);
  const mounts = [...new Set(folderOrFile)].map((path) => {
    const host = posix.normalize(posix.join(checkedRoot(deployment), path));
    const access = written.some((target) => target.startsWith(`${path}/`)) ? "" : ":ro";
    return `-v "$PWD/${host}:${posix.join(root, path)}${access}" `;
  });
  return `docker run --rm ${passedOn(deployment)}${mounts.join("")}${deployment.pipeline.name}-train`;
}

function file(path: string, text: string): GeneratedFile {
  return { path: relativePath(path), text, mode: 0o644 };
}

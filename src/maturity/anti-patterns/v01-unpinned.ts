/** V01: the environment is not pinned. Caps at 0 where nothing pins what the code imports; floating images only warn. */

import type { PythonModule } from "../../python/python-module.ts";
import { type Evidence, placeInNotebook } from "../evidence.ts";
import type { RequirementsFile } from "../requirements.ts";
import type { EvidenceItem } from "../rule.ts";
import type { AntiPattern, AntiPatternFinding } from "./anti-pattern.ts";

export const v01: AntiPattern = (project) => {
  const found: AntiPatternFinding[] = [];
  const unpinned = unpinnedPlaces(project);
  const [first] = unpinned;
  if (first !== undefined) {
    found.push({
      id: "V01",
      title: "Unpinned environment",
      cap: 0,
      reason: first.text,
      fix: "pin every requirement with == (mlops promote writes such a requirements.txt), better lock it with hashes",
      evidence: unpinned.slice(0, 3),
    });
  }
  for (const pipeline of project.pipelines) {
    for (const base of pipeline.image?.bases ?? []) {
      if (base.digest !== undefined || /:\d+\.\d+\.\d+/.test(base.reference)) continue;
      found.push({
        id: "V01",
        title: "Floating base image",
        cap: undefined,
        reason: `${base.reference} may be another image tomorrow`,
        fix: "name the image by digest, as mlops deploy does",
        evidence: [
          { text: base.reference, path: pipeline.image?.path ?? "Dockerfile", line: base.line },
        ],
      });
    }
  }
  return found;
};

function unpinnedPlaces(project: Evidence): readonly EvidenceItem[] {
  if (project.pipelines.length > 0) {
    return project.pipelines.flatMap((pipeline) => {
      const file = pipeline.lock ?? pipeline.requirements;
      if (file === undefined)
        return [
          {
            text: `pipeline ${pipeline.name} has no requirements`,
            path: `${pipeline.folder}/pipeline.yaml`,
            line: 1,
          },
        ];
      return floating(file);
    });
  }
  const importing = firstImporting(project);
  if (importing === undefined) return [];
  if (
    project.requirements.some((file) => file.requirements.length > 0 && floating(file).length === 0)
  )
    return [];
  const [file] = project.requirements;
  return file === undefined
    ? [{ text: "code imports packages, and no file pins them", ...importing }]
    : floating(file);
}

/** The first import of something that Python itself does not bring. */
function firstImporting(project: Evidence): Omit<EvidenceItem, "text"> | undefined {
  const outside = (module: PythonModule): number | undefined =>
    module.imports.find(
      (one) => one.level === 0 && !project.isStandardLibrary(one.module.split(".")[0] ?? ""),
    )?.line;
  for (const notebook of project.notebooks) {
    const line = outside(notebook.module);
    if (line !== undefined) return placeInNotebook(notebook, line);
  }
  for (const script of project.scripts) {
    const line = outside(script);
    if (line !== undefined) return { path: script.path, line };
  }
  return undefined;
}

function floating(file: RequirementsFile): readonly EvidenceItem[] {
  return file.requirements
    .filter((one) => one.version === undefined)
    .map((one) => ({ text: `${one.name} floats`, path: file.path, line: one.line }));
}

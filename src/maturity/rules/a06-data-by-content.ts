/** A6: training data is addressed by content. The digest of what a run really read is recorded; the file now in the repository is hashed again. */
import { rawData } from "../../deploy/training-deployment.ts";
import { completeRuns } from "../evidence.ts";
import { type EvidenceItem, fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { itemOfRun, unusableReason } from "./items.ts";

export const a06: Rule = {
  id: "A6",
  section: "A",
  level: 1,
  gate: 1,
  question: "Is training data addressed by content or an immutable version?",
  how: ["S", "R", "X"],
  weight: 4,
  earn: {
    command: "mlops run PIPELINE (records the digest of every file that is read)",
    effort: 1,
  },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    if (pipeline.file === undefined)
      return fail(unusableReason(pipeline, "pipeline.yaml") ?? "pipeline.yaml cannot be read");
    const paths = rawData(pipeline.file);
    if (paths.length === 0) return fail("no step declares the data it reads");
    const certified = pipeline.certificate?.digests.data ?? {};
    const run = completeRuns(project, pipeline)[0];
    const read = new Map(
      run?.steps.flatMap((step) => Object.entries(step.manifest?.filesRead ?? {})) ?? [],
    );
    const recorded = new Map(
      paths.flatMap((path) => {
        const digest = read.get(path) ?? certified[path];
        return digest === undefined ? [] : [[path, digest] as const];
      }),
    );
    const unknownPath = paths.find((path) => !recorded.has(path));
    if (unknownPath !== undefined)
      return partial(1, `nothing records which version of ${unknownPath} was read`, [
        { text: `reads ${unknownPath}`, path: `${pipeline.folder}/pipeline.yaml`, line: 1 },
      ]);
    const items: EvidenceItem[] = paths.slice(0, 3).map((path) => ({
      text: `${path} ${(recorded.get(path) ?? "").slice(0, 19)}`,
      path: `${pipeline.folder}/pipeline.yaml`,
      line: 1,
    }));
    const changed = paths.find(
      (path) => pipeline.data.has(path) && pipeline.data.get(path) !== recorded.get(path),
    );
    if (changed !== undefined)
      return partial(2, `${changed} is not the version that was last used`, items);
    const unseen = paths.find(
      (path) =>
        !pipeline.data.has(path) &&
        project.registry?.blobs.get(recorded.get(path) ?? "") !== "intact",
    );
    if (unseen !== undefined)
      return partial(2, `${unseen} has a recorded digest, but is not here to be compared`, items);
    if (run !== undefined && paths.every((path) => read.has(path)))
      return pass(
        4,
        "the run recorded the digest of every file it read, and the files still match",
        [itemOfRun(run), ...items],
      );
    return pass(
      3,
      "the certificate holds the digest of every file that is read, and the files still match",
      items,
    );
  },
};

/** A4: interpreter, libraries with hashes and base image are pinned, and what is pinned is what gets installed. */
import {
  ciCommands,
  type Evidence,
  type PipelineEvidence,
  thirdPartyImports,
} from "../evidence.ts";
import { normalizeDistribution } from "../requirements.ts";
import { type EvidenceItem, fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";

export const a04: Rule = {
  id: "A4",
  section: "A",
  level: 1,
  gate: 1,
  question:
    "Is the environment fully pinned: interpreter, libraries with hashes, base image by digest?",
  how: ["S"],
  weight: 4,
  earn: {
    command:
      "promote again where uv or a new pip reaches a package index, which makes requirements.lock (mlops doctor says whether one can), then mlops deploy --level 1",
    effort: 2,
  },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const file = pipeline.lock ?? pipeline.requirements;
    if (file === undefined || file.requirements.length === 0)
      return fail("the pipeline has no requirements");
    const floating = file.requirements.find((one) => one.version === undefined);
    if (floating !== undefined)
      return partial(1, `${floating.name} is not pinned to one version`, [
        { text: floating.name, path: file.path, line: floating.line },
      ]);
    const missing = missingFromPins(project, pipeline);
    const pinned: EvidenceItem = {
      text: `${String(file.requirements.length)} requirements pinned`,
      path: file.path,
      line: 1,
    };
    if (missing !== undefined)
      return partial(1, `${missing.module} is imported, but not pinned`, [
        { text: `imports ${missing.module}`, path: missing.path, line: missing.line },
        pinned,
      ]);
    const bare = file.requirements.find((one) => one.hashes === 0);
    if (pipeline.lock === undefined || bare !== undefined)
      return partial(2, "versions are pinned, hashes are not: indirect dependencies may change", [
        pinned,
      ]);
    const base = pipeline.image?.bases.find((one) => one.digest === undefined);
    if (pipeline.image === undefined)
      return partial(2, "the lock has hashes, but there is no image with a pinned base", [pinned]);
    if (base !== undefined)
      return partial(2, `the base image ${base.reference} is not pinned by digest`, [
        { text: base.reference, path: pipeline.image.path, line: base.line },
        pinned,
      ]);
    const installs = [
      ...pipeline.image.commands
        .filter((one) => one.swallowedBy === undefined)
        .map((one) => one.text),
      ...ciCommands(project, pipeline).map((one) => one.text),
    ];
    if (
      !installs.some(
        (text) =>
          /\bpip install\b.*(--require-hashes\b.*-r|-r)\s*\S*requirements\.lock\b/.test(text) ||
          /\buv pip (install|sync)\b.*requirements\.lock\b/.test(text),
      )
    ) {
      return partial(2, "the lock exists, but neither image nor CI installs from it", [pinned]);
    }
    const image = pipeline.image.bases[0];
    return pass(
      3,
      "interpreter, libraries and base image are pinned by content and installed from there",
      [
        pinned,
        ...(image === undefined
          ? []
          : [{ text: image.reference, path: pipeline.image.path, line: image.line }]),
      ],
    );
  },
};

function missingFromPins(
  project: Evidence,
  pipeline: PipelineEvidence,
): { readonly module: string; readonly path: string; readonly line: number } | undefined {
  const pins = new Set(
    (pipeline.lock ?? pipeline.requirements)?.requirements.map((one) => one.name) ?? [],
  );
  for (const [module, place] of thirdPartyImports(project, pipeline)) {
    if (!pins.has(normalizeDistribution(project.distributionOf(module))))
      return { module, ...place };
  }
  return undefined;
}

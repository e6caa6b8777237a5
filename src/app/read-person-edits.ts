/** What a person wrote into pipeline.yaml since it was last generated, as far as planning has to know it. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { ConfigError } from "../base/errors.ts";
import { parseYaml } from "../base/yaml.ts";
import { diagnosticsOfIssues } from "../base/zod-issues.ts";
import type { DecidedItem } from "../pipeline/decisions.ts";
import { levelsOfSteps } from "../pipeline/reach.ts";
import { PipelineFile } from "../pipeline/schema.ts";
import type { ServingChoice } from "../pipeline/serve-plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";

/** Choices of a person; empty for a first promotion. */
export interface PersonEdits {
  /** Those of pipeline.yaml, then the renames that follow from steps renamed there directly. */
  readonly decisions: readonly DecidedItem[];
  /** Working directory of the steps, when the person chose another one. */
  readonly root: string | undefined;
  readonly serving: ServingChoice;
  /** Step names as last generated. */
  readonly stepsBefore: readonly string[];
  /** How many folders above the notebook's the files of those steps stood. */
  readonly levelsBefore: number;
}

const NONE: PersonEdits = {
  decisions: [],
  root: undefined,
  serving: {},
  stepsBefore: [],
  levelsBefore: 0,
};

/** @throws ConfigError `pipeline-file-invalid` for a file that cannot be read: nothing of it may be lost. */
export async function readPersonEdits(
  previous: PipelineRevision | undefined,
  ports: { readonly files: Files; readonly artifacts: Artifacts },
): Promise<PersonEdits> {
  const digest = previous?.files["pipeline.yaml"];
  if (previous === undefined || digest === undefined) return NONE;
  const path = `${previous.folder}/pipeline.yaml`;
  const [bytes, text] = [await ports.artifacts.read(digest), await ports.files.readText(path)];
  if (text === undefined) return NONE;
  const document = parseYaml(text, path);
  const parsed = PipelineFile.safeParse(document.value);
  if (!parsed.success || document.diagnostics.length > 0) {
    throw invalid(
      document.diagnostics.length > 0 || parsed.success
        ? document.diagnostics
        : diagnosticsOfIssues(parsed.error.issues, {
            codePrefix: "pipeline",
            value: document.value,
            path,
            placeOf: document.placeOf,
          }),
      path,
    );
  }
  const ours = parsed.data;
  const base =
    bytes === undefined
      ? undefined
      : PipelineFile.safeParse(parseYaml(new TextDecoder().decode(bytes), path).value).data;
  const stated = ours.decisions.map(
    (decision, at): DecidedItem => ({
      decision,
      where: document.placeOf(["decisions", at]),
    }),
  );
  const serving = servingOf(ours);
  if (base === undefined) return { ...NONE, decisions: stated, serving };
  const wasNamed = (name: string): boolean => base.steps.some((step) => step.name === name);
  const isNamed = (name: string): boolean => ours.steps.some((step) => step.name === name);
  const renamed = ours.steps.flatMap((step, at): readonly DecidedItem[] => {
    if (wasNamed(step.name)) return [];
    const old = base.steps.find(
      (candidate) => !isNamed(candidate.name) && candidate.cells.join() === step.cells.join(),
    );
    return old === undefined
      ? []
      : [
          {
            decision: { kind: "rename", step: old.name, as: step.name },
            where: document.placeOf(["steps", at, "name"]),
          },
        ];
  });
  return {
    decisions: [...stated, ...renamed],
    root: ours.root === base.root ? undefined : ours.root,
    serving,
    stepsBefore: base.steps.map((step) => step.name),
    levelsBefore: levelsOfSteps(base.steps),
  };
}

/** What the file says of serving, as planning takes it. */
export function servingOf({ serve }: PipelineFile): ServingChoice {
  if (serve === undefined) return {};
  return {
    ...(serve.entity === null ? {} : { entity: serve.entity }),
    ...(serve.time === null ? {} : { time: serve.time }),
    unseen: serve.unseen,
  };
}

/**
 * New name → old name of steps that were renamed since the last promotion, so that edits of the old file come along.
 *
 * @param decisions As replayed, in order.
 */
export function renamedSince(
  stepsBefore: readonly string[],
  stepsNow: readonly string[],
  decisions: readonly DecidedItem["decision"][],
): Readonly<Record<string, string>> {
  const renamed: Record<string, string> = {};
  for (const decision of decisions) {
    if (decision.kind !== "rename") continue;
    const isNew = stepsBefore.includes(decision.step) && !stepsBefore.includes(decision.as);
    if (isNew && stepsNow.includes(decision.as) && !stepsNow.includes(decision.step))
      renamed[decision.as] = decision.step;
  }
  return renamed;
}

function invalid(problems: readonly Diagnostic[], path: string): ConfigError {
  const [first, ...others] = problems;
  return new ConfigError(first?.message ?? "the file cannot be read", {
    code: "pipeline-file-invalid",
    where: first?.where ?? { path },
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
    diagnostics: others,
  });
}

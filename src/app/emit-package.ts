/** Plan → all files of the pipeline package, with the serving half where the features can be split soundly. */

import { basename } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { pythonName } from "../base/python-name.ts";
import { nameOfCell } from "../codegen/cell-range.ts";
import type { LearnedLines } from "../codegen/learned-lines.ts";
import { buildProject, FOLDER_FILES, RUNTIME_FILES } from "../codegen/project.ts";
import { type FeatureFiles, generateFeatureFiles } from "../features/generate-feature-files.ts";
import { planStepLines } from "../features/step-lines/plan-step-lines.ts";
import { NO_STEP_LINES } from "../features/step-lines/step-lines.ts";
import type { Observation } from "../observation/schema.ts";
import { followedCalls } from "../pipeline/followed-calls.ts";
import { type NotebookProgram, statementIndex } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import { whyNoModel } from "../pipeline/served-model.ts";
import { notebookPaths } from "../pipeline/sources.ts";
import type { Files } from "../ports/files.ts";
import type { PythonParser } from "../python/parse.ts";
import { withComparableMatrices } from "./comparable-matrices.ts";
import { type StagePlanInput, stagePlan } from "./stage-plan.ts";

/** Whether the pipeline comes with a serving function, or why not. */
export interface ServingHalf {
  readonly ready: boolean;
  readonly because: string;
}

/** Files of one revision, before its certificate. */
export interface Emitted {
  /** With the entity that the notebook's features are made for, where the plan named none. */
  readonly plan: Plan;
  readonly files: readonly GeneratedFile[];
  readonly serving: ServingHalf;
  readonly diagnostics: readonly Diagnostic[];
  /** Text of `requirements.lock` among the files. */
  readonly lock: string | undefined;
  /** Whether steps call lines that `learn` calls as well. */
  readonly sharesLines: boolean;
}

export interface EmitPorts {
  readonly files: Files;
  readonly parser: PythonParser;
  /** Absolute folder of the templates that ship with the program. */
  readonly templates: string;
}

/** Renders every file; a serving half that cannot be split soundly is left out, and the reason is a diagnostic. */
export async function emitPackage(
  input: {
    readonly plan: Plan;
    readonly program: NotebookProgram;
    /** Text of `requirements.lock`; `undefined` where none could be made. */
    readonly lock: string | undefined;
    /** What a run has shown: columns of tables, the model's type. */
    readonly observation?: Observation | undefined;
    /** Where it will stand, relative to the project root. */
    readonly folder?: string;
    /** Why the features must be left out although they could be written: a proof failed. */
    readonly unserved?: string;
    /** true where steps keep their statements, and `learn` has lines of its own. */
    readonly apart?: boolean;
  },
  ports: EmitPorts,
): Promise<Emitted> {
  const { plan, program, lock } = input;
  const templates: Record<string, string> = {};
  for (const name of [...RUNTIME_FILES, ...FOLDER_FILES, "test_pipeline.py"]) {
    templates[name] = await readTemplate(`project/${name}`, ports);
  }
  const staged =
    input.unserved === undefined ? await stageServing(input, ports) : refusal(input.unserved, []);
  const sentence = staged.serving.ready
    ? `\`mlops serve ${plan.name}@v1\` answers requests with raw rows: ${staged.serving.because}.${howToChange(staged.learned)}`
    : `Not available: ${staged.serving.because}. Training does not need it.`;
  const planned = withEntity(plan, staged.entity);
  const context = {
    plan: planned,
    program,
    parser: ports.parser,
    statementAt: statementIndex(program),
    ...(staged.learned === undefined ? {} : { learned: staged.learned }),
  };
  const files = buildProject(context, {
    templates,
    features: staged.files,
    serving: sentence,
    lock,
  });
  return {
    plan: planned,
    files,
    serving: staged.serving,
    diagnostics: staged.diagnostics,
    lock,
    sharesLines: (staged.learned?.runs ?? []).length > 0,
  };
}

/** For the README: a feature is two lines, and a run tells when one of them was forgotten. */
function howToChange(learned: LearnedLines | undefined): string {
  const [first] = learned?.runs ?? [];
  if (first === undefined) return "";
  return ` To change a feature, change its line in the step (in \`${first.name}\` and its like, which training and \`fit\` in \`features.py\` both call) and in \`transform\` of \`features.py\`; a run in which the two differ gives a version that is not served.`;
}

/** The entity is written down, so that people see it, and the contract of every version names it. */
function withEntity(plan: Plan, entity: string | undefined): Plan {
  return entity === undefined || plan.serve === undefined
    ? plan
    : { ...plan, serve: { ...plan.serve, entity } };
}

interface StagedServing {
  /** Column of the entities that answers are for; `undefined` where they are for single rows. */
  readonly entity: string | undefined;
  readonly files: FeatureFiles;
  /** What its `learn` has in common with the steps. */
  readonly learned: LearnedLines | undefined;
  readonly serving: ServingHalf;
  readonly diagnostics: readonly Diagnostic[];
}

async function stageServing(
  {
    plan,
    program,
    observation,
    folder,
    apart,
  }: Omit<StagePlanInput, "serve"> & { readonly apart?: boolean },
  ports: EmitPorts,
): Promise<StagedServing> {
  const { serve } = plan;
  if (serve === undefined)
    return refusal(
      whyNoModel(program.facts.statements, followedCalls(program.facts.statements)),
      [],
    );
  const staged = stagePlan({ plan, serve, program, observation, folder }, ports.parser);
  if (!staged.ok) {
    const { code, message, where, hint } = staged.error;
    const finding: Diagnostic = {
      code,
      severity: "warning",
      message: `${message} Training works; serving is refused.`,
      where,
      hint,
    };
    return refusal(message.replace(/\.$/, ""), [finding]);
  }
  const staging = withComparableMatrices(staged.value, plan);
  const stepLines =
    apart === true
      ? NO_STEP_LINES
      : planStepLines({ staging, plan, program, parser: ports.parser });
  const files = generateFeatureFiles(staging, {
    pipeline: plan.name,
    packageName: pythonName(plan.name),
    notebook: notebookPaths(plan)
      .map((path) => basename(path))
      .join(" and "),
    describeCell: (counted) => nameOfCell(plan, counted),
    stepLines,
    templates: {
      support: await readTemplate("python/features/feature_support.py", ports),
      statistics: await readTemplate("python/features/feature_statistics.py", ports),
      history: await readTemplate("python/features/feature_history.py", ports),
      entities: await readTemplate("python/features/entity_support.py", ports),
      predict: await readTemplate("python/features/predict.py", ports),
      test: await readTemplate("python/features/test_features.py", ports),
      historyTest: await readTemplate("python/features/test_history.py", ports),
      entityTest: await readTemplate("python/features/test_entity_features.py", ports),
    },
  });
  const { entity } = staged.value;
  return {
    entity: entity?.column,
    files,
    learned: { ...stepLines, staging },
    serving: {
      ready: true,
      because: `the features are split into fit and transform${entity === undefined ? "" : `, an answer is for one ${entity.column}, from all of its rows, which the request must bring`}`,
    },
    diagnostics:
      entity === undefined || serve.entity !== undefined
        ? []
        : [entityTaken(entity.column, plan.notebook.path)],
  };
}

function entityTaken(column: string, path: string): Diagnostic {
  return {
    code: "feature-entity-taken",
    severity: "note",
    message: `the model takes one row for each ${column}, so answers are for a ${column}: a request brings all rows of it, and each of them gets the same answer`,
    hint: `pipeline.yaml names it under serve (entity: ${column}); whoever asks must know every row of a ${column}`,
    where: { path },
  };
}

function refusal(because: string, diagnostics: readonly Diagnostic[]): StagedServing {
  return {
    entity: undefined,
    files: {},
    learned: undefined,
    serving: { ready: false, because },
    diagnostics,
  };
}

async function readTemplate(path: string, ports: EmitPorts): Promise<string> {
  const text = await ports.files.readText(`${ports.templates}/${path}`);
  if (text === undefined) throw new Error(`the installation lacks templates/${path}`);
  return text;
}

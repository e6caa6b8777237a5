/**
 * Makes a model version of a folder from elsewhere: what `models export` wrote, or an MLflow model. Its bytes are stored, its pickles
 * walked, and nothing is deserialized. What it says of itself (metrics, certificate, names) is kept as said; what its pickles may
 * look up is decided here. The same content again is the same version.
 */
import type { RunId } from "../base/brand.ts";
import { InputError, UsageError } from "../base/errors.ts";
import { sha256OfJson } from "../base/hash.ts";
import { shellWord } from "../base/shell-word.ts";
import { Contract } from "../contract/schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { Workers } from "../ports/worker.ts";
import type { Identity } from "../registry/identity.ts";
import {
  judgeForeign,
  type NameProblem,
  pickledNames,
  renderNameProblem,
} from "../registry/judge-names.ts";
import type { ModelVersion, NewModelVersion } from "../registry/model.ts";
import { parseName, renderModelVersion } from "../registry/names.ts";
import { Certificate } from "../verification/schema.ts";
import { evaluationOf } from "./exported-version.ts";
import type { ModelImportReport } from "./model-transfer-schema.ts";
import { WalkReply } from "./pack-schema.ts";
import { type ModelFolder, readModelFolder } from "./read-model-folder.ts";
import { reportVersion } from "./report-models.ts";

export interface ImportInput {
  /** Absolute, or relative to the project root. */
  readonly folder: string;
  /** The folder as it was named, for the record. */
  readonly from: string;
  /** `undefined` takes the name that it had where it was exported. */
  readonly model: string | undefined;
  /** `module:name` of what loading may look up besides what is known and its own. */
  readonly trusted: readonly string[];
  readonly dryRun: boolean;
  /** Reads the pickles' opcodes; nothing of the model is run in it. */
  readonly python: string;
  readonly actor: Identity;
  readonly signal: AbortSignal;
}

export interface ImportPorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  readonly registry: Pick<Registry, "models">;
  readonly workers: Workers;
  readonly clock: Clock;
}

/** Nobody's run: of a model that says none. */
const NO_RUN = "0".repeat(32);

/**
 * @throws InputError `import-folder-invalid`, `import-digest-mismatch`, `model-names-unknown-code`, `model-pickle-unreadable`.
 * @throws UsageError `import-model-unnamed`.
 */
export async function importModel(
  input: ImportInput,
  ports: ImportPorts,
): Promise<ModelImportReport> {
  const found = await readModelFolder(input.folder, !input.dryRun, ports);
  const model = modelName(input, found);
  const { walked, own } = await walkFiles(input, found, ports);
  const problems = judgeForeign(walked, own, input.trusted);
  if (problems.length > 0) throw refused(input, model, problems);
  const because = await notServable(found);
  const content = sha256OfJson(found.files);
  const { models } = ports.registry;
  const before = models.list(model).find((version) => version.contentDigest === content);
  const version = input.dryRun
    ? before
    : models.register(
        await newVersion(input, found, { model, names: pickledNames(walked), ports }),
        {
          action: "model.imported",
          actor: input.actor,
          details: {
            from: input.from,
            content,
            trusted: [...input.trusted],
            exported: exportedAs(found),
          },
          atMs: ports.clock.nowMs(),
        },
      );
  return {
    registered: version === undefined ? null : reportVersion(version, models),
    created: version !== undefined && before === undefined,
    model,
    content,
    exportedAs: exportedAs(found),
    files: { ...found.files },
    code: Object.keys(found.files).filter((path) => path.endsWith(".py")),
    trusted: [...input.trusted],
    notServableBecause: because ?? null,
    dryRun: input.dryRun,
  };
}

function modelName(input: ImportInput, found: ModelFolder): string {
  const text = input.model ?? found.exported?.model;
  const name = text === undefined ? undefined : parseName(text);
  if (name?.ok === true) return name.value;
  throw new UsageError(
    name === undefined
      ? `${input.from} does not say what the model is called.`
      : `${JSON.stringify(text)} cannot be the name of a model here: ${name.error}.`,
    {
      code: "import-model-unnamed",
      hint: `mlops models import ${shellWord(input.from)} --model NAME`,
    },
  );
}

async function walkFiles(
  input: ImportInput,
  found: ModelFolder,
  ports: ImportPorts,
): Promise<WalkReply> {
  const worker = await ports.workers.start({
    python: input.python,
    workingDirectory: ports.files.absolute("."),
    signal: input.signal,
  });
  try {
    const place = input.dryRun
      ? { folder: ports.files.absolute(input.folder) }
      : { store: ports.artifacts.root };
    const reply = await worker.call(
      "walk",
      { ...place, files: found.files },
      { signal: input.signal },
    );
    return WalkReply.parse(reply.result);
  } finally {
    await worker.close();
  }
}

function refused(input: ImportInput, model: string, problems: readonly NameProblem[]): InputError {
  const lines = problems.map((problem) => `\n  ${renderNameProblem(problem)}`).join("");
  const unreadable = problems.some((problem) => "why" in problem);
  const names = problems.flatMap((problem) => ("name" in problem ? [problem.name] : []));
  const trusted = [...new Set([...input.trusted, ...names])];
  const flags = trusted.map((name) => `--trust ${shellWord(name)}`).join(" ");
  return new InputError(
    unreadable
      ? `${input.from} is not imported: what loading it does cannot be told without loading it.${lines}`
      : `${input.from} is not imported: loading it looks up what is neither known to be harmless nor its own.${lines}`,
    {
      code: unreadable ? "model-pickle-unreadable" : "model-names-unknown-code",
      where: { path: input.from },
      hint: unreadable
        ? "nothing of it was run; ask for a file that pickle, joblib or skops wrote as they are"
        : `nothing of it was run; find out what each of these does, and only then: mlops models import ${shellWord(input.from)} --model ${shellWord(model)} ${flags}`,
    },
  );
}

/** Why nothing can serve it here; `undefined` when it can be served. */
async function notServable(found: ModelFolder): Promise<string | undefined> {
  const text = await found.readText("contract.json");
  if (text === undefined)
    return (
      found.mlmodel.metadata?.mlops?.because ??
      "it has no contract.json, so that nothing says which columns it takes and requests could not be checked"
    );
  const predictors = Object.keys(found.files).filter((path) =>
    /^code\/[^/]+\/predict\.py$/.test(path),
  );
  if (!Contract.safeParse(jsonOf(text)).success) return "its contract.json is not valid";
  return predictors.length === 1 ? undefined : "it has no code/<package>/predict.py";
}

async function newVersion(
  input: ImportInput,
  found: ModelFolder,
  made: {
    readonly model: string;
    readonly names: ModelVersion["pickledNames"];
    readonly ports: ImportPorts;
  },
): Promise<NewModelVersion> {
  const { exported } = found;
  const certificate = Certificate.safeParse(
    jsonOf((await found.readText("certificate.json")) ?? ""),
  );
  return {
    model: made.model,
    pipeline: exported?.pipeline ?? made.model,
    pipelineRevision: exported?.pipelineRevision ?? undefined,
    runId: runIdOf(exported?.run ?? found.mlmodel.run_id),
    files: found.files,
    contentDigest: sha256OfJson(found.files),
    metrics: exported?.metrics ?? [],
    certificateDigest: certificate.success ? found.files["certificate.json"] : undefined,
    verdict: certificate.success ? certificate.data.verdict : undefined,
    createdBy: input.actor,
    createdAtMs: made.ports.clock.nowMs(),
    pickledNames: made.names,
    evaluation: exported === undefined ? undefined : evaluationOf(exported),
    origin: { kind: "imported", from: input.from },
  };
}

/** A run of another registry; nothing here is looked up by it. */
function runIdOf(text: string | null | undefined): RunId {
  const id = text !== null && text !== undefined && /^[0-9a-f]{32}$/.test(text) ? text : NO_RUN;
  return id as RunId; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the line above is what the brand stands for
}

function exportedAs({ exported }: ModelFolder): string | null {
  return exported === undefined ? null : renderModelVersion(exported);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

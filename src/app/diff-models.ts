/** What is another between two model versions: numbers, parameters, data, pipeline, contract, requirements, certificate, files. */
import type { Contract } from "../contract/schema.ts";
import { standingOf } from "../registry/compare-metrics.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { gatherCard } from "./gather-card.ts";
import type { CardColumn, ModelCard } from "./model-card-schema.ts";
import type { Change, ModelsDiffReport } from "./models-diff-schema.ts";
import type { TracePorts } from "./trace-origin.ts";

export interface DiffSides {
  readonly from: ModelVersion;
  readonly to: ModelVersion;
  /** What is the same, too. */
  readonly all: boolean;
}

/** @returns Lists by name, without what is the same unless all is asked for. */
export async function diffModels(
  { from, to, all }: DiffSides,
  ports: TracePorts,
): Promise<ModelsDiffReport> {
  const before = await gatherCard(from, ports);
  const after = await gatherCard(to, ports);
  const changes = (
    was: Readonly<Record<string, string>>,
    is: Readonly<Record<string, string>>,
  ): Change[] => changesOf(was, is, all);
  return {
    from: renderModelVersion(from),
    to: renderModelVersion(to),
    same: from.contentDigest === to.contentDigest,
    metrics: metricsOf(from, to, all),
    parameters: changes(textsOf(before.params), textsOf(after.params)),
    data: changes(dataOf(before), dataOf(after)),
    made: changes(madeOf(before), madeOf(after)),
    columns: changes(columnsOf(before), columnsOf(after)),
    requirements: changes(requirementsOf(before), requirementsOf(after)),
    certificate: changes(certificateOf(before), certificateOf(after)),
    pickledNames: pickledOf(from, to),
    files: filesOf(from, to, all),
    gaps: [
      ...before.gaps.map((gap) => `${before.reference}: ${gap}`),
      ...after.gaps.map((gap) => `${after.reference}: ${gap}`),
    ],
  };
}

function changesOf(
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
  all: boolean,
): Change[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .sort()
    .map((name) => ({ name, before: was[name] ?? null, after: is[name] ?? null }))
    .filter(({ before, after }) => all || before !== after);
}

function metricsOf(
  from: ModelVersion,
  to: ModelVersion,
  all: boolean,
): ModelsDiffReport["metrics"] {
  const names = [...from.metrics, ...to.metrics].map(({ name }) => name);
  return [...new Set(names)]
    .sort()
    .map((name) => {
      const before = from.metrics.find((metric) => metric.name === name)?.value ?? null;
      const after = to.metrics.find((metric) => metric.name === name)?.value ?? null;
      const better = to.evaluation?.better[name] ?? from.evaluation?.better[name];
      // Which way is better is known from the function that computed it, and kept with the version; else it is not guessed.
      const standing =
        before === null || after === null
          ? "unknown"
          : before === after
            ? "same"
            : standingOf(after, before, better);
      return { name, before, after, standing };
    })
    .filter(({ standing }) => all || standing !== "same");
}

function textsOf(params: ModelCard["params"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, JSON.stringify(value)]),
  );
}

function dataOf({ data }: ModelCard): Record<string, string> {
  return Object.fromEntries(data.map(({ path, digest }) => [path, digest]));
}

function madeOf({ lineage, type, trainingRows }: ModelCard): Record<string, string> {
  const { revision, notebookDigest, gitCommit, environment } = lineage;
  return present({
    model: type,
    "pipeline revision": revision,
    notebook: notebookDigest,
    commit: gitCommit,
    environment,
    "rows of training": trainingRows === null ? null : String(trainingRows),
  });
}

function columnsOf({ columns, answer }: ModelCard): Record<string, string> {
  return {
    ...Object.fromEntries(columns.map((column) => [column.name, describeColumn(column)])),
    ...(answer === null
      ? {}
      : {
          "(answer)": `${answer.kind}${answer.classes === null ? "" : `, ${String(answer.classes)} classes`}`,
        }),
  };
}

/** Ranges are what training saw, so they are another with any other rows: type, emptiness and categories are the contract. */
function describeColumn({ type, nullable, categories, personal, unseen }: CardColumn): string {
  return [
    type,
    ...(nullable ? ["may be missing"] : []),
    ...(categories === undefined || personal ? [] : [`one of ${categories.join(", ")}`]),
    ...(categories === undefined ? [] : [unseenWords[unseen]]),
    ...(personal ? ["personal"] : []),
  ].join("; ");
}

const unseenWords: Readonly<Record<Contract["columns"][number]["unseen"], string>> = {
  reject: "others are refused",
  null: "others count as missing",
  other: "others count as one",
};

/** By distribution; a line that pins nothing is its own name. */
function requirementsOf({ requirements }: ModelCard): Record<string, string> {
  return Object.fromEntries(
    requirements.map((line): readonly [string, string] => {
      const [, name = line, rest = ""] =
        /^([A-Za-z0-9._-]+(?:\[[^\]]*\])?)\s*(.*)$/.exec(line) ?? [];
      return [name, rest === "" ? "any" : rest];
    }),
  );
}

function certificateOf({ certificate }: ModelCard): Record<string, string> {
  if (certificate === null) return { verdict: "no certificate for this code" };
  const coverage = Object.entries(certificate.coverage).map(
    ([name, { compared, total }]): readonly [string, string] => [
      `compared ${name}`,
      `${String(compared)} of ${String(total)}`,
    ],
  );
  const excluded = certificate.excluded.map(({ name }) => name).sort();
  return {
    verdict: certificate.verdict,
    ...Object.fromEntries(coverage),
    ...(excluded.length === 0 ? {} : { "not compared": excluded.join(", ") }),
  };
}

function pickledOf(from: ModelVersion, to: ModelVersion): ModelsDiffReport["pickledNames"] {
  const [was, is] = [from.pickledNames ?? {}, to.pickledNames ?? {}];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((path) => {
    const [before, after] = [was[path] ?? [], is[path] ?? []];
    const added = after.filter((name) => !before.includes(name));
    const removed = before.filter((name) => !after.includes(name));
    return added.length + removed.length === 0 ? [] : [{ path, added, removed }];
  });
}

function filesOf(from: ModelVersion, to: ModelVersion, all: boolean): ModelsDiffReport["files"] {
  return [...new Set([...Object.keys(from.files), ...Object.keys(to.files)])]
    .sort()
    .map((path) => {
      const [before, after] = [from.files[path], to.files[path]];
      const change =
        before === after
          ? ("same" as const)
          : before === undefined
            ? ("added" as const)
            : after === undefined
              ? ("removed" as const)
              : ("changed" as const);
      return { path, change };
    })
    .filter(({ change }) => all || change !== "same");
}

function present(values: Readonly<Record<string, string | null>>): Record<string, string> {
  const known: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (value !== null) known[name] = value;
  return known;
}

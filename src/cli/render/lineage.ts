/** `models lineage` for people: a tree back to the cells, one forward to every use, and what is not known any more. */
import type {
  DataLineage,
  LineageData,
  LineageStep,
  ModelsLineageReport,
  VersionLineage,
} from "../../app/lineage-schema.ts";
import { cellRange } from "../../codegen/cell-range.ts";
import type { Style } from "../style.ts";
import { shortDigest, shortTime } from "./cells.ts";
import { renderNumber, renderRows } from "./table.ts";
import { type Branch, renderTree } from "./tree.ts";

/** Ends without a newline. */
export function renderLineage(report: ModelsLineageReport, style: Style): string {
  return report.kind === "version" ? renderVersion(report, style) : renderData(report, style);
}

function renderVersion(report: VersionLineage, style: Style): string {
  const blocks = [
    renderTree(
      {
        text: `${report.reference} comes from`,
        tone: "strong",
        below: [
          ...modelBranches(report),
          ...runBranches(report),
          ...revisionBranches(report),
          ...proofBranches(report),
        ],
      },
      style,
    ),
    renderTree(
      { text: `${report.reference} went to`, tone: "strong", below: useBranches(report.uses) },
      style,
    ),
    renderGaps(report.gaps, style),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function modelBranches({
  registered,
  origin,
  artifact,
  content,
}: VersionLineage): readonly Branch[] {
  return [
    {
      text: `registered ${shortTime(registered.at)} UTC by ${whoIs(registered.by)}; content ${shortDigest(content)}`,
    },
    ...(origin === null ? [] : [{ text: `${origin.kind} from ${origin.from}` }]),
    ...(artifact === null
      ? []
      : [
          {
            text: `the model is ${artifact.name} of step ${artifact.step}, ${shortDigest(artifact.digest)}`,
          },
        ]),
  ];
}

function runBranches({ run, data }: VersionLineage): readonly Branch[] {
  if (run === null) return [{ text: "run: not known any more", tone: "warn" }];
  const own = run.steps.filter(({ makesModel }) => makesModel);
  const others = run.steps.filter(({ makesModel }) => !makesModel);
  const params = facts(run.params);
  return [
    {
      text: `run ${run.id.slice(0, 8)}, ${shortTime(run.startedAt)} UTC, ${commitOf(run)}`,
      below: [
        ...(params === "" ? [] : [{ text: `parameters ${params}` }]),
        { text: `environment ${shortDigest(run.environment)}` },
        ...(own.length === 0
          ? []
          : [{ text: "steps that made the model", below: own.map(stepBranch) }]),
        ...(others.length === 0
          ? []
          : [{ text: own.length === 0 ? "steps" : "other steps", below: others.map(stepBranch) }]),
      ],
    },
    ...(data.length === 0
      ? [{ text: "data: no step read a file" }]
      : [{ text: "data", below: data.map(dataBranch) }]),
  ];
}

function stepBranch(step: LineageStep): Branch {
  const cells =
    step.cells === null
      ? ""
      : `, ${step.cells.map(({ path, cells: own }) => (own.length === 0 ? path : `${path} ${cellRange(own)}`)).join("; ")}`;
  const params = facts(step.params);
  const metrics = step.metrics
    .map(({ name, value }) => `${name} ${renderNumber(value)}`)
    .join(", ");
  const gone = step.outputs.filter(({ stored }) => !stored).map(({ name }) => name);
  const flow = [
    step.inputs.map(({ name }) => name).join(", "),
    step.outputs.map(({ name }) => name).join(", "),
  ]
    .filter((side) => side !== "")
    .join(" → ");
  return {
    text: `${step.name}${cells}`,
    below: [
      ...(flow === "" ? [] : [{ text: flow }]),
      {
        text: `${wordOf(step.decision)}: ${step.because}; fingerprint ${shortDigest(step.fingerprint)}`,
      },
      ...(params === "" ? [] : [{ text: `parameters ${params}` }]),
      ...(metrics === "" ? [] : [{ text: `metrics ${metrics}` }]),
      ...(gone.length === 0
        ? []
        : [{ text: `no longer in the store: ${gone.join(", ")}`, tone: "faint" as const }]),
    ],
  };
}

function wordOf(decision: LineageStep["decision"]): string {
  return { execute: "computed", restore: "restored", fresh: "fresh" }[decision];
}

function dataBranch({ path, digest, steps, recorded, onDisk }: LineageData): Branch {
  const record =
    recorded === null
      ? "not in datasets.lock.yaml"
      : {
          now: "in datasets.lock.yaml",
          earlier: "an earlier version in datasets.lock.yaml",
          other: "datasets.lock.yaml knows other content",
        }[recorded];
  const disk = {
    same: "the same on disk",
    changed: "changed on disk since",
    missing: "not on disk any more",
    outside: "outside of the project",
  }[onDisk];
  const at = `${path} ${shortDigest(digest)}, read by ${steps.join(", ")}; ${disk}; ${record}`;
  return onDisk === "same" ? { text: at } : { text: at, tone: "warn" };
}

function revisionBranches({ revision }: VersionLineage): readonly Branch[] {
  if (revision === null) return [{ text: "pipeline revision: not known here", tone: "warn" }];
  const state = {
    same: "the same on disk",
    changed: "changed on disk since",
    missing: "not on disk any more",
  };
  return [
    {
      text: `pipeline ${revision.name} in ${revision.folder}/, made ${shortTime(revision.madeAt)} UTC, ${commitOf(revision)}; plan ${shortDigest(revision.plan)}`,
      below: revision.notebooks.map(({ path, digest, onDisk }) => ({
        text: `notebook ${path} ${shortDigest(digest)}, ${state[onDisk]}`,
      })),
    },
  ];
}

function proofBranches({ requirements, certificate }: VersionLineage): readonly Branch[] {
  const coverage = Object.entries(certificate?.coverage ?? {})
    .map(([name, { compared, total }]) => `${name} ${String(compared)}/${String(total)}`)
    .join(", ");
  const excluded = certificate?.excluded ?? [];
  return [
    {
      text:
        requirements === null
          ? "requirements: not known any more"
          : `requirements ${requirements.length === 0 ? "none" : requirements.join(", ")}`,
    },
    certificate === null
      ? { text: "certificate: none for this code", tone: "warn" }
      : {
          text: `certificate ${shortDigest(certificate.digest)}: ${certificate.verdict}${coverage === "" ? "" : `; compared ${coverage}`}`,
          below: excluded.length === 0 ? [] : [{ text: `not compared: ${excluded.join(", ")}` }],
        },
  ];
}

function useBranches(uses: VersionLineage["uses"]): readonly Branch[] {
  const found: readonly Branch[] = [
    ...uses.aliases.map(({ alias, from, until, by }) => {
      const since = from === null ? "no event tells since when" : `from ${shortTime(from)} UTC`;
      const till = until === null ? "now" : `until ${shortTime(until)} UTC`;
      return {
        text: `alias ${alias}, ${until === null ? till : since}${until === null ? `, ${since}` : ` ${till}`}${by === null ? "" : `, by ${whoIs(by)}`}`,
      };
    }),
    ...uses.requests.map((request) => ({
      text: `request ${String(request.id)} for ${request.environment}: ${request.state}; asked ${shortTime(request.at)} UTC by ${whoIs(request.by)}`,
      below: request.decisions.map(({ kind, by, at, reason }) => ({
        text: `${kind} ${shortTime(at)} UTC by ${whoIs(by)}${reason === "" ? "" : `: ${reason}`}`,
      })),
    })),
    ...uses.locked.map((environment) => ({ text: `mlops.lock.yaml: ${environment} runs it` })),
    ...uses.deployments.map(({ id, environment, target, state, at }) => ({
      text: `deployment ${String(id)} to ${environment} on ${target}, ${shortTime(at)} UTC: ${state}`,
    })),
    ...uses.events.map(({ action, at, by, details }) => ({
      text: `${action} ${shortTime(at)} UTC by ${whoIs(by)}${details === "" ? "" : `: ${details}`}`,
    })),
    ...uses.measuredAgainst.map((reference) => ({ text: `${reference} was measured against it` })),
  ];
  return found.length === 0
    ? [{ text: "nothing: no alias, request, deployment or lock entry names it" }]
    : found;
}

function renderData(report: DataLineage, style: Style): string {
  const { wanted, digest, versions, gaps } = report;
  const isPath = wanted !== digest;
  const state = !isPath
    ? ""
    : digest === null
      ? " (nothing lies there now)"
      : ` (${shortDigest(digest)} now)`;
  const title = `${style.strong(wanted.startsWith("sha256:") ? shortDigest(wanted) : wanted)}${state}`;
  if (versions.length === 0)
    return [`${title} trained no version that is known here.`, renderGaps(gaps, style)]
      .filter((block) => block !== "")
      .join("\n\n");
  const rows = versions.map((one) => [
    one.reference,
    one.aliases.join(", "),
    `run ${one.run.slice(0, 8)}`,
    ...(isPath && one.path === wanted ? [] : [one.path]),
    ...(isPath
      ? [one.same === true ? "this content" : `${shortDigest(one.digest)}, other content`]
      : []),
    one.steps.join(", "),
  ]);
  return [`${title} trained\n${renderRows(rows, style)}`, renderGaps(gaps, style)]
    .filter((block) => block !== "")
    .join("\n\n");
}

function renderGaps(gaps: readonly string[], style: Style): string {
  return gaps.length === 0
    ? ""
    : renderTree({ text: "not known", tone: "warn", below: gaps.map((text) => ({ text })) }, style);
}

function facts(values: Readonly<Record<string, string | number | boolean | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value === null ? "none" : String(value)}`)
    .join(", ");
}

function whoIs({ name, grade }: { readonly name: string; readonly grade: string }): string {
  return `${name} (${grade})`;
}

function commitOf(at: {
  readonly gitCommit: string | null;
  readonly gitDirty: boolean | null;
}): string {
  if (at.gitCommit === null) return "not in git";
  return `commit ${at.gitCommit.slice(0, 12)}${at.gitDirty === true ? " with uncommitted changes" : ""}`;
}

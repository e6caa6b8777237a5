/** Which packages the pipeline needs: what the observed run imported, at the versions it used, and how pip is told. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { EnvironmentObservation, Observation } from "../observation/schema.ts";
import type { Plan, PlanRequirement } from "./plan.ts";

/**
 * What the notebook imported and what its libraries picked up (a reader of Excel files), sorted by name.
 * Modules of the standard library have no distribution and are not listed.
 */
export function requirementsOf(observation: Observation | undefined): readonly PlanRequirement[] {
  const environment = observation?.environment;
  if (environment === undefined) return [];
  const versions = new Map<string, string>();
  for (const { distribution, version } of [
    ...environment.imported,
    ...(environment.chosen ?? []),
  ]) {
    if (distribution !== null && version !== null) versions.set(distribution, version);
  }
  return sorted([...versions].map(([name, version]) => requirement(name, version, environment)));
}

/** What stored artifacts are written and read with; the codec is known once the reference run has tried it. */
const CODEC_LIBRARIES: Readonly<Record<string, string>> = {
  parquet: "pyarrow",
  skops: "skops",
  joblib: "joblib",
};

/** The requirements with what the artifacts' codecs need, at the version the reference run stored them with. */
export function withCodecRequirements(plan: Plan, observation: Observation | undefined): Plan {
  const environment = observation?.environment;
  if (environment === undefined) return plan;
  const listed = new Set(plan.requirements.map(({ distribution }) => normalName(distribution)));
  const needed = [...new Set(plan.artifacts.map(({ codec }) => CODEC_LIBRARIES[codec]))];
  const added = needed.flatMap((library) => {
    if (library === undefined || listed.has(library)) return [];
    const found = [...environment.loaded, ...(environment.installed ?? [])].find(
      ({ distribution }) => normalName(distribution) === library,
    );
    return found === undefined ? [] : [requirement(library, found.version, environment)];
  });
  return added.length === 0
    ? plan
    : { ...plan, requirements: sorted([...plan.requirements, ...added]) };
}

/**
 * The line of a requirements file, or `undefined` for what only one machine has.
 * A version with a local part (`2.1.0+cpu`) stays as it is: the public one is another build.
 */
export function requirementLine(one: PlanRequirement): string | undefined {
  if (one.source === undefined) return `${one.distribution}==${one.version}`;
  return one.source.reference === undefined
    ? undefined
    : `${one.distribution} @ ${one.source.reference}`;
}

/** Whether the version names a build that public indexes do not have. */
export function isLocalBuild(version: string): boolean {
  return version.includes("+");
}

/** What a person must know before somebody else installs these. */
export function requirementNotes(
  requirements: readonly PlanRequirement[],
  notebook: string,
): readonly Diagnostic[] {
  return requirements.flatMap(({ distribution, version, source }): readonly Diagnostic[] => {
    const where = { path: notebook };
    if (source?.kind === "folder")
      return [
        {
          code: "requirement-not-published",
          severity: "warning",
          message: `${distribution} ${version} is installed from a folder of this machine, so no requirements file can name it`,
          hint: "publish it to a package index or a git repository and install it from there, or keep the module beside the notebook",
          where,
        },
      ];
    if (source === undefined && isLocalBuild(version))
      return [
        {
          code: "requirement-local-build",
          severity: "warning",
          message: `${distribution} ${version} is a build that only the index it came from has`,
          hint: "whoever installs requirements.txt needs that index too (pip: --extra-index-url)",
          where,
        },
      ];
    return [];
  });
}

function requirement(
  distribution: string,
  version: string,
  environment: EnvironmentObservation,
): PlanRequirement {
  const told = environment.sources?.find((one) => one.distribution === normalName(distribution));
  if (told === undefined) return { distribution, version };
  const { kind, reference } = told;
  return { distribution, version, source: { kind, ...(reference === null ? {} : { reference }) } };
}

function sorted(requirements: readonly PlanRequirement[]): readonly PlanRequirement[] {
  return requirements.toSorted((a, b) => (a.distribution < b.distribution ? -1 : 1));
}

function normalName(distribution: string): string {
  return distribution.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

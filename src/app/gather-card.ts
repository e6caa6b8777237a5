/** Everything that a model card says of a version, out of registry, store and the user's own notes. No clock and no path of the machine. */
import { parseYaml } from "../base/yaml.ts";
import { Contract } from "../contract/schema.ts";
import { type ColumnProfile, Profile } from "../monitoring/schema.ts";
import type { Peer } from "../registry/evaluation.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { Certificate } from "../verification/schema.ts";
import type { CardColumn, ModelCard } from "./model-card-schema.ts";
import { nameOf } from "./package-state.ts";
import { readNotes } from "./read-notes.ts";
import { artifactOf, filesReadBy, knownOf, type TracePorts, whoOf } from "./trace-origin.ts";
import { NotServable, StateNames } from "./version-files-schema.ts";

/** A schema, as far as it is needed here. */
interface Reads<T> {
  readonly safeParse: (
    value: unknown,
  ) => { readonly success: true; readonly data: T } | { readonly success: false };
}

/** The same registry gives the same card. */
export async function gatherCard(version: ModelVersion, ports: TracePorts): Promise<ModelCard> {
  const gaps: string[] = [];
  const known = await knownOf(version, gaps, ports);
  const { run, revision, plan } = known;
  const artifact = artifactOf(known);
  const read = async <T>(path: string, schema: Reads<T>): Promise<T | undefined> =>
    readFileOf(version, path, { schema, gaps, ports });
  const contract = await read("contract.json", Contract);
  const profile = await read("profile.json", Profile);
  const certificate = await read("certificate.json", Certificate);
  const state = await read("state/state.json", StateNames);
  const where =
    revision === undefined || plan === undefined
      ? undefined
      : { folder: revision.folder, root: plan.root };
  const notServable = contract === undefined ? await notServableBecause(version, ports) : null;
  const { registry } = ports;
  const output = run?.steps.findLast(({ step }) => step === artifact?.step)?.manifest?.outputs;
  return {
    reference: renderModelVersion(version),
    model: version.model,
    version: version.version,
    content: version.contentDigest,
    aliases: registry.models
      .aliases(version.model)
      .filter((alias) => alias.version === version.version)
      .map(({ alias }) => alias),
    tags: { ...registry.models.tags(version.model, version.version) },
    registered: { by: whoOf(version.createdBy), at: isoOf(version.createdAtMs) },
    origin: version.origin === undefined ? null : { ...version.origin },
    type: artifact === null ? null : (output?.[artifact.name]?.type ?? null),
    answer:
      contract === undefined
        ? null
        : { kind: contract.answer.kind, classes: contract.answer.classes?.length ?? null },
    servable: contract !== undefined,
    notServableBecause: notServable,
    params: sorted({ ...run?.params }),
    metrics: version.metrics.map((metric) => ({ ...metric })),
    baseline: peerOf(version.evaluation?.baseline),
    champion: peerOf(version.evaluation?.champion),
    columns: columnsOf(contract, profile),
    trainingRows: profile?.raw.rows ?? null,
    data:
      run === undefined
        ? []
        : filesReadBy(run, where)
            .filter(({ path }) => !path.startsWith("/"))
            .map(({ path, digest }) => ({ path, digest })),
    features: profile?.features?.columns.map(({ name }) => name) ?? [],
    state: state === undefined ? [] : [...Object.keys(state.fields), ...state.objects].sort(),
    certificate: certificateOf(version, certificate),
    tests: testsOf(version, ports),
    ...leakageOf(version),
    requirements: (await textOf(version, "requirements.txt", ports))
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#")),
    lineage: {
      run: version.runId,
      revision: revision === undefined ? null : nameOf(revision),
      notebook: revision?.notebookPath ?? null,
      notebookDigest: revision?.notebookDigest ?? null,
      gitCommit: run?.gitCommit ?? null,
      gitDirty: run?.gitDirty ?? null,
      environment: run?.environmentDigest ?? null,
      steps: run?.steps.map(({ step }) => step) ?? [],
    },
    approvals: approvalsOf(version, ports),
    limitations: limitationsOf(contract, certificate, notServable),
    gaps,
    notes: revision === undefined ? null : await readNotes(revision.folder, ports.files),
  };
}

async function textOf(
  version: ModelVersion,
  path: string,
  { artifacts }: TracePorts,
): Promise<string> {
  const digest = version.files[path];
  const bytes = digest === undefined ? undefined : await artifacts.read(digest);
  return bytes === undefined ? "" : new TextDecoder().decode(bytes);
}

/** `undefined` where the version has no such file; where it has one that cannot be read, that is a gap. */
async function readFileOf<T>(
  version: ModelVersion,
  path: string,
  given: { readonly schema: Reads<T>; readonly gaps: string[]; readonly ports: TracePorts },
): Promise<T | undefined> {
  if (version.files[path] === undefined) return undefined;
  const text = await textOf(version, path, given.ports);
  if (text === "") {
    given.gaps.push(`The store no longer has ${path} of the version.`);
    return undefined;
  }
  const parsed = given.schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  given.gaps.push(`${path} of the version cannot be read.`);
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function notServableBecause(version: ModelVersion, ports: TracePorts): Promise<string> {
  const text = await textOf(version, "MLmodel", ports);
  const said = NotServable.safeParse(parseYaml(text, "MLmodel").value);
  return said.success ? said.data.metadata.mlops.because : "it has no contract";
}

function peerOf(peer: Peer | undefined): ModelCard["baseline"] {
  if (peer === undefined) return null;
  return "because" in peer
    ? { of: peer.of, metrics: null, because: peer.because }
    : { of: peer.of, metrics: peer.metrics.map((metric) => ({ ...metric })), because: null };
}

function columnsOf(contract: Contract | undefined, profile: Profile | undefined): CardColumn[] {
  return (contract?.columns ?? []).map((column): CardColumn => {
    const seen = profile?.raw.columns.find(({ name }) => name === column.name);
    const counted = { count: seen?.count ?? null, nulls: seen?.nulls ?? null };
    if (!column.personal)
      return { ...column, ...counted, bars: seen === undefined ? null : barsOf(seen, column) };
    // Of a person nothing is told but that the column is there.
    const { min: _min, max: _max, categories: _categories, ...bare } = column;
    return { ...bare, ...counted, bars: null };
  });
}

function barsOf(seen: ColumnProfile, column: Contract["columns"][number]): CardColumn["bars"] {
  if (seen.categories !== undefined)
    return [
      ...seen.categories.listed.map(({ value, count }) => ({ label: value, width: 1, count })),
      ...(seen.categories.other === 0
        ? []
        : [{ label: "other", width: 1, count: seen.categories.other }]),
    ];
  const { edges, counts } = seen.numbers ?? { edges: [], counts: [] };
  const [least, most] = [numberOf(column.min), numberOf(column.max)];
  if (least === undefined || most === undefined || edges.length === 0) return null;
  const borders = [least, ...edges, most];
  // Of a few values (0 and 1) each has a bin to itself, and how wide it is says nothing.
  const isEven = counts.length < 4;
  return counts.map((count, at) => {
    const [from = 0, to = 0] = borders.slice(at, at + 2);
    return {
      label: `${String(from)} to ${String(to)}`,
      width: isEven ? 1 : Math.max(0, to - from),
      count,
    };
  });
}

function numberOf(value: number | string | undefined): number | undefined {
  if (typeof value === "number" || value === undefined) return value;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

function certificateOf(
  version: ModelVersion,
  certificate: Certificate | undefined,
): ModelCard["certificate"] {
  const digest = version.certificateDigest;
  if (digest === undefined) return null;
  return {
    digest,
    verdict: certificate?.verdict ?? version.verdict ?? "unverified",
    coverage: Object.fromEntries(
      Object.entries(certificate?.coverage ?? {}).filter(([, { total }]) => total > 0),
    ),
    excluded: (certificate?.excluded ?? [])
      .filter(({ exploration }) => exploration !== true)
      .map(({ name, reason }) => ({ name, reason })),
  };
}

function testsOf({ model, version }: ModelVersion, { registry }: TracePorts): string | null {
  const [newest] = registry.approvals.list({ model, version });
  if (newest === undefined) return null;
  const { tests } = newest.evidence;
  if ("because" in tests) return `not run: ${tests.because}`;
  return `${String(tests.passed)} passed, ${String(tests.failed)} failed, ${String(tests.skipped)} skipped`;
}

function leakageOf({ evaluation }: ModelVersion): Pick<ModelCard, "leakage" | "leakageUnknown"> {
  const leakage = evaluation?.leakage;
  if (leakage === undefined) return { leakage: null, leakageUnknown: "nobody has looked" };
  if ("because" in leakage) return { leakage: null, leakageUnknown: leakage.because };
  return {
    leakage: { checked: [...leakage.checked], findings: [...leakage.findings] },
    leakageUnknown: null,
  };
}

function approvalsOf(
  { model, version }: ModelVersion,
  { registry }: TracePorts,
): ModelCard["approvals"] {
  return registry.approvals
    .list({ model, version })
    .toReversed()
    .map(({ id, environment, state, decisions }) => ({
      request: id,
      environment,
      state,
      decisions: decisions.map(({ kind, by, atMs, reason }) => ({
        kind,
        by: whoOf(by),
        at: isoOf(atMs),
        reason,
      })),
    }));
}

/** Those that follow from facts; what only people know is theirs to write. */
function limitationsOf(
  contract: Contract | undefined,
  certificate: Certificate | undefined,
  notServable: string | null,
): string[] {
  const listed = (contract?.columns ?? []).filter(
    ({ categories, personal }) => categories !== undefined && !personal,
  );
  const with_ = (unseen: string): string =>
    listed
      .filter((column) => column.unseen === unseen)
      .map(({ name }) => name)
      .join(", ");
  const said = (names: string, what: string): string[] =>
    names === "" ? [] : [`A value that training did not list ${what}: ${names}.`];
  return [
    ...(notServable === null ? [] : [`It cannot be served: ${notServable}.`]),
    ...said(with_("reject"), "is refused"),
    ...said(with_("null"), "counts as missing"),
    ...said(with_("other"), "counts as another one"),
    ...(certificate?.excluded ?? [])
      .filter(({ exploration }) => exploration !== true)
      .map(({ name, reason }) => `${name} was not compared with the notebook: ${reason}.`),
    ...(certificate?.["notebook-seeded"] === false
      ? ["The notebook does not seed its random numbers; they were seeded for the comparison."]
      : []),
  ];
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

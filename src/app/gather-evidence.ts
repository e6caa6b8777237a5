/** What speaks for a model version, from the registry and the store; the tests' word is given, because they take a process. */
import type { Config } from "../config/schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Registry } from "../ports/registry.ts";
import type { Peer } from "../registry/evaluation.ts";
import {
  type ApprovalEvidence,
  type CertificateEvidence,
  checkThresholds,
  type TestsEvidence,
} from "../registry/evidence.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { Certificate } from "../verification/schema.ts";

/** Evidence as it is now. */
export async function gatherEvidence(
  version: ModelVersion,
  given: { readonly tests: TestsEvidence; readonly config: Pick<Config, "deploy"> },
  ports: {
    readonly artifacts: Pick<Artifacts, "read">;
    readonly models: Pick<Registry["models"], "resolve">;
  },
): Promise<ApprovalEvidence> {
  const { metrics, evaluation, origin } = version;
  return {
    origin: origin === undefined ? undefined : `${origin.kind} from ${origin.from}`,
    metrics,
    thresholds: checkThresholds(metrics, given.config.deploy.gates?.[version.pipeline] ?? []),
    baseline: evaluation?.baseline,
    champion: againstChampion(version, ports.models),
    better: evaluation?.better ?? {},
    certificate: await certificateOf(version, ports.artifacts),
    tests: given.tests,
    leakage: evaluation?.leakage,
  };
}

/** What was measured against the champion of the time says nothing of the one there is now. */
function againstChampion(
  version: ModelVersion,
  models: Pick<Registry["models"], "resolve">,
): Peer | undefined {
  const measured = version.evaluation?.champion;
  const now = models.resolve(version.model, "champion");
  if (now === undefined || now.version === version.version) return measured;
  const name = renderModelVersion(now);
  if (measured?.of === name) return measured;
  return { of: name, because: "it was not champion when this version was registered" };
}

/** A certificate that cannot be read is none. */
export async function certificateOf(
  { certificateDigest }: ModelVersion,
  artifacts: Pick<Artifacts, "read">,
): Promise<CertificateEvidence | undefined> {
  if (certificateDigest === undefined) return undefined;
  const bytes = await artifacts.read(certificateDigest);
  if (bytes === undefined) return undefined;
  const read = Certificate.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (!read.success) return undefined;
  const { verdict, coverage, excluded } = read.data;
  return {
    digest: certificateDigest,
    verdict,
    coverage: Object.fromEntries(Object.entries(coverage).filter(([, { total }]) => total > 0)),
    // What exploration printed is no result.
    excluded: excluded.filter(({ exploration }) => exploration !== true).map(({ name }) => name),
  };
}

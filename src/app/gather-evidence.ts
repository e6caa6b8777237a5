/** What speaks for a model version, from the registry and the store; the tests' word is given, because they take a process. */
import type { Config } from "../config/schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import {
  type ApprovalEvidence,
  type CertificateEvidence,
  checkThresholds,
  type TestsEvidence,
} from "../registry/evidence.ts";
import type { ModelVersion } from "../registry/model.ts";
import { Certificate } from "../verification/schema.ts";

/** Evidence as it is now. */
export async function gatherEvidence(
  version: ModelVersion,
  given: { readonly tests: TestsEvidence; readonly config: Pick<Config, "deploy"> },
  artifacts: Pick<Artifacts, "read">,
): Promise<ApprovalEvidence> {
  const { metrics, evaluation } = version;
  return {
    metrics,
    thresholds: checkThresholds(metrics, given.config.deploy.gates?.[version.pipeline] ?? []),
    baseline: evaluation?.baseline,
    champion: evaluation?.champion,
    certificate: await certificateOf(version, artifacts),
    tests: given.tests,
    leakage: evaluation?.leakage,
  };
}

/** A certificate that cannot be read is none. */
async function certificateOf(
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

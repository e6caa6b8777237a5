/** Which certificate stands beside a package that was verified again. */
import type { Sha256 } from "../base/brand.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import { foundTheSame } from "../verification/build-certificate.ts";
import { Certificate } from "../verification/schema.ts";

/**
 * The certificate on record when it found the same: a model's equal content may have other bytes each time it is
 * stored, and that alone must not make a new revision.
 */
export async function earlierOr(
  certificate: Certificate,
  onRecord: Sha256 | undefined,
  artifacts: Artifacts,
): Promise<Certificate> {
  const bytes = onRecord === undefined ? undefined : await artifacts.read(onRecord);
  if (bytes === undefined) return certificate;
  const earlier = Certificate.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  return earlier.success && foundTheSame(earlier.data, certificate) ? earlier.data : certificate;
}

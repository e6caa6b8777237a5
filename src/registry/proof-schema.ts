/**
 * What an identity rests on, as the registry and `mlops.lock.yaml` keep it. Never the token or key itself: a digest, a
 * signature or what a checked token said. A proof is a claim until `app/weigh-proof.ts` has looked at it again.
 */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";

const Text = z.string().min(1).max(2_000);
/** `SHA256:…`, as ssh-keygen prints it. */
const KeyFingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);

/** Of an ID token, what says who acted and where; everything else of it is left out. */
export const CiClaims = z.strictObject({
  /** `github.com/acme/churn`. */
  repository: Text.optional(),
  /** Login of whoever started the job, as the CI system has it. */
  actor: Text.optional(),
  email: Text.optional(),
  ref: Text.optional(),
  workflow: Text.optional(),
  run: Text.optional(),
  /** 1 for the first; whoever runs a job again is not always its actor. */
  attempt: Text.optional(),
  /** What started the job: push, schedule, web… */
  event: Text.optional(),
});
export type CiClaims = z.infer<typeof CiClaims>;

/** An ID token of a CI system was checked. */
export const OidcProof = z.strictObject({
  kind: z.literal("oidc"),
  issuer: Text,
  subject: Text,
  audience: Text,
  claims: CiClaims,
  issued: z.iso.datetime(),
  expires: z.iso.datetime(),
});
export type OidcProof = z.infer<typeof OidcProof>;

/** A person signed the statement with an SSH key. */
const SignatureProof = z.strictObject({
  kind: z.literal("signature"),
  principal: Text,
  key: KeyFingerprint,
  /** Armored, over the canonical text of the statement. */
  signature: z.string().startsWith("-----BEGIN SSH SIGNATURE-----").max(20_000),
});

/** The commit that wrote the approval into the lock file is signed. */
const CommitSignatureProof = z.strictObject({
  kind: z.literal("commit-signature"),
  commit: z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/),
  principal: Text,
  key: KeyFingerprint,
});

/** A machine showed the token whose digest the settings hold. */
const ServiceTokenProof = z.strictObject({
  kind: z.literal("service-token"),
  machine: Text,
  digest: Digest,
});

/** What an identity rests on. */
export const Proof = z.discriminatedUnion("kind", [
  OidcProof,
  SignatureProof,
  CommitSignatureProof,
  ServiceTokenProof,
]);
export type Proof = z.infer<typeof Proof>;

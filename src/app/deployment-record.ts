/** What was deployed before, and the record that something was: a row for the deployment, and an event that keeps which files were generated. */
import type { Sha256 } from "../base/brand.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { isSha256, sha256 } from "../base/hash.ts";
import type { Clock } from "../ports/clock.ts";
import type { Registry } from "../ports/registry.ts";
import type { Deployment } from "../registry/deployment.ts";
import type { Identity } from "../registry/identity.ts";

/** The newest deployment of a pipeline to a place. */
export interface EarlierDeployment {
  readonly subject: string;
  /** Path → digest as generated then. */
  readonly files: Readonly<Record<string, Sha256>>;
}

/** What the same command generated last, from the event that recorded it. */
export function lastDeployment(
  pipeline: string,
  target: { readonly target: string; readonly environment: string },
  registry: Registry,
): EarlierDeployment | undefined {
  for (const event of registry.audit.list()) {
    const { details } = event;
    if (
      event.action !== "deployment.created" ||
      !event.subject.startsWith(`${pipeline}:r`) ||
      details["target"] !== target.target ||
      details["environment"] !== target.environment
    )
      continue;
    return { subject: event.subject, files: digestsIn(details["files"]) };
  }
  return undefined;
}

/** Whether exactly these files were generated then. */
export function isSameDeployment(
  earlier: Readonly<Record<string, Sha256>>,
  generated: readonly GeneratedFile[],
): boolean {
  return (
    Object.keys(earlier).length === generated.length &&
    generated.every((file) => earlier[file.path] === sha256(file.text))
  );
}

/** Adds the row and its event. */
export function recordDeployment(
  made: {
    readonly subject: string;
    readonly environment: string;
    readonly level: 1;
    readonly target: string;
    readonly gitCommit: string | undefined;
    readonly actor: Identity;
    readonly generated: readonly GeneratedFile[];
  },
  ports: { readonly registry: Registry; readonly clock: Clock },
): Deployment {
  const { subject, environment, level, target, gitCommit, actor } = made;
  const atMs = ports.clock.nowMs();
  // "pending": whether the files were committed and the job ever ran cannot be seen from here.
  const files = Object.fromEntries(made.generated.map((file) => [file.path, sha256(file.text)]));
  return ports.registry.deployments.add(
    { subject, environment, level, target, state: "pending", gitCommit, createdAtMs: atMs },
    {
      action: "deployment.created",
      subject,
      actor,
      details: { environment, level, target, files },
      atMs,
    },
  );
}

function digestsIn(value: unknown): Readonly<Record<string, Sha256>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([path, digest]) =>
      typeof digest === "string" && isSha256(digest) ? [[path, digest] as const] : [],
    ),
  );
}

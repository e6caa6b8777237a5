/** Whether a step must run: fresh, restore or execute, each with its reason. */
import type { Outside } from "../pipeline/plan.ts";
import type { StepManifest } from "./schema.ts";

export type Decision =
  /** Its outputs and files are all there. */
  | { readonly kind: "fresh"; readonly because: Reason; readonly manifest: StepManifest }
  /** Its artifacts are there; files it wrote are put back from the store. */
  | {
      readonly kind: "restore";
      readonly because: Reason;
      readonly manifest: StepManifest;
      readonly files: readonly string[];
    }
  | { readonly kind: "execute"; readonly because: Reason };

export type Reason =
  | { readonly kind: "nothing-changed" }
  | { readonly kind: "made-before"; readonly what: readonly Outside[] }
  | { readonly kind: "file-gone"; readonly path: string }
  | { readonly kind: "never-ran" }
  | { readonly kind: "forced" }
  | { readonly kind: "code-changed" }
  | { readonly kind: "outside"; readonly what: readonly Outside[] }
  | { readonly kind: "environment-changed" }
  | { readonly kind: "random-changed" }
  | {
      readonly kind: "param-changed";
      readonly name: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: "input-changed"; readonly name: string }
  | { readonly kind: "setting-changed"; readonly name: string }
  | { readonly kind: "data-changed"; readonly path: string }
  | { readonly kind: "artifact-missing"; readonly name: string };

export interface DecideInput {
  /** Flat fingerprint parts of now, see `flattenParts`. */
  readonly parts: Readonly<Record<string, string>>;
  /** The newest execution with exactly this fingerprint. */
  readonly same: StepManifest | undefined;
  /** Flat parts of the newest execution whatever its fingerprint. */
  readonly lastParts: Readonly<Record<string, string>> | undefined;
  /** Digest of files as they are now; `undefined` when missing. Covers what `same` read and wrote. */
  readonly fileDigests: ReadonlyMap<string, string | undefined>;
  /** A path at which the step that is on record in `same` would see something else now, or which it wrote outside the root and which is no longer as it was. */
  readonly seenOtherwise: string | undefined;
  /** Output artifacts of `same` whose bytes the store no longer has. */
  readonly missingOutputs: readonly string[];
  readonly force: boolean;
  /** False for a step that has to be taken as it is, because others were chosen to be executed. */
  readonly mayExecute: boolean;
  /** What the step depends on that has no digest. */
  readonly outside: readonly Outside[];
}

/** The first reason to execute wins; then what only has to be put back; a step with neither is fresh. */
export function decide(input: DecideInput): Decision {
  if (input.force) return { kind: "execute", because: { kind: "forced" } };
  const { same } = input;
  if (same === undefined) return { kind: "execute", because: whatChanged(input) };
  const changed = Object.entries(same.filesRead).find(
    ([path, digest]) => !(path in same.files) && input.fileDigests.get(path) !== digest,
  );
  if (changed !== undefined)
    return { kind: "execute", because: { kind: "data-changed", path: changed[0] } };
  if (input.seenOtherwise !== undefined)
    return { kind: "execute", because: { kind: "data-changed", path: input.seenOtherwise } };
  const missing = input.missingOutputs[0];
  if (missing !== undefined)
    return { kind: "execute", because: { kind: "artifact-missing", name: missing } };
  if (input.outside.length > 0 && input.mayExecute)
    return { kind: "execute", because: { kind: "outside", what: input.outside } };
  const gone = Object.entries(same.files)
    .filter(([path, digest]) => input.fileDigests.get(path) !== digest)
    .map(([path]) => path);
  const first = gone[0];
  if (first !== undefined)
    return {
      kind: "restore",
      because: { kind: "file-gone", path: first },
      manifest: same,
      files: gone,
    };
  const because: Reason =
    input.outside.length > 0
      ? { kind: "made-before", what: input.outside }
      : { kind: "nothing-changed" };
  return { kind: "fresh", because, manifest: same };
}

function whatChanged(input: DecideInput): Reason {
  const { lastParts, parts } = input;
  if (lastParts === undefined) return { kind: "never-ran" };
  if (lastParts["code"] !== parts["code"]) return { kind: "code-changed" };
  for (const [key, value] of Object.entries(parts)) {
    const before = lastParts[key];
    if (before === value) continue;
    if (key.startsWith("param:"))
      return {
        kind: "param-changed",
        name: key.slice("param:".length),
        from: before ?? "nothing",
        to: value,
      };
    if (key.startsWith("input:"))
      return { kind: "input-changed", name: key.slice("input:".length) };
    if (key.startsWith("setting:"))
      return { kind: "setting-changed", name: key.slice("setting:".length) };
    if (key.startsWith("reads:")) return { kind: "data-changed", path: key.slice("reads:".length) };
    if (key === "environment") return { kind: "environment-changed" };
    if (key === "random") return { kind: "random-changed" };
  }
  return { kind: "never-ran" };
}

const OUTSIDE: Readonly<Record<Outside, string>> = {
  clock: "reads the clock",
  network: "uses the network",
  subprocess: "starts other programs",
};

/** The reason for people, lower case, no full stop. */
export function renderReason(reason: Reason): string {
  switch (reason.kind) {
    case "nothing-changed":
      return "nothing changed";
    case "made-before":
      return `it ${reason.what.map((each) => OUTSIDE[each]).join(" and ")}; --only takes what it made last`;
    case "file-gone":
      return `${reason.path} is no longer as the step wrote it`;
    case "never-ran":
      return "it never ran like this";
    case "forced":
      return "--force";
    case "code-changed":
      return "its code changed";
    case "outside":
      return `it ${reason.what.map((each) => OUTSIDE[each]).join(" and ")}, so nobody can tell that nothing changed`;
    case "environment-changed":
      return "the Python environment changed";
    case "random-changed":
      return "an earlier step left the random generators in another state";
    case "param-changed":
      return `parameter ${reason.name} changed from ${reason.from} to ${reason.to}`;
    case "input-changed":
      return `its input ${reason.name} changed`;
    case "setting-changed":
      return `the environment variable ${reason.name} changed`;
    case "data-changed":
      return `${reason.path} changed`;
    case "artifact-missing":
      return `its output ${reason.name} is no longer in the store`;
  }
}

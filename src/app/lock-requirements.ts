/**
 * Makes requirements.lock: what pip would install for the requirements, at the versions of the observed run, with a
 * hash for every file. A lock that was made from the same inputs is taken again; without a resolver or an index there
 * is none, and the reason is told.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { normalizeDistribution, parseRequirements } from "../maturity/requirements.ts";
import {
  constraintLines,
  digestOfLock,
  type LockInputs,
  lockableLines,
  lockDigest,
  lockHeader,
  renderLockedFiles,
} from "../pipeline/lock-file.ts";
import type { ProcessEnd } from "../ports/processes.ts";
import {
  canLock,
  findResolvers,
  type Resolver,
  type ResolverPorts,
  type ResolverSearch,
  resolverComplaint,
} from "./find-resolver.ts";
import { PipReport } from "./resolver-schema.ts";

export interface LockRequest extends ResolverSearch {
  readonly inputs: LockInputs;
  /** Folder of the pipeline: a lock there that was made from the same inputs stays. Relative to the project root. */
  readonly folder: string;
  /** Whether a resolver may be asked; else only a lock that is there already is taken. */
  readonly ask: boolean;
}

/** The text, or what stood in the way. */
export interface LockOutcome {
  readonly text: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Nothing was run, so nothing is known to lock. */
export const NO_LOCK: LockOutcome = { text: undefined, diagnostics: [] };

const CACHE = ".mlops/cache/locks";
const TIME_LIMIT_MS = 120_000;
/** What one request to an index may take: a machine without a network must not make anybody wait. */
const REQUEST_SECONDS = "15";

/** Never throws for what a resolver or a network does: a pipeline without a lock works. */
export async function lockRequirements(
  request: LockRequest,
  ports: ResolverPorts,
): Promise<LockOutcome> {
  const { inputs, folder } = request;
  if (inputs.requirements.length === 0) return NO_LOCK;
  const lockable = lockableLines(inputs.requirements);
  if (!lockable.ok) return noLock(lockable.because, request);
  const digest = lockDigest(inputs);
  const cached = `${CACHE}/${digest.replace("sha256:", "")}.lock`;
  const own = await ports.files.readText(`${folder}/requirements.lock`);
  if (own !== undefined && digestOfLock(own) === undefined) return keepOwnLock(own, request);
  for (const known of [own, await ports.files.readText(cached)]) {
    if (known !== undefined && digestOfLock(known) === digest)
      return { text: known, diagnostics: [] };
  }
  if (!request.ask) return NO_LOCK;
  const resolvers = (await findResolvers(request, ports)).filter(canLock);
  const complaints: string[] = [];
  for (const resolver of resolvers) {
    const made = await resolve(resolver, lockable.lines, request, ports);
    if (made.kind === "failed") {
      complaints.push(`${resolver.kind}: ${made.because}`);
      continue;
    }
    const scope = resolver.kind === "uv" ? "any platform" : inputs.platform;
    const text = lockHeader(inputs, { resolver: resolver.kind, scope }) + made.body;
    await ports.files.writeAtomic(cached, text);
    return { text, diagnostics: [] };
  }
  return noLock(
    complaints.length > 0 ? complaints.join("; ") : "there is no uv, and no pip 23 or newer",
    request,
  );
}

type Resolved =
  | { readonly kind: "made"; readonly body: string }
  | { readonly kind: "failed"; readonly because: string };

async function resolve(
  resolver: Resolver,
  lines: readonly string[],
  request: LockRequest,
  ports: ResolverPorts,
): Promise<Resolved> {
  await ports.files.makeDirectory(".mlops/tmp");
  const folder = await ports.files.temporaryDirectory(ports.files.absolute(".mlops/tmp"), "lock-");
  try {
    await ports.files.writeAtomic(`${folder}/requirements.in`, `${lines.join("\n")}\n`);
    const constraints = constraintLines(request.inputs);
    await ports.files.writeAtomic(`${folder}/constraints.txt`, `${constraints.join("\n")}\n`);
    const end = await ports.processes.run({
      command: commandOf(resolver, request),
      directory: folder,
      environment: { UV_HTTP_TIMEOUT: REQUEST_SECONDS, ...request.environment },
      timeoutMs: TIME_LIMIT_MS,
      signal: request.signal,
    });
    return end.kind === "exited" && end.exit === 0
      ? bodyOf(resolver, end)
      : { kind: "failed", because: resolverComplaint(end) };
  } finally {
    await ports.files.remove(folder);
  }
}

/** Nothing is built: a package without a ready file for this Python would run its own code here. */
function commandOf(resolver: Resolver, request: LockRequest): readonly [string, ...string[]] {
  if (resolver.kind === "uv") {
    const target = [
      "--universal",
      "--python",
      request.python,
      "--python-version",
      request.inputs.python,
    ];
    const form = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"];
    const quiet = ["--quiet", "--color", "never", "--no-build", "--generate-hashes"];
    const from = ["--constraints", "constraints.txt", "requirements.in"];
    return [...resolver.command, "pip", "compile", ...target, ...form, ...quiet, ...from];
  }
  const dry = ["install", "--dry-run", "--ignore-installed", "--report", "-"];
  const quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--only-binary", ":all:"];
  const patience = ["--retries", "1", "--timeout", REQUEST_SECONDS];
  const from = ["--constraint", "constraints.txt", "--requirement", "requirements.in"];
  return [...resolver.command, ...dry, ...quiet, ...patience, ...from];
}

function bodyOf(resolver: Resolver, end: ProcessEnd & { readonly kind: "exited" }): Resolved {
  const body = resolver.kind === "uv" ? plainLines(end.stdout) : bodyOfReport(end.stdout);
  if (typeof body !== "string") return body;
  return body === "" ? { kind: "failed", because: "it chose no package" } : { kind: "made", body };
}

/** uv's own lines without options: an index belongs to a machine's settings, not to a pipeline. */
function plainLines(text: string): string {
  return text
    .split(/\r?\n/)
    .filter((line) => !/^(--|#|-[if]\b)/.test(line) && line !== "")
    .map((line) => `${line}\n`)
    .join("");
}

function bodyOfReport(text: string): string | Resolved {
  const report = PipReport.safeParse(parsedJson(text));
  if (!report.success)
    return { kind: "failed", because: "its report has a form that is not known" };
  const files = report.data.install.map(({ metadata, download_info: from }) => ({
    distribution: metadata.name,
    version: metadata.version,
    hashes: Object.entries(from.archive_info?.hashes ?? {})
      .filter(([algorithm]) => algorithm === "sha256")
      .map(([algorithm, hash]) => `${algorithm}:${hash}`),
  }));
  const bare = files.find((file) => file.hashes.length === 0);
  return bare === undefined
    ? renderLockedFiles(files)
    : { kind: "failed", because: `no hash is known for ${bare.distribution} ${bare.version}` };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not a report; the schema says so.
    return undefined;
  }
}

/** A lock that somebody made by hand stays, and is told about where it disagrees with what ran. */
function keepOwnLock(text: string, { inputs, folder }: LockRequest): LockOutcome {
  const path = `${folder}/requirements.lock`;
  const pins = new Map(
    parseRequirements(path, text).requirements.map((one) => [one.name, one] as const),
  );
  const stale = inputs.requirements.find(
    ({ distribution, version }) =>
      pins.get(normalizeDistribution(distribution))?.version !== version,
  );
  if (stale === undefined) return { text, diagnostics: [] };
  const pin = pins.get(normalizeDistribution(stale.distribution));
  const finding: Diagnostic = {
    code: "lock-stale",
    severity: "warning",
    message: `requirements.lock was not made by mlops and ${pin === undefined ? "lacks" : `has ${pin.version ?? "no version"} of`} ${stale.distribution}, where the notebook ran with ${stale.version}`,
    hint: `remove it and promote again, or mend it by hand`,
    where: { path, ...(pin === undefined ? {} : { line: pin.line }) },
  };
  return { text, diagnostics: [finding] };
}

function noLock(because: string, request: LockRequest): LockOutcome {
  return {
    text: undefined,
    diagnostics: [
      {
        code: "lock-not-made",
        severity: "warning",
        message: `there is no requirements.lock: ${because}`,
        hint: "promote again where a package index can be reached (uv, or pip 23 and newer), or say --no-lock",
        where: { path: `${request.folder}/requirements.txt` },
      },
    ],
  };
}

/** Which program can choose and install packages: uv where it is at hand, else the pip of the interpreter. */
import type { Files } from "../ports/files.ts";
import type { ProcessEnd, Processes } from "../ports/processes.ts";

/** A resolver that answered. */
export interface Resolver {
  readonly kind: "uv" | "pip";
  readonly version: string;
  /** The program with the words that come before its own subcommand. */
  readonly command: readonly [string, ...string[]];
}

export interface ResolverSearch {
  /** Absolute path of the interpreter. */
  readonly python: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface ResolverPorts {
  readonly files: Files;
  readonly processes: Processes;
}

/** Every resolver that can be used, best first; both are only asked for their version. */
export async function findResolvers(
  search: ResolverSearch,
  ports: ResolverPorts,
): Promise<readonly Resolver[]> {
  const beside = search.python.replace(/[^\\/]+$/, "uv");
  const found: Resolver[] = [];
  for (const command of beside === "uv" ? ["uv"] : ["uv", beside]) {
    const version = versionIn(await askResolver([command, "--version"], search, ports));
    if (version === undefined) continue;
    found.push({ kind: "uv", version, command: [command] });
    break;
  }
  const pip = [search.python, "-I", "-m", "pip"] as const;
  const version = versionIn(await askResolver([...pip, "--version"], search, ports));
  if (version !== undefined) found.push({ kind: "pip", version, command: pip });
  return found;
}

/** Whether it can make a lock: pip's report is stable since 23. */
export function canLock(resolver: Resolver): boolean {
  return resolver.kind === "uv" || majorOf(resolver) >= 23;
}

/** Whether it can leave out what was uploaded after a date: pip since 26. */
export function canLimitByDate(resolver: Resolver): boolean {
  return resolver.kind === "uv" || majorOf(resolver) >= 26;
}

/** The last lines of what a resolver said about its failure, without passwords in URLs. */
export function resolverComplaint(end: ProcessEnd): string {
  if (end.kind === "not-started") return end.reason;
  if (end.kind === "timed-out") return "it did not answer in time";
  const lines = end.stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(\[?notice\]?|WARNING: Retrying)/i.test(line));
  const errors = lines.filter((line) => /^(error|×|╰|Because|ERROR)/i.test(line));
  return (errors.length > 0 ? errors : lines)
    .slice(-2)
    .join(" ")
    .replaceAll(/\/\/[^/@\s]*@/g, "//")
    .slice(0, 400);
}

async function askResolver(
  command: readonly [string, ...string[]],
  search: ResolverSearch,
  ports: ResolverPorts,
): Promise<ProcessEnd> {
  return ports.processes.run({
    command,
    directory: ports.files.absolute("."),
    environment: search.environment,
    timeoutMs: 20_000,
    signal: search.signal,
  });
}

function versionIn(end: ProcessEnd): string | undefined {
  if (end.kind !== "exited" || end.exit !== 0) return undefined;
  return /^(?:uv|pip) (\d+\.\d+\S*)/.exec(end.stdout)?.[1];
}

function majorOf(resolver: Resolver): number {
  return Number(resolver.version.split(".")[0]);
}

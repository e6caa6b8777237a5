/** Processes of a test, as Linux lists them: those below one, and those that work in a folder or name it. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Process ids of children, their children and so on; none where they cannot be listed. */
export function descendantsOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const each of processIds()) {
    const parent = parentOf(each);
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [each]);
    else known.push(each);
  }
  const found: number[] = [];
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    open.push(...below);
  }
  return found;
}

/** Workers end with their parent; they get five seconds for it. */
export async function expectNoProcessIn(folder: string, place: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const left = processIds().flatMap((pid) => describeIn(pid, folder) ?? []);
    if (left.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${place}: still running:\n${left.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function processIds(): readonly number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function parentOf(pid: number): number | undefined {
  const stat = readQuietly(() => readFileSync(`/proc/${String(pid)}/stat`, "utf8"));
  // The command's name stands in parentheses and may hold anything.
  const parent = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  return parent === undefined ? undefined : Number(parent);
}

function describeIn(pid: number, folder: string): string | undefined {
  const args = readQuietly(() => readFileSync(`/proc/${String(pid)}/cmdline`, "utf8"));
  const directory = readQuietly(() => readlinkSync(`/proc/${String(pid)}/cwd`));
  // One that has ended and waits to be asked how has neither.
  if (args === undefined || args === "") return undefined;
  const isThere = args.includes(folder) || directory?.startsWith(folder) === true;
  return isThere
    ? `${String(pid)} ${args.replaceAll("\0", " ")} in ${directory ?? "?"}`
    : undefined;
}

function readQuietly(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

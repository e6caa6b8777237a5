/** Import lines of a generated module: only the names it uses, grouped and sorted as `ruff` wants them. */
import type { ImportedName } from "./facts.ts";
import { isStandardModule } from "./imports.ts";

/** `import a.b as c` (member undefined) or `from a import b as c`. */
export interface ImportLine {
  readonly module: string;
  readonly member: string | undefined;
  readonly name: string;
  /** Only loads a module: its name is not used. */
  readonly forEffect?: true;
}

/** What an imported name needs to be bound again elsewhere. */
export function importLineOf(imported: ImportedName): ImportLine {
  return {
    module: ".".repeat(imported.level) + imported.module,
    member: imported.member,
    name: imported.name,
  };
}

/** Future, standard library, third party, own package: each block sorted, blank line between. No trailing newline. */
export function renderImports(lines: readonly ImportLine[]): string {
  const blocks = new Map<number, Set<string>>();
  const froms = new Map<string, Map<string, string>>();
  for (const line of lines) {
    if (line.forEffect === true)
      addTo(blocks, blockOf(line.module), `import ${line.module}  # noqa: F401`);
    else if (line.member === undefined) addTo(blocks, blockOf(line.module), plainImport(line));
    else {
      const members = froms.get(line.module) ?? new Map<string, string>();
      members.set(
        line.name,
        line.member === line.name ? line.member : `${line.member} as ${line.name}`,
      );
      froms.set(line.module, members);
    }
  }
  for (const [module, members] of froms)
    addTo(blocks, blockOf(module), fromImport(module, [...members.values()]));
  return [...blocks]
    .sort(([a], [b]) => a - b)
    .map(([, texts]) => [...texts].sort(compareImports).join("\n"))
    .join("\n\n");
}

function plainImport({ module, name }: ImportLine): string {
  // `import a.b` binds `a`; `import a.b as a` would bind the submodule.
  return name === module || (name === module.split(".")[0] && module.includes("."))
    ? `import ${module}`
    : `import ${module} as ${name}`;
}

function fromImport(module: string, members: readonly string[]): string {
  const sorted = [...members].sort(compareMembers);
  const line = `from ${module} import ${sorted.join(", ")}`;
  return line.length <= 88
    ? line
    : `from ${module} import (\n${sorted.map((member) => `    ${member},`).join("\n")}\n)`;
}

function blockOf(module: string): number {
  if (module === "__future__") return 0;
  if (module.startsWith(".")) return 3;
  return isStandardModule(module.split(".")[0] ?? module) ? 1 : 2;
}

function addTo(blocks: Map<number, Set<string>>, block: number, text: string): void {
  const texts = blocks.get(block);
  if (texts === undefined) blocks.set(block, new Set([text]));
  else texts.add(text);
}

/** isort's default order: `import` lines before `from` lines, each by module. */
function compareImports(a: string, b: string): number {
  const kind = Number(a.startsWith("from ")) - Number(b.startsWith("from "));
  if (kind !== 0) return kind;
  const [keyA, keyB] = [a.split(" ")[1] ?? "", b.split(" ")[1] ?? ""].map((key) =>
    key.toLowerCase(),
  );
  return (keyA ?? "") < (keyB ?? "") ? -1 : 1;
}

/** isort's member order: constants, classes, then the rest, each alphabetical. */
function compareMembers(a: string, b: string): number {
  const rank = (name: string): number =>
    /^[A-Z][A-Z0-9_]+(?: as |$)/.test(name) ? 0 : /^[A-Z]/.test(name) ? 1 : 2;
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

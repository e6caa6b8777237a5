/** Facts as text, one line per statement: for goldens, `mlops inspect --phase facts` and bug reports. */
import type { DefinitionFacts, Mutation, ProgramFacts, StatementFacts } from "./facts.ts";

/** One line per statement: `unit:line kind | what it reads, writes, changes`. Empty parts are left out. */
export function renderFacts(program: ProgramFacts): string {
  const lines = program.diagnostics.map(
    ({ code, message, where }) =>
      `${where?.path ?? ""}:${String(where?.line ?? 0)} ${code} | ${message}`,
  );
  for (const statement of program.statements) {
    const unit = program.units[statement.unit]?.id ?? String(statement.unit);
    lines.push(
      `${unit}:${String(statement.line)} ${statement.kind}${statement.isBareExpression ? " (shown only)" : ""}${renderParts(statement)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function renderParts(statement: StatementFacts): string {
  const sure = new Set(statement.surelyWrites);
  const before = new Set(statement.readsBeforeWrite);
  const parts: readonly (readonly [string, readonly string[]])[] = [
    [
      "imports",
      statement.imports.map(
        ({ name, module, member, level }) =>
          `${name}=${".".repeat(level)}${module}${member === undefined ? "" : `.${member}`}`,
      ),
    ],
    ["reads", statement.reads.map((name) => (before.has(name) ? name : `${name}(own)`))],
    [
      "writes",
      statement.mayWrite.map(
        (name) => `${name}${sure.has(name) ? "" : "?"}${renderType(statement.types.get(name))}`,
      ),
    ],
    ["deletes", statement.deletes],
    ["mutates", statement.mutations.map(renderMutation)],
    ["aliases", (statement.aliases ?? []).map(({ name, of }) => `${name}~${of}`)],
    [
      "ambient",
      statement.ambient.map(
        ({ resource, access, detail }) =>
          `${access} ${resource}${detail === undefined ? "" : ` ${detail}`}`,
      ),
    ],
    ["dynamic", statement.dynamic.map(({ kind }) => kind)],
    [
      "constant",
      statement.constant === undefined
        ? []
        : [`${statement.constant.name}=${JSON.stringify(statement.constant.literal.value)}`],
    ],
    ["when run", renderDefinition(statement.definition)],
  ];
  return parts
    .map(([label, entries]) =>
      entries.length === 0 ? "" : ` | ${label}: ${[...entries].sort().join(", ")}`,
    )
    .join("");
}

function renderType(type: string | undefined): string {
  return type === undefined ? "" : `:${type}`;
}

function renderMutation({ name, because, certain, through }: Mutation): string {
  return `${name}${certain ? "" : "?"}${through === undefined ? "" : ` through ${through}`} (${because})`;
}

function renderDefinition(definition: DefinitionFacts | undefined): readonly string[] {
  if (definition === undefined) return [];
  return [
    ...definition.freeReads.map((name) => `reads ${name}`),
    ...definition.globalWrites.map((name) => `writes ${name}`),
    ...definition.mutatesGlobals.map((mutation) => `mutates ${renderMutation(mutation)}`),
    ...definition.mutatesParameters.map((name) => `mutates parameter ${name}`),
    ...(definition.isGenerator ? ["is a generator"] : []),
  ];
}

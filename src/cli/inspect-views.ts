/** What analysis knows of a program, as `mlops inspect --json` prints it. */
import { basename } from "node:path/posix";
import { cellSources, hasSeveralFiles, placeOfCell } from "../notebook/notebook-parts.ts";
import { cellNumber, type NotebookProgram } from "../pipeline/notebook-program.ts";
import { buildDataflow } from "../python/dataflow.ts";
import { type EdgeReason, reasonOf, reasonText } from "../python/edge-reasons.ts";
import type {
  AmbientEffect,
  CallFact,
  DynamicCode,
  ImportedName,
  StatementFacts,
} from "../python/facts.ts";
import { type RandomUse, randomUses } from "../python/random-use.ts";
import { unitFacts } from "../python/unit-facts.ts";
import type {
  Address,
  CellAddress,
  CellEdge,
  CellFacts,
  Edge,
  RandomRecord,
  StatementRecord,
} from "./inspect-schema.ts";

/** Every code cell with what it and its statements do. */
export function viewFacts(program: NotebookProgram): readonly CellFacts[] {
  const { facts, cells } = program;
  const random = randomUses(facts);
  const uses = (found: readonly RandomUse[]): RandomRecord[] =>
    found.map((use) => randomRecord(program, use));
  return unitFacts(facts, random).flatMap(({ unit, statements, facts: whole }): CellFacts[] => {
    const cell = cells[unit]?.cell;
    if (cell === undefined) return [];
    return [
      {
        ...addressOfCell(program, cell.number),
        begins: firstLine(cell.source),
        isRead: !facts.brokenUnits.includes(unit),
        reads: [...whole.reads],
        writes: whole.writes.map(({ name, type, sure }) => ({
          name,
          ...(type === undefined ? {} : { type }),
          sure,
        })),
        deletes: [...whole.deletes],
        mutations: whole.mutations.map((change) => ({
          ...change,
          because: [...change.because],
          through: [...change.through],
        })),
        imports: whole.imports.map(importRecord),
        files: whole.files.map(({ access, path, because }) => ({
          access,
          ...(path === undefined ? {} : { path }),
          because,
        })),
        random: uses(whole.random),
        ambient: whole.ambient.map(ambientRecord),
        dynamic: whole.dynamic.map(dynamicRecord),
        statements: statements.flatMap((at) => {
          const statement = facts.statements[at];
          return statement === undefined
            ? []
            : [statementRecord(statement, uses(random[at] ?? []))];
        }),
      },
    ];
  });
}

/** Why a cell needs another: each reason once, as its parts. */
export interface CellNeed {
  readonly from: CellAddress;
  readonly to: CellAddress;
  readonly needs: readonly NeedReason[];
}

/** As {@link EdgeReason}; `seed` names the place that seeded what is drawn from. */
export type NeedReason = EdgeReason & { readonly seed: string | undefined };

/** What flows between statements, and the same between cells. */
export function viewGraph(program: NotebookProgram): {
  readonly edges: readonly Edge[];
  readonly cells: readonly CellNeed[];
} {
  const { statements } = program.facts;
  const random = randomUses(program.facts);
  const edges: Edge[] = [];
  const cells = new Map<
    string,
    Omit<CellNeed, "needs"> & { readonly needs: Map<string, NeedReason> }
  >();
  for (const edge of buildDataflow(program.facts)) {
    const [source, target] = [statements[edge.from], statements[edge.to]];
    if (source === undefined || target === undefined) continue;
    const [from, to] = [addressOf(program, source), addressOf(program, target)];
    const { name, kind } = edge;
    const use = random[edge.to]?.find(({ generator }) => name === `random:${generator}`);
    const seeder = use?.seededBy === edge.from ? undefined : statements[use?.seededBy ?? -1];
    const seed = seeder === undefined ? undefined : nameOfPlace(addressOf(program, seeder));
    const reason = { ...reasonOf(edge, program.facts), seed };
    edges.push({ from, to, name, kind, reason: needText(reason, nameOfPlace(from)) });
    if (source.unit === target.unit) continue;
    const key = `${String(source.unit)} ${String(target.unit)}`;
    const known = cells.get(key) ?? {
      from: withoutLine(from),
      to: withoutLine(to),
      needs: new Map(),
    };
    cells.set(key, known);
    const short = { ...reason, because: undefined };
    known.needs.set(needText(short, ""), short);
  }
  return {
    edges,
    cells: [...cells.values()].map(({ needs, ...ends }) => ({
      ...ends,
      needs: [...needs.values()],
    })),
  };
}

/** The same as sentences. */
export function cellEdges(cells: readonly CellNeed[]): CellEdge[] {
  return cells.map(({ from, to, needs }) => ({
    from,
    to,
    reasons: needs.map((need) => needText(need, nameOfCell(from))),
  }));
}

function needText(need: NeedReason, place: string): string {
  const { seed } = need;
  return `${reasonText(need, place)}${seed === undefined ? "" : `; seeded by ${seed}`}`;
}

/** A statement by its cell, as its own notebook numbers it; with the path where there are several files. */
export function addressOf(program: NotebookProgram, statement: StatementFacts): Address {
  return { ...addressOfCell(program, cellNumber(program, statement)), line: statement.line };
}

/** A cell, as its own notebook numbers it. */
export function addressOfCell(program: NotebookProgram, counted: number): CellAddress {
  const sources = cellSources(program.notebook);
  if (!hasSeveralFiles(sources)) return { cell: counted };
  const { path, cell } = placeOfCell(sources, counted);
  // A Python file is one cell.
  return { path, cell: cell ?? 1 };
}

function withoutLine({ line: _line, ...cell }: Address): CellAddress {
  return cell;
}

/** `cell 4`, `train.ipynb cell 4` where there are several files, `helpers.py` of a Python file. */
export function nameOfCell({ path, cell }: CellAddress): string {
  if (path === undefined) return `cell ${String(cell)}`;
  return path.endsWith(".ipynb") ? `${basename(path)} cell ${String(cell)}` : basename(path);
}

/** `cell 4 line 2` */
export function nameOfPlace(address: Address): string {
  return `${nameOfCell(address)} line ${String(address.line)}`;
}

function firstLine(source: string): string {
  return (
    source
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? ""
  );
}

function randomRecord(program: NotebookProgram, use: RandomUse): RandomRecord {
  const { seededBy, ...rest } = use;
  const seeder = seededBy === undefined ? undefined : program.facts.statements[seededBy];
  return { ...rest, ...(seeder === undefined ? {} : { seededBy: addressOf(program, seeder) }) };
}

function statementRecord(
  statement: StatementFacts,
  random: readonly RandomRecord[],
): StatementRecord {
  const { definition, constant, types, aliases, imports, calls, ambient, dynamic } = statement;
  const { kind, index, line, endLine, span, isBareExpression } = statement;
  return {
    index,
    line,
    endLine,
    span,
    kind,
    reads: [...statement.reads],
    readsBeforeWrite: [...statement.readsBeforeWrite],
    surelyWrites: [...statement.surelyWrites],
    mayWrite: [...statement.mayWrite],
    deletes: [...statement.deletes],
    mutations: [...statement.mutations],
    aliases: [...(aliases ?? [])],
    types: Object.fromEntries(types),
    imports: imports.map(importRecord),
    ...(definition === undefined
      ? {}
      : {
          definition: {
            ...definition,
            parameters: [...definition.parameters],
            freeReads: [...definition.freeReads],
            globalWrites: [...definition.globalWrites],
            mutatesGlobals: [...definition.mutatesGlobals],
            mutatesParameters: [...definition.mutatesParameters],
          },
        }),
    calls: calls.map(callRecord),
    ambient: ambient.map(ambientRecord),
    random: [...random],
    dynamic: dynamic.map(dynamicRecord),
    ...(constant === undefined ? {} : { constant }),
    isBareExpression,
  };
}

function importRecord({ name, module, member, level }: ImportedName): CellFacts["imports"][number] {
  return { name, module, ...(member === undefined ? {} : { member }), level };
}

function ambientRecord(effect: AmbientEffect): CellFacts["ambient"][number] {
  const { resource, access, detail, because, seeds } = effect;
  return {
    resource,
    access,
    ...(detail === undefined ? {} : { detail }),
    because,
    ...(seeds === undefined ? {} : { seeds }),
  };
}

function dynamicRecord({ kind, text, span }: DynamicCode): CellFacts["dynamic"][number] {
  return { kind, text, span };
}

function callRecord(call: CallFact): StatementRecord["calls"][number] {
  const { span, callee, receiver, method, receiverType, repeated } = call;
  return {
    span,
    ...(callee === undefined ? {} : { callee }),
    ...(receiver === undefined ? {} : { receiver }),
    ...(method === undefined ? {} : { method }),
    ...(receiverType === undefined ? {} : { receiverType }),
    arguments: call.arguments.map(({ keyword, name, literal, span: place }) => ({
      ...(keyword === undefined ? {} : { keyword }),
      ...(name === undefined ? {} : { name }),
      ...(literal === undefined ? {} : { literal }),
      span: place,
    })),
    repeated,
  };
}

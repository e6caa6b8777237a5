import fc from "fast-check";
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { backwardSlice } from "../../src/python/slice.ts";
import { pythonParser } from "../support/python-parser.ts";

/** Numbers, lists of numbers and lists of lists: one variable has one kind, so that every program runs. */
interface Memory {
  readonly numbers: Map<string, number>;
  readonly rows: Map<string, number[]>;
  readonly tables: Map<string, number[][]>;
}

/** A statement as text and as what it does. */
interface Step {
  readonly text: string;
  readonly run: (memory: Memory) => void;
}

const number = fc.constantFrom("i", "j", "k");
const row = fc.constantFrom("a", "b", "c", "log");
const table = fc.constantFrom("p", "q");
const literal = fc.integer({ min: 0, max: 9 });

function numberOf(memory: Memory, name: string): number {
  return memory.numbers.get(name) ?? 0;
}
function rowOf(memory: Memory, name: string): number[] {
  const found = memory.rows.get(name) ?? [];
  if (found.length > 1000) throw new RangeError("a list that doubles in a loop fills any memory");
  return found;
}
function tableOf(memory: Memory, name: string): number[][] {
  return memory.tables.get(name) ?? [];
}

function step(text: string, run: (memory: Memory) => void): Step {
  return { text, run };
}

const simple: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(number, literal)
    .map(([x, n]) => step(`${x} = ${String(n)}`, (m) => m.numbers.set(x, n))),
  fc
    .tuple(number, number, literal)
    .map(([x, y, n]) =>
      step(`${x} = ${y} + ${String(n)}`, (m) => m.numbers.set(x, numberOf(m, y) + n)),
    ),
  fc
    .tuple(number, row)
    .map(([x, a]) => step(`${x} = len(${a})`, (m) => m.numbers.set(x, rowOf(m, a).length))),
  fc
    .tuple(number, row)
    .map(([x, a]) =>
      step(`${x} += sum(${a})`, (m) =>
        m.numbers.set(x, numberOf(m, x) + rowOf(m, a).reduce((l, r) => l + r, 0)),
      ),
    ),
  fc
    .tuple(row, number)
    .map(([a, x]) => step(`${a} = [${x}]`, (m) => m.rows.set(a, [numberOf(m, x)]))),
  fc.tuple(row, row).map(([a, b]) => step(`${a} = ${b}`, (m) => m.rows.set(a, rowOf(m, b)))),
  fc
    .tuple(row, row, row)
    .map(([a, b, c]) =>
      step(`${a} = ${b} + ${c}`, (m) => m.rows.set(a, [...rowOf(m, b), ...rowOf(m, c)])),
    ),
  fc
    .tuple(row, row)
    .map(([a, b]) => step(`${a} = list(${b})`, (m) => m.rows.set(a, [...rowOf(m, b)]))),
  fc
    .tuple(row, number)
    .map(([a, x]) => step(`${a}.append(${x})`, (m) => rowOf(m, a).push(numberOf(m, x)))),
  fc
    .tuple(row, number)
    .map(([a, x]) => step(`${a}[0] = ${x}`, (m) => (rowOf(m, a)[0] = numberOf(m, x)))),
  fc.tuple(row, row).map(([a, b]) => step(`${a} += ${b}`, (m) => rowOf(m, a).push(...rowOf(m, b)))),
  fc
    .tuple(row, table)
    .map(([a, p]) => step(`${a} = ${p}[0]`, (m) => m.rows.set(a, tableOf(m, p)[0] ?? []))),
  fc
    .tuple(table, row, row)
    .map(([p, a, b]) =>
      step(`${p} = [${a}, ${b}]`, (m) => m.tables.set(p, [rowOf(m, a), rowOf(m, b)])),
    ),
  fc
    .tuple(table, table)
    .map(([p, q]) => step(`${p} = ${q}`, (m) => m.tables.set(p, tableOf(m, q)))),
  fc
    .tuple(table, table)
    .map(([p, q]) => step(`${p} = ${q}[:]`, (m) => m.tables.set(p, [...tableOf(m, q)]))),
  fc
    .tuple(table, row)
    .map(([p, a]) => step(`${p}.append(${a})`, (m) => tableOf(m, p).push(rowOf(m, a)))),
  fc
    .tuple(table, number)
    .map(([p, x]) => step(`${p}[0].append(${x})`, (m) => tableOf(m, p)[0]?.push(numberOf(m, x)))),
  fc.tuple(row, row).map(([a, b]) =>
    step(`${a}, ${b} = ${b}, ${a}`, (m) => {
      const [left, right] = [rowOf(m, b), rowOf(m, a)];
      m.rows.set(a, left);
      m.rows.set(b, right);
    }),
  ),
  fc
    .tuple(row, number)
    .map(([a, x]) => step(`grow(${a}, ${x})`, (m) => rowOf(m, a).push(numberOf(m, x)))),
  fc.tuple(row, row, number).map(([a, b, x]) =>
    step(`${a} = grow(${b}, n=${x})`, (m) => {
      rowOf(m, b).push(numberOf(m, x));
      m.rows.set(a, rowOf(m, b));
    }),
  ),
  fc
    .tuple(row, table)
    .map(([a, p]) => step(`${a} = first(${p})`, (m) => m.rows.set(a, tableOf(m, p)[0] ?? []))),
  fc
    .tuple(table, row)
    .map(([p, a]) => step(`put(${p}, ${a})`, (m) => tableOf(m, p).push(rowOf(m, a)))),
  number.map((x) => step(`note(${x})`, (m) => rowOf(m, "log").push(numberOf(m, x)))),
  fc.constant(step("bump()", (m) => m.numbers.set("k", numberOf(m, "k") + 1))),
);

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

function block(body: readonly Step[]): string {
  return body.map(({ text }) => indent(text)).join("\n");
}

/** Statements around others. */
function around(inner: fc.Arbitrary<Step>): fc.Arbitrary<Step> {
  const body = fc.array(inner, { minLength: 1, maxLength: 4 });
  return fc.oneof(
    fc.tuple(number, body).map(([x, then]) =>
      step(`if ${x} > 4:\n${block(then)}`, (m) => {
        if (numberOf(m, x) > 4) for (const { run } of then) run(m);
      }),
    ),
    fc.tuple(number, body, body).map(([x, then, otherwise]) =>
      step(`if ${x} > 4:\n${block(then)}\nelse:\n${block(otherwise)}`, (m) => {
        for (const { run } of numberOf(m, x) > 4 ? then : otherwise) run(m);
      }),
    ),
    fc.tuple(fc.integer({ min: 0, max: 2 }), body).map(([times, repeated]) =>
      step(`for _ in range(${String(times)}):\n${block(repeated)}`, (m) => {
        for (let round = 0; round < times; round++) for (const { run } of repeated) run(m);
      }),
    ),
    fc.tuple(row, table, body).map(([a, p, repeated]) =>
      step(`for ${a} in list(${p}):\n${block(repeated)}`, (m) => {
        for (const element of tableOf(m, p).slice()) {
          m.rows.set(a, element);
          for (const { run } of repeated) run(m);
        }
      }),
    ),
    fc.tuple(number, body, body, body).map(([x, before, after, handler]) =>
      step(
        `try:\n${block(before)}\n    if ${x} > 4: raise ValueError\n${block(after)}\nexcept ValueError:\n${block(handler)}`,
        (m) => {
          for (const { run } of before) run(m);
          for (const { run } of numberOf(m, x) > 4 ? handler : after) run(m);
        },
      ),
    ),
  );
}

const compound: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: simple },
  { weight: 3, arbitrary: around(fc.oneof({ weight: 3, arbitrary: simple }, around(simple))) },
);

const PRELUDE: readonly Step[] = [
  step("def grow(xs, n):\n    xs.append(n)\n    return xs", () => undefined),
  step("def first(xs):\n    return xs[0]", () => undefined),
  step("def put(xs, x):\n    xs.append(x)", () => undefined),
  step("def note(n):\n    grow(log, n)", () => undefined),
  step("def bump():\n    global k\n    k = k + 1", () => undefined),
  ...["i", "j", "k"].map((x, n) => step(`${x} = ${String(n)}`, (m) => m.numbers.set(x, n))),
  ...["a", "b", "c", "log"].map((a, n) => step(`${a} = [${String(n)}]`, (m) => m.rows.set(a, [n]))),
  step("p = [a, b]", (m) => m.tables.set("p", [rowOf(m, "a"), rowOf(m, "b")])),
  step("q = [c]", (m) => m.tables.set("q", [rowOf(m, "c")])),
];

/** Runs the chosen statements; lists that grow beyond reason make a program worthless, not wrong. */
function execute(steps: readonly Step[]): Memory {
  const memory: Memory = { numbers: new Map(), rows: new Map(), tables: new Map() };
  for (const { run } of steps) run(memory);
  return memory;
}

function isReasonable(steps: readonly Step[]): boolean {
  try {
    execute(steps);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function valueOf(memory: Memory, name: string): unknown {
  return memory.numbers.get(name) ?? memory.rows.get(name) ?? memory.tables.get(name);
}

test("running only the slice of a name gives the name the same value as running everything", {
  timeout: 60_000,
}, async () => {
  const parser = await pythonParser();
  fc.assert(
    fc.property(fc.array(compound, { minLength: 1, maxLength: 14 }), (body) => {
      const steps = [...PRELUDE, ...body];
      fc.pre(isReasonable(steps));
      const program = analyzeProgram(
        steps.map(({ text }, index) => ({ id: String(index), text })),
        parser,
      );
      expect(program.diagnostics).toEqual([]);
      const whole = execute(steps);
      for (const name of ["i", "k", "a", "b", "log", "p", "q"]) {
        const slice = backwardSlice(program, { names: [name] });
        const part = execute(steps.filter((_, index) => slice.has(index)));
        expect({ name, value: valueOf(part, name) }).toEqual({ name, value: valueOf(whole, name) });
      }
    }),
    { numRuns: 400 },
  );
});

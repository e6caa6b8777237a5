/** Cuts programs as planning allows and runs both, whole and in steps, in one Python that stays; finds the smallest program that fails. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { pythonName } from "../../src/base/python-name.ts";
import { buildHelpersModule, buildSettingsModule } from "../../src/codegen/helpers-module.ts";
import { buildStepModule } from "../../src/codegen/step-module.ts";
import { statementIndex } from "../../src/pipeline/notebook-program.ts";
import { addressOf, compareAddresses, type Plan } from "../../src/pipeline/plan.ts";
import { planNotebook } from "../../src/pipeline/plan-notebook.ts";
import { programOf } from "./notebooks.ts";
import { pythonForTests } from "./python-environment.ts";
import { pythonParser } from "./python-parser.ts";
import { STRAIGHT_START } from "./straight-lines.ts";

const Settled = z.object({ kept: z.array(z.number()), names: z.array(z.string()) });
const Result = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ran"), state: z.string() }),
  z.object({ kind: z.literal("not-storable"), step: z.number(), reason: z.string() }),
  z.object({ kind: z.literal("failed"), step: z.number(), reason: z.string() }),
]);
const Ran = z.object({ plain: z.string().nullable(), results: z.array(Result) });

/** What came of cutting one program in one way. */
export type CutOutcome =
  /** `steps` of them, fewer than asked where planning joined some. */
  | { readonly kind: "same"; readonly steps: number }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "wrong"; readonly reason: string; readonly plan: string };

/** A Python that runs programs; ends with its `using` block. */
export interface CuttingPython extends AsyncDisposable {
  readonly ask: (request: unknown) => Promise<unknown>;
}

/** Python ended while it ran a program: an array of lists that hold each other is too deep for the stack of NumPy. */
export class PythonEnded extends Error {}

/** Starts it, and another one after one that ended. */
export async function startCuttingPython(): Promise<CuttingPython> {
  const driver = fileURLToPath(new URL("run_cut_programs.py", import.meta.url));
  const interpreter = await pythonForTests();
  const start = () => {
    const child = spawn(interpreter, [driver], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, PYTHONHASHSEED: "0", OPENBLAS_NUM_THREADS: "1" },
    });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  };
  let running = start();
  return {
    ask: async (request) => {
      running.child.stdin.write(`${JSON.stringify(request)}\n`);
      const next: IteratorResult<string, unknown> = await running.lines.next();
      if (next.done !== true) return JSON.parse(next.value) as unknown;
      running = start();
      throw new PythonEnded("the Python that runs programs has ended");
    },
    [Symbol.asyncDispose]: async () => {
      const { child } = running;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await ended;
    },
  };
}

/** A program that runs to its end, and writes down what it left. */
export interface SettledProgram {
  readonly statements: readonly string[];
  readonly names: readonly string[];
}

/** Leaves out the statements that raise. */
export async function settle(
  python: CuttingPython,
  statements: readonly string[],
): Promise<SettledProgram> {
  const all = [...STRAIGHT_START, ...statements];
  const { kept, names } = Settled.parse(await python.ask({ settle: all }));
  const fixed = STRAIGHT_START.length;
  return {
    statements: kept.filter((at) => at >= fixed).map((at) => all[at] ?? ""),
    names,
  };
}

/** A set of places to cut at: `n` stands between the statements `n - 1` and `n`. */
export type Cuts = ReadonlySet<number>;

function cellsOf({ statements, names }: SettledProgram, cuts: Cuts): readonly string[] {
  const cells: string[] = [...STRAIGHT_START];
  let cell: string[] = [];
  for (const [at, statement] of statements.entries()) {
    if (cuts.has(at) && cell.length > 0) {
      cells.push(cell.join("\n"));
      cell = [];
    }
    cell.push(statement);
  }
  const shown = names.map((name) => `repr(${name})`).join(", ");
  const report = `open("state.txt", "w").write("\\n".join([${shown}]))`;
  return [...cells, ...(cell.length === 0 ? [] : [cell.join("\n")]), report];
}

/** Plans, runs, and cuts less where a value cannot be stored, until it runs or no cut is left. */
export async function checkCuts(
  python: CuttingPython,
  program: SettledProgram,
  cuts: Cuts,
): Promise<CutOutcome> {
  let together: readonly (readonly [string, string])[] = [];
  for (;;) {
    const cells = cellsOf(program, cuts);
    const { program: read } = await programOf(cells);
    const { plan, diagnostics } = planNotebook({
      program: read,
      name: "story",
      root: ".",
      observation: undefined,
      python: "3.11",
      cut: "cell",
      together,
    });
    if (plan === undefined)
      return {
        kind: "refused",
        reason: diagnostics.find(({ severity }) => severity === "error")?.code ?? "no reason",
      };
    const { plain, results } = Ran.parse(
      await python.ask({ cells, plans: [await runnable(plan, read)] }),
    );
    const [result] = results;
    if (plain === null || result === undefined) return { kind: "refused", reason: "raises" };
    if (result.kind === "not-storable") {
      // As promotion does with what the observed run could not store.
      const [before, step, next] = [-1, 0, 1].map((by) => plan.steps[result.step + by]);
      const end = before?.statements.at(-1);
      // What stands before the end of the step before is repeated here.
      const first = step?.statements.find(
        (ref) => end === undefined || compareAddresses(addressOf(ref), addressOf(end)) > 0,
      );
      const last = next?.statements.at(-1);
      if (first === undefined || last === undefined)
        return { kind: "wrong", reason: `${result.reason} is stored for nobody`, plan: "" };
      const pair = [addressOf(first), addressOf(last)] as const;
      if (together.some((known) => known.join() === pair.join()))
        return { kind: "wrong", reason: `${result.reason} is stored once more`, plan: "" };
      together = [...together, pair];
      continue;
    }
    if (result.kind === "ran" && result.state === plain)
      return { kind: "same", steps: plan.steps.length };
    const reason =
      result.kind === "failed"
        ? `step ${String(result.step + 1)} raises ${result.reason}`
        : `whole:\n${plain}\nin steps:\n${result.state}`;
    return { kind: "wrong", reason, plan: describe(plan) };
  }
}

async function runnable(
  plan: Plan,
  program: Awaited<ReturnType<typeof programOf>>["program"],
): Promise<unknown> {
  const context = {
    plan,
    program,
    parser: await pythonParser(),
    statementAt: statementIndex(program),
  };
  const helpers = buildHelpersModule(context);
  const settings = buildSettingsModule(context);
  return {
    files: {
      ...(helpers === undefined ? {} : { helpers }),
      ...(settings === undefined ? {} : { settings }),
      ...Object.fromEntries(
        plan.steps.map((step) => [pythonName(step.name), buildStepModule(step, context)]),
      ),
    },
    steps: plan.steps.map(({ name, inputs, outputs, random }) => ({
      module: pythonName(name),
      inputs,
      outputs,
      random,
    })),
    artifacts: Object.fromEntries(plan.artifacts.map(({ name, variables }) => [name, variables])),
  };
}

function describe(plan: Plan): string {
  const artifact = (name: string): string =>
    `(${plan.artifacts.find((one) => one.name === name)?.variables.join(" ") ?? ""})`;
  return plan.steps
    .map(
      ({ cells, inputs, outputs }) =>
        `cells ${cells.join(",")}: ${inputs.map(artifact).join(" ")} -> ${outputs.map(artifact).join(" ")}`,
    )
    .join("\n");
}

/** A failing program from which no statement and no cut can be left out. */
export async function shrink(
  python: CuttingPython,
  program: SettledProgram,
  cuts: Cuts,
): Promise<{
  readonly program: SettledProgram;
  readonly cuts: Cuts;
  readonly outcome: CutOutcome;
}> {
  let smallest = { program, cuts, outcome: await checkCuts(python, program, cuts) };
  for (let changed = true; changed; ) {
    changed = false;
    for (const candidate of smaller(smallest)) {
      const settled = await settle(python, candidate.statements);
      if (settled.statements.length !== candidate.statements.length) continue;
      const names = settled.names.filter((name) => candidate.names.includes(name));
      const next = { ...settled, names };
      const outcome = await checkCuts(python, next, candidate.cuts);
      if (outcome.kind !== "wrong") continue;
      smallest = { program: next, cuts: candidate.cuts, outcome };
      changed = true;
      break;
    }
  }
  return smallest;
}

function* smaller({
  program,
  cuts,
}: {
  readonly program: SettledProgram;
  readonly cuts: Cuts;
}): Generator<{
  readonly statements: readonly string[];
  readonly names: readonly string[];
  readonly cuts: Cuts;
}> {
  const { statements, names } = program;
  for (let at = statements.length - 1; at >= 0; at -= 1)
    yield {
      statements: statements.toSpliced(at, 1),
      names,
      cuts: new Set([...cuts].map((cut) => (cut > at ? cut - 1 : cut)).filter((cut) => cut > 0)),
    };
  for (const cut of cuts)
    yield { statements, names, cuts: new Set([...cuts].filter((other) => other !== cut)) };
  for (const name of names)
    if (names.length > 1)
      yield { statements, names: names.filter((other) => other !== name), cuts };
}

/** For the message of a failing test. */
export function renderFailure(failure: {
  readonly program: SettledProgram;
  readonly cuts: Cuts;
  readonly outcome: CutOutcome;
}): string {
  const cells = cellsOf(failure.program, failure.cuts).slice(STRAIGHT_START.length);
  const { outcome } = failure;
  return [
    cells.join("\n# ---- cut ----\n"),
    ...(outcome.kind === "wrong" ? [outcome.plan, outcome.reason] : []),
  ].join("\n\n");
}

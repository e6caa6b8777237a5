/** The property: wherever a program without branches is cut, the steps leave what the program leaves, or there is a reason for no cut. */
import {
  type CutOutcome,
  type Cuts,
  type CuttingPython,
  checkCuts,
  PythonEnded,
  renderFailure,
  type SettledProgram,
  settle,
  shrink,
} from "./cut-programs.ts";
import { randomFrom } from "./random-from.ts";
import { straightLine } from "./straight-lines.ts";

/** How a number of programs ended. */
export interface CuttingTotals {
  programs: number;
  /** Programs that ended Python when they ran whole, and say nothing. */
  ended: number;
  /** Ways of cutting that were tried. */
  tried: number;
  /** Steps asked for in the ways that ran, and those that planning left of them. */
  asked: number;
  steps: number;
  /** By reason, ways that were refused. */
  readonly refused: Record<string, number>;
  /** The smallest form of each program that went wrong, with its seed. */
  readonly wrong: string[];
}

/** Tries programs from `seed` on while `goes` allows another. */
export async function tryPrograms(
  python: CuttingPython,
  seed: number,
  goes: (totals: CuttingTotals) => boolean,
): Promise<CuttingTotals> {
  const totals: CuttingTotals = {
    programs: 0,
    ended: 0,
    tried: 0,
    asked: 0,
    steps: 0,
    refused: {},
    wrong: [],
  };
  for (let next = seed; goes(totals); next += 1) {
    const random = randomFrom(next);
    const program = await settled(python, straightLine(random, 4 + Math.floor(random() * 12)));
    if (program === undefined) {
      totals.ended += 1;
      continue;
    }
    totals.programs += 1;
    for (const cuts of waysToCut(program.statements.length, random)) {
      const outcome = await checkCuts(python, program, cuts);
      note(totals, cuts, outcome);
      if (outcome.kind !== "wrong") continue;
      totals.wrong.push(
        `seed ${String(next)}\n${renderFailure(await shrink(python, program, cuts))}`,
      );
      break;
    }
  }
  return totals;
}

/** `undefined` for a program that takes Python with it, whole as it is. */
async function settled(
  python: CuttingPython,
  statements: readonly string[],
): Promise<SettledProgram | undefined> {
  try {
    return await settle(python, statements);
  } catch (error) {
    if (error instanceof PythonEnded) return undefined;
    throw error;
  }
}

function note(totals: CuttingTotals, cuts: Cuts, outcome: CutOutcome): void {
  totals.tried += 1;
  if (outcome.kind === "refused")
    totals.refused[outcome.reason] = (totals.refused[outcome.reason] ?? 0) + 1;
  if (outcome.kind !== "same") return;
  // What reports the end is a step of its own.
  totals.asked += cuts.size + 2;
  totals.steps += outcome.steps;
}

/** Everywhere at once, in two halves, and at some places. */
function waysToCut(statements: number, random: () => number): readonly Cuts[] {
  const all = Array.from({ length: Math.max(0, statements - 1) }, (_, at) => at + 1);
  const one = all[Math.floor(random() * all.length)];
  return [
    new Set(all),
    new Set(one === undefined ? [] : [one]),
    new Set(all.filter(() => random() < 0.4)),
  ];
}

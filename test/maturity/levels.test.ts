import fc from "fast-check";
import { expect, test } from "vitest";
import type { AntiPatternFinding } from "../../src/maturity/anti-patterns/anti-pattern.ts";
import {
  isMet,
  levelOf,
  nextSteps,
  strengthToProve,
  weakestSection,
} from "../../src/maturity/levels.ts";
import type { CheckInfo, Finding } from "../../src/maturity/rule.ts";
import { rules } from "../../src/maturity/rules/index.ts";
import { unexaminedChecks } from "../../src/maturity/rules/unexamined.ts";
import { type ScoredCheck, sectionShare } from "../../src/maturity/score.ts";

const ALL: readonly CheckInfo[] = [...rules, ...unexaminedChecks];

/** Every check of the rubric with one finding, or what `except` says for some. */
function scored(
  every: Finding,
  except: Readonly<Record<string, Finding>> = {},
): readonly ScoredCheck[] {
  return ALL.map((info) => ({
    info,
    finding: except[info.id] ?? every,
    examined: true,
    points: 0,
    pipeline: undefined,
    earn: { command: `earn ${info.id}`, effort: info.weight },
  }));
}

function finding(outcome: Finding["outcome"], strength: Finding["strength"]): Finding {
  return { outcome, strength, reason: "because", evidence: [] };
}

const CAP: AntiPatternFinding = {
  id: "V01",
  title: "t",
  cap: 0,
  reason: "r",
  fix: "f",
  evidence: [],
};

interface Case {
  readonly name: string;
  readonly all: Finding;
  readonly except?: Readonly<Record<string, Finding>>;
  readonly antiPatterns?: readonly AntiPatternFinding[];
  readonly claimed: number;
  readonly proven: number;
}

const cases: readonly Case[] = [
  { name: "nothing is level 0", all: finding("fail", 0), claimed: 0, proven: 0 },
  {
    name: "everything wired is claimed, not proven",
    all: finding("pass", 3),
    claimed: 3,
    proven: 0,
  },
  {
    name: "everything that happened is claimed; what needs execution is not proven",
    all: finding("pass", 4),
    claimed: 3,
    proven: 0,
  },
  { name: "everything executed is proven", all: finding("pass", 5), claimed: 3, proven: 3 },
  {
    name: "one gate of level 1 holds everything back",
    all: finding("pass", 5),
    except: { A8: finding("partial", 2) },
    claimed: 0,
    proven: 0,
  },
  {
    name: "one gate of level 2 holds level 2 back",
    all: finding("pass", 5),
    except: { D4: finding("fail", 0) },
    claimed: 1,
    proven: 1,
  },
  {
    name: "E4 is a gate of level 3 only",
    all: finding("pass", 5),
    except: { E4: finding("unknown", 0) },
    claimed: 2,
    proven: 2,
  },
  {
    name: "a check without a gate costs points only",
    all: finding("pass", 5),
    except: { A7: finding("fail", 0) },
    claimed: 3,
    proven: 3,
  },
  {
    name: "unknown counts as unmet",
    all: finding("pass", 5),
    except: { G1: finding("unknown", 0) },
    claimed: 0,
    proven: 0,
  },
  {
    name: "what does not apply counts as met",
    all: finding("pass", 5),
    except: { D5: finding("not_applicable", 0) },
    claimed: 3,
    proven: 3,
  },
  {
    name: "an anti-pattern caps both",
    all: finding("pass", 5),
    antiPatterns: [CAP],
    claimed: 0,
    proven: 0,
  },
];

test.each(cases)("$name", ({ all, except, antiPatterns = [], claimed, proven }) => {
  const checks = scored(all, except);
  expect(levelOf(checks, antiPatterns, "claimed").level).toBe(claimed);
  expect(levelOf(checks, antiPatterns, "proven").level).toBe(proven);
});

test("the catalogue is the rubric's: sixty checks, each id once, with these gates of level 1", () => {
  expect(ALL).toHaveLength(60);
  expect(new Set(ALL.map((info) => info.id)).size).toBe(60);
  expect(ALL.filter((info) => info.gate === 1).map((info) => info.id)).toEqual([
    "A1",
    "A2",
    "A3",
    "A4",
    "A6",
    "A8",
    "A9",
    "A10",
    "A11",
    "A14",
    "B1",
    "B2",
    "B3",
    "B6",
    "G1",
    "G2",
  ]);
  expect(
    Object.fromEntries(
      ["A", "B", "C", "D", "E", "F", "G"].map((section) => [
        section,
        ALL.filter((info) => info.section === section)
          .map((info) => info.weight)
          .reduce((left, right) => left + right, 0),
      ]),
    ),
  ).toEqual({ A: 53, B: 24, C: 33, D: 30, E: 23, F: 33, G: 14 });
});

test("a section that is thin keeps a level away although its gates hold", () => {
  const thin = Object.fromEntries(
    ALL.filter((info) => info.section === "G" && info.gate === undefined).map((info) => [
      info.id,
      finding("fail", 0),
    ]),
  );
  const result = levelOf(scored(finding("pass", 3), thin), [], "claimed");
  expect(result).toMatchObject({ level: 0, unmet: [], thinSections: ["G"] });
});

test("proof needs execution before the registry before text", () => {
  expect(
    [
      { how: ["S"] },
      { how: ["S", "R"] },
      { how: ["R", "C"] },
      { how: ["S", "X", "R"] },
      { how: ["P"] },
    ].map((one) =>
      strengthToProve({ how: one.how.filter((method): method is "S" => "SRXPC".includes(method)) }),
    ),
  ).toEqual([3, 4, 4, 5, 5]);
});

test("points rise with the evidence and a share stays between 0 and 1", () => {
  const strength = fc.constantFrom<Finding["strength"]>(0, 1, 2, 3, 4, 5);
  fc.assert(
    fc.property(
      fc.array(strength, { minLength: 60, maxLength: 60 }),
      fc.nat(59),
      (strengths, at) => {
        const checks = scored(finding("partial", 0)).map((check, index) => ({
          ...check,
          finding: finding("partial", strengths[index] ?? 0),
        }));
        const better = checks.map((check, index) =>
          index === at ? { ...check, finding: finding("partial", 5) } : check,
        );
        for (const section of ["A", "B", "G"] as const) {
          for (const kind of ["claimed", "proven"] as const) {
            const share = sectionShare(checks, section, { level: 3, kind }) ?? -1;
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
            expect(sectionShare(better, section, { level: 3, kind })).toBeGreaterThanOrEqual(share);
          }
        }
      },
    ),
  );
});

test("a proven gate is always a claimed one", () => {
  const all = ([0, 1, 2, 3, 4, 5] as const).flatMap((strength) =>
    scored(finding("pass", strength)),
  );
  const proven = all.filter((check) => isMet(check, "proven"));
  expect(proven.length).toBeGreaterThan(0);
  expect(proven.filter((check) => !isMet(check, "claimed"))).toEqual([]);
});

test("the weakest section is named, and the cheapest missing gates come first", () => {
  const checks = scored(finding("pass", 4), {
    B1: finding("fail", 0),
    B2: finding("fail", 0),
    A8: finding("fail", 0),
  });
  expect(weakestSection(checks, 1)?.section).toBe("B");
  expect(nextSteps(checks, 3).map((step) => step.id)).toEqual(["A8", "B1", "B2"]);
});

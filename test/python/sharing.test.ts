/** Whether what is kept of names that share memory says the same as lists of all of them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import type { ProgramFacts } from "../../src/python/facts.ts";
import { mutatedNames } from "../../src/python/mutated-names.ts";
import { unite } from "../../src/python/name-groups.ts";
import { stories } from "../bench/stories.ts";
import { pythonParser } from "../support/python-parser.ts";
import { CROWD, SHARING_START, sharingStatement } from "../support/sharing-programs.ts";

/** By statement what it may change, and the groups of names that share in the end. */
function saying(facts: ProgramFacts, groups: ProgramFacts["sharing"]): unknown {
  return {
    changes: facts.statements.map((one) => ({
      names: [...mutatedNames(one)].sort(),
      direct: one.mutations
        .filter(({ through }) => through === undefined)
        .sort((x, y) => (x.name < y.name ? -1 : 1)),
      isBareExpression: one.isBareExpression,
    })),
    groups: [...new Set(groups.values())].map((group) => [...group].sort().join(" ")).sort(),
  };
}

async function checkSharing(cells: readonly string[]): Promise<ProgramFacts> {
  const units = cells.map((text, at) => ({ id: String(at + 1), text }));
  const parser = await pythonParser();
  const kept = analyzeProgram(units, parser);
  const listed = analyzeProgram(units, parser, { listsNames: true });
  const pairs = new Map<string, Set<string>>();
  for (const { aliases, spread } of listed.statements) {
    expect(spread).toEqual([]);
    for (const { name: one, of } of aliases ?? []) unite(pairs, one, of);
  }
  expect(listed.diagnostics).toEqual([]);
  expect(saying(kept, kept.sharing)).toEqual(saying(listed, pairs));
  expect(saying(listed, listed.sharing)).toEqual(saying(listed, pairs));
  return kept;
}

test.each(stories)("what the story of $name shares is what lists of it say", async ({ cells }) => {
  await checkSharing(cells(60));
});

test("changes of what many names share are not listed with every statement", async () => {
  const { statements } = await checkSharing([
    ...SHARING_START,
    ...CROWD,
    'view1["v"] = 1\nget(df)["w"] = 2\ndel view2\nview3 = view1\nview3["u"] = 3',
  ]);
  expect(
    statements
      .filter(({ spread }) => spread.length > 0)
      .map(({ mutations, spread }) => ({
        listed: mutations.map(({ name: one }) => one),
        spread: spread.map(({ because, through, names }) => [
          because,
          through,
          [...names].length,
          names.has("view2"),
        ]),
      })),
  ).toEqual([
    { listed: ["view1"], spread: [['view1["v"] = …', "view1", 37, true]] },
    { listed: [], spread: [['get(df)["w"] = …', "get", 37, true]] },
    { listed: ["view3"], spread: [['view3["u"] = …', "view3", 36, false]] },
  ]);
});

test("whatever a program does with many names for one thing, what is kept of them is what lists say", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sharingStatement, { minLength: 5, maxLength: 25 }), async (texts) => {
      await checkSharing([...SHARING_START, ...CROWD, ...texts]);
      await checkSharing([...SHARING_START, ...texts]);
    }),
    { numRuns: 60 },
  );
}, 120_000);

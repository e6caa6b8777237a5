/** What a corpus makes of what the program says of each notebook, and how it holds a process to its limits. */
import { expect, test } from "vitest";
import { PlainRun, PromotionDocument, Row } from "../../bin/dev/corpus/corpus-schema.ts";
import { runLimited } from "../../bin/dev/corpus/limited-process.ts";
import { heldAgainst, outcomeOf, shapeOf } from "../../bin/dev/corpus/row.ts";
import { renderTotals } from "../../bin/dev/corpus/totals.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

function document(changes: {
  readonly roles?: readonly string[];
  readonly verdict?: string;
  readonly diagnostics?: readonly unknown[];
}): PromotionDocument {
  const { roles = ["load", "train"], verdict = "verified", diagnostics = [] } = changes;
  const none = { compared: 0, total: 0 };
  return PromotionDocument.parse({
    result: {
      plan: {
        steps: roles.map((role, index) => ({
          name: role,
          role,
          cells: [index + 1],
          outputs: ["x"],
          metrics: [],
          writes: [],
        })),
        artifacts: [],
        leftOut: [],
      },
      folder: "pipelines/story",
      certificate: {
        version: 1,
        pipeline: "story",
        digests: { notebook: DIGEST, plan: DIGEST, package: DIGEST, data: {}, environment: DIGEST },
        seeds: { hash: 0, random: 0, numpy: 0 },
        comparisons: [
          {
            kind: "value",
            step: "load",
            name: "x",
            how: "exact",
            expected: DIGEST,
            got: DIGEST,
            same: verdict !== "differs",
            ...(verdict === "differs" ? { difference: "row 3: 1 != 2" } : {}),
          },
        ],
        excluded: [],
        coverage: { values: none, metrics: none, files: none, text: none },
        steps: roles.length,
        "notebook-seeded": true,
        verdict,
      },
    },
    diagnostics,
  });
}

const MERGED = {
  code: "steps-merged",
  message: "x cannot be stored\nmore",
  where: { path: "story.ipynb", cell: 2, line: 3 },
};
const failed = (code: string): PromotionDocument =>
  PromotionDocument.parse({ result: null, diagnostics: [], error: { code, message: "why" } });

test.each([
  { name: "verified in several steps", given: document({}), outcome: "promoted", because: "" },
  {
    name: "verified, with steps joined",
    given: document({ diagnostics: [MERGED] }),
    outcome: "coarsened",
    because: "steps-merged cell 2:3: x cannot be stored",
  },
  {
    name: "verified as one step",
    given: document({ roles: ["train"] }),
    outcome: "single-step",
    because: "",
  },
  {
    name: "different",
    given: document({ verdict: "differs" }),
    outcome: "differs",
    because: "value x of load: row 3: 1 != 2",
  },
  {
    name: "with nothing to compare",
    given: document({ verdict: "unverified" }),
    outcome: "unverified",
    because: "there was nothing to compare",
  },
  {
    name: "a cell that raises",
    given: failed("cell-raised"),
    outcome: "unrunnable",
    because: "cell-raised: why",
  },
  {
    name: "a refusal",
    given: failed("dynamic-code"),
    outcome: "refused",
    because: "dynamic-code: why",
  },
  {
    name: "no notebook",
    given: failed("notebook-not-json"),
    outcome: "unreadable",
    because: "notebook-not-json: why",
  },
  { name: "a bug", given: failed("bug"), outcome: "crashed", because: "bug: why" },
])("$name is $outcome", ({ given, outcome, because }) => {
  expect(outcomeOf(given)).toEqual({ outcome, because });
});

test("steps count as apart when loading, features, training and evaluation each have one", () => {
  const shape = (roles: readonly string[]): boolean =>
    shapeOf(document({ roles }).result?.plan ?? { steps: [], artifacts: [], leftOut: [] }).apart;
  expect(shape(["load", "features", "train", "evaluate"])).toBe(true);
  expect(shape(["load", "split", "train", "evaluate"])).toBe(true);
  expect(shape(["load", "train", "evaluate"])).toBe(false);
});

const ROW = Row.parse({
  notebook: "a.ipynb",
  outcome: "promoted",
  supervised: true,
  steps: 5,
  nonTrivial: 5,
  apart: true,
  coverage: "",
  excluded: 0,
  because: "",
  readMs: 10,
  elapsedMs: 1000,
});
const found = (changes: Partial<PlainRun>): PlainRun => PlainRun.parse({ ran: true, ...changes });

test.each([
  {
    name: "with the same values",
    found: found({ same: ["x", "y"], unknown: ["f"] }),
    outcome: "promoted",
    held: { same: 2, unknown: 1 },
    because: "",
  },
  {
    name: "with another value",
    found: found({ same: ["x"], differing: ["y"] }),
    outcome: "wrong",
    held: { same: 1, unknown: 0 },
    because: "not as the notebook's: y",
  },
  {
    name: "whose package does not run",
    found: "its package does not run: timeout",
    outcome: "wrong",
    held: undefined,
    because: "its package does not run: timeout",
  },
  {
    name: "whose notebook does not run again",
    found: found({ ran: false }),
    outcome: "promoted",
    held: undefined,
    because: "",
  },
])("a verified pipeline $name is $outcome", ({ found: what, outcome, held, because }) => {
  expect(heldAgainst(ROW, what)).toEqual({
    ...ROW,
    outcome,
    because,
    ...(held === undefined ? {} : { held }),
  });
});

test("totals measure against the notebooks that run to their end, joined steps apart", () => {
  const row = (changes: Partial<Row>): Row => ({ ...ROW, ...changes });
  const text = renderTotals([
    row({ held: { same: 7, unknown: 1 } }),
    row({ outcome: "coarsened", nonTrivial: 3, apart: false }),
    row({ outcome: "refused", runs: true }),
    row({ outcome: "unrunnable", runs: false }),
  ]);
  expect(text).toContain("run to the end  3");
  expect(text).toMatch(/promoted {2,}1 of 3 \(33\.3 %\)/);
  expect(text).toContain("promoted or coarsened        2 of 3 (66.7 %)");
  expect(text).toContain("alone: 1, 7 values the same, 1 that cannot be compared");
  expect(text).toContain("apart 1 of 2 (50.0 %)");
});

test.each([
  { name: "too long", program: "for (;;);", timeoutMs: 500, stopped: "timeout" },
  {
    name: "too much memory",
    program: "const held = []; setInterval(() => held.push(Buffer.alloc(5e7, 1)), 50)",
    timeoutMs: 60_000,
    stopped: "memory",
  },
  { name: "neither", program: "console.log('done')", timeoutMs: 60_000, stopped: undefined },
  {
    name: "neither, and leaves a worker behind that keeps its streams open,",
    program:
      "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' }).unref(); console.log('done')",
    timeoutMs: 10_000,
    stopped: undefined,
  },
])("a process that takes $name ends as such", async ({ program, timeoutMs, stopped }) => {
  const finished = await runLimited([process.execPath, "-e", program], {
    cwd: ".",
    env: process.env,
    timeoutMs,
    memoryBytes: 4e8,
  });
  expect(finished.stopped).toBe(stopped);
  expect(finished.stdout).toBe(stopped === undefined ? "done\n" : "");
});

// What runs are selected is said by support/select-runs.ts, which the registry in memory uses: here SQLite gives the same.
import fc from "fast-check";
import { expect, test } from "vitest";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { MlopsError } from "../../../src/base/errors.ts";
import type { Registry, RunQuery } from "../../../src/ports/registry.ts";
import { RUN_FIELDS } from "../../../src/registry/read-selection.ts";
import { RUN_STATUSES, type RunRecord } from "../../../src/registry/run-record.ts";
import type { MetricValue } from "../../../src/run/schema.ts";
import { memoryRegistry } from "../../support/memory-registry.ts";
import { runOf, stepOf } from "../../support/registry-contract-values.ts";

interface Story {
  readonly pipeline: string;
  readonly revision: number | undefined;
  readonly startedAtMs: number;
  readonly params: RunRecord["params"];
  readonly metrics: readonly (readonly [string, MetricValue])[];
  readonly status: RunRecord["status"];
  readonly tookMs: number;
}

const NAMES = ["auc", "loss", "seed", "1", "a b", "größe", "param.x"] as const;
/** Texts that could be taken for something else, and two whose order is not that of their code points. */
const TEXTS = [
  "",
  "NaN",
  "Infinity",
  "-Infinity",
  "null",
  "true",
  "1",
  "1.0",
  "a.csv",
  "b.csv",
  "\u{1F600}",
  "\uFB01",
];
const NUMBERS = [
  -1, 0, 1, 2, 0.1, 0.30000000000000004, 1e-320, 123456789012345680, 1.7976931348623157e308,
];

const number = fc.oneof(
  fc.constantFrom(...NUMBERS),
  // JSON has one zero only.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
);
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: "grapheme", maxLength: 4 }));
const metric = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom("NaN", "Infinity", "-Infinity") },
);
const name = fc.constantFrom(...NAMES);
/** Few different moments, so that some runs start at once; each is a text of its own in the order of time. */
const moment = fc.constantFrom(0, 1, 1_700_000_000_000, 1_700_000_000_001, 1_700_000_100_000);

const story: fc.Arbitrary<Story> = fc.record({
  pipeline: fc.constantFrom("churn", "penguins"),
  revision: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  startedAtMs: moment,
  params: fc.dictionary(
    fc.constantFrom("seed", "data", "depth", "1", "a b"),
    fc.oneof(number, text, fc.boolean(), fc.constant(null)),
    { noNullPrototype: true },
  ),
  metrics: fc.array(fc.tuple(name, metric), { maxLength: 6 }),
  status: fc.constantFrom(...RUN_STATUSES),
  tookMs: fc.integer({ min: 0, max: 3 }).map((value) => value * 499),
});

const known = fc.constantFrom(
  ...NAMES,
  ...RUN_FIELDS,
  "data",
  "depth",
  "metric.auc",
  "metric.seed",
  "param.seed",
  "param.data",
  "ouc",
);
const wanted = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS, ...NUMBERS.map(String), ...RUN_STATUSES) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "1e0",
      "0x10",
      "churn",
      "0.499",
      "1970-01-01",
      "1970-01-01T00:00:00.000Z",
      "2023-11-14T22:13:20.001Z",
      "2024",
      "+",
      "x",
    ),
  },
  { weight: 1, arbitrary: text },
);
const condition = fc
  .tuple(known, fc.constantFrom("=", "!=", ">", ">=", "<", "<=", "=="), wanted)
  .map((parts) => parts.join(" "));
const query: fc.Arbitrary<RunQuery> = fc.record({
  where: fc.array(condition, { maxLength: 3 }),
  sort: fc.option(known, { nil: undefined }),
  order: fc.constantFrom("greatest-first", "least-first"),
  pipeline: fc.option(fc.constantFrom("churn", "penguins", "nothing"), { nil: undefined }),
  limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
});

function tell(stories: readonly Story[], { runs }: Registry): void {
  for (const [at, { metrics, status, tookMs, ...start }] of stories.entries()) {
    const run = { ...runOf(at + 1), ...start };
    runs.start(run);
    runs.addStep(run.id, stepOf("train", "1", metrics));
    if (at % 2 === 0) runs.addStep(run.id, { ...stepOf("score", "2"), decision: "fresh" });
    if (status !== "running") runs.finish(run.id, status, run.startedAtMs + tookMs);
  }
}

/** The runs, or what is said instead. */
function answerOf(asked: RunQuery, { runs }: Registry): unknown {
  try {
    return runs.select(asked);
  } catch (error) {
    if (!(error instanceof MlopsError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
}

test("any selection of any runs is the same in SQLite as in memory", () => {
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.array(story, { maxLength: 12 }),
      fc.array(query, { minLength: 1, maxLength: 10 }),
      (stories, queries) => {
        const stored = openRegistry(":memory:");
        const remembered = memoryRegistry();
        tell(stories, stored);
        tell(stories, remembered);
        for (const asked of queries) {
          const answer = answerOf(asked, remembered);
          expect(answerOf(asked, stored)).toEqual(answer);
          const kind = kindOf(answer);
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
        stored.close();
      },
    ),
    { numRuns: 300 },
  );
  expect([...kinds.keys()].sort()).toEqual([
    "all of some",
    "none",
    "run-name-ambiguous",
    "run-name-unknown",
    "some of more",
    "usage-wrong-value",
  ]);
});

function kindOf(answer: unknown): string {
  const { code, runs, more } = answer as Partial<ReturnType<Registry["runs"]["select"]>> & {
    readonly code?: string;
  };
  if (code !== undefined) return code;
  if (runs?.length === 0) return "none";
  return more === 0 ? "all of some" : "some of more";
}

// What runs are selected is said by support/select-runs.ts, which the registry in memory uses: here SQLite gives the same.
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { migrate } from "../../../src/adapters/sqlite/migrations.ts";
import { openRegistry, registryOn } from "../../../src/adapters/sqlite/open.ts";
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

test("any selection of any runs is the same in SQLite as in memory", { timeout: 60_000 }, () => {
  // One for all: a registry takes longer to make than to ask, and runs that were removed must leave no trace.
  const stored = openRegistry(":memory:");
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.array(story, { maxLength: 12 }),
      fc.array(query, { minLength: 1, maxLength: 10 }),
      (stories, queries) => {
        stored.runs.remove(stored.runs.outlines().map(({ id }) => id));
        const remembered = memoryRegistry();
        tell(stories, stored);
        tell(stories, remembered);
        for (const asked of queries) {
          const answer = answerOf(asked, remembered);
          expect(answerOf(asked, stored)).toEqual(answer);
          const kind = kindOf(answer);
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
      },
    ),
    { numRuns: 150 },
  );
  stored.close();
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

/** A registry of runs with the metrics m0 to m9, one of two pipelines each, and the statements that it is asked. */
function watchedRegistry(count: number) {
  const statements: string[] = [];
  const db = new Database(":memory:", { verbose: (sql) => statements.push(String(sql)) });
  migrate(db, undefined);
  const registry = registryOn(db, ":memory:");
  for (let n = 1; n <= count; n += 1) {
    const run = { ...runOf(n, n % 3 === 0 ? "penguins" : "churn"), params: { seed: n % 4, n } };
    const metrics = Array.from(
      { length: 10 },
      (_, at) => [`m${String(at)}`, n / (at + 1)] as const,
    );
    registry.runs.start(run);
    registry.runs.addStep(run.id, stepOf("train", "1", metrics));
  }
  return {
    db,
    registry,
    /** The statements of one selection. */
    select: (asked: Partial<RunQuery>): readonly string[] => {
      statements.length = 0;
      registry.runs.select({ ...NEWEST, ...asked });
      return statements.splice(0);
    },
  };
}

const NEWEST: RunQuery = {
  where: [],
  sort: undefined,
  order: "greatest-first",
  pipeline: undefined,
  limit: 5,
};

test.each<Partial<RunQuery>>([
  {},
  { pipeline: "churn" },
  { where: ["m1>1"], sort: "m2" },
  { where: ["m1>1", "seed=1", "status=running"], sort: "n", pipeline: "churn" },
])("asks as many statements of ten runs as of a hundred, for %j", (asked) => {
  const [few, many] = [watchedRegistry(10), watchedRegistry(100)];
  expect(many.select(asked).length).toBe(few.select(asked).length);
  few.registry.close();
  many.registry.close();
});

test("reads metrics and runs through indexes alone, and sorts nothing but equals", () => {
  const { db, registry, select } = watchedRegistry(50);
  const asked = select({ where: ["m1>1", "m2<=20"], sort: "m3", pipeline: "churn" });
  const steps = asked
    .filter((sql) => sql.startsWith("SELECT"))
    .flatMap((sql) =>
      db.prepare<[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(),
    )
    .map(({ detail }) => detail);
  expect(steps).toContainEqual(
    "SEARCH m USING COVERING INDEX latest_metrics_by_value (key=? AND is_nan=?)",
  );
  expect(steps).toContainEqual("USE TEMP B-TREE FOR LAST 2 TERMS OF ORDER BY");
  expect(steps).toContainEqual(
    "SEARCH latest_metrics USING COVERING INDEX latest_metrics_by_value (key=? AND is_nan=? AND value>?)",
  );
  // The shown runs are a list of JSON, which has no index, and the rows of these few are put in its order.
  expect(
    steps.filter((step) => /^SCAN (?!wanted|CONSTANT)/.test(step) && !step.includes("INDEX")),
  ).toEqual([]);
  registry.close();
});

test("reads no run that is not shown, and no manifest", () => {
  const { db, registry } = watchedRegistry(8);
  db.exec("UPDATE step_executions SET manifest_json = '{}'");
  db.exec(`UPDATE run_params SET value_json = '"' WHERE key = 'n' AND run = 1`);
  expect(registry.runs.select({ ...NEWEST, where: ["m1>1"], sort: "m2" }).runs).toHaveLength(5);
  expect(() => registry.runs.select({ ...NEWEST, limit: undefined })).toThrow(
    expect.objectContaining({ code: "registry-corrupt" }) as Error,
  );
  expect(() => registry.runs.select({ ...NEWEST, where: ["n>3"] })).toThrow(
    expect.objectContaining({ code: "registry-corrupt" }) as Error,
  );
  registry.close();
});

test("reads all runs in parts when all are shown", () => {
  const { registry } = watchedRegistry(1001);
  const { runs, more } = registry.runs.select({ ...NEWEST, limit: undefined });
  expect(runs.map(({ id }) => id)).toEqual(registry.runs.outlines().map(({ id }) => id));
  expect(runs.every(({ metrics, steps }) => metrics.length === 10 && steps === 1)).toBe(true);
  expect(more).toBe(0);
  registry.close();
});

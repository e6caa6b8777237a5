import { expect, test } from "vitest";
import { sha256 } from "../../src/base/hash.ts";
import { findWrongOrder, joinRuns } from "../../src/observation/join-runs.ts";
import type {
  EnvironmentObservation,
  Observation,
  StatementObservation,
} from "../../src/observation/schema.ts";
import { ranStatement } from "../support/ran-statement.ts";

const use = (path: string) => ({ path, sha256: sha256(path) });

function statement(
  cell: number,
  files: { readonly reads?: readonly string[]; readonly writes?: readonly string[] } = {},
): StatementObservation {
  return ranStatement(cell, {
    filesRead: (files.reads ?? []).map(use),
    filesWritten: (files.writes ?? []).map(use),
  });
}

function environment(loaded: readonly string[], wallMs: number): EnvironmentObservation {
  return {
    kind: "environment",
    python: "3.11.7",
    implementation: "CPython",
    platform: "linux",
    imported: loaded.map((name) => ({ module: name, distribution: name, version: "1.0" })),
    loaded: loaded.map((name) => ({ distribution: name, version: "1.0" })),
    wallMs,
  };
}

function run(
  statements: readonly StatementObservation[],
  of?: EnvironmentObservation,
): Observation {
  return { statements, cells: [], captures: [], environment: of };
}

test("the joined run loaded what any of its runs loaded, each once, and took their times together", () => {
  const joined = joinRuns([
    run([statement(1)], environment(["pandas", "numpy"], 10)),
    run([statement(2)], environment(["scipy", "numpy"], 5)),
  ]);
  expect(joined.statements.map(({ cell }) => cell)).toEqual([1, 2]);
  expect(joined.environment?.loaded.map(({ distribution }) => distribution)).toEqual([
    "numpy",
    "pandas",
    "scipy",
  ]);
  expect(joined.environment?.imported.map(({ module }) => module)).toEqual([
    "pandas",
    "numpy",
    "scipy",
  ]);
  expect(joined.environment?.wallMs).toBe(15);
});

test("a single run stays what it was", () => {
  const one = run([statement(1)], environment(["pandas", "numpy"], 10));
  expect(joinRuns([one])).toEqual(one);
});

test("runs of which one did not come to its end have no environment", () => {
  expect(joinRuns([run([], environment([], 1)), run([])]).environment).toBeUndefined();
});

const PARTS = [
  { path: "a.ipynb", sha256: sha256("a"), firstCell: 1 },
  { path: "b.ipynb", sha256: sha256("b"), firstCell: 3 },
];

test.each<[string, StatementObservation[], string[]]>([
  [
    "a file that an earlier notebook writes",
    [statement(1, { writes: ["x"] }), statement(3, { reads: ["x"] })],
    [],
  ],
  [
    "a file that only a later notebook writes",
    [statement(2, { reads: ["x"] }), statement(3, { writes: ["x"] })],
    ["x 2"],
  ],
  [
    "a file that the notebook has written itself before",
    [
      statement(1, { writes: ["x"] }),
      statement(2, { reads: ["x"] }),
      statement(3, { writes: ["x"] }),
    ],
    [],
  ],
  [
    "a file that the same notebook writes afterwards",
    [statement(1, { reads: ["x"] }), statement(2, { writes: ["x"] })],
    [],
  ],
])("the order of notebooks is right or wrong for %s", (_, statements, expected) => {
  const found = findWrongOrder(run(statements), { path: "a.ipynb+b.ipynb", parts: PARTS });
  expect(
    found.map(({ message, where }) => `${message.split(" ")[0] ?? ""} ${String(where?.cell)}`),
  ).toEqual(expected);
});

test("one notebook has no order", () => {
  const statements = [statement(2, { reads: ["x"] }), statement(3, { writes: ["x"] })];
  expect(findWrongOrder(run(statements), { path: "a.ipynb" })).toEqual([]);
});

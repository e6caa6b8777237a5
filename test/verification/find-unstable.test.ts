/** What two runs of the notebook did not agree on. */
import { expect, test } from "vitest";
import type { Observation } from "../../src/observation/schema.ts";
import type { Plan } from "../../src/pipeline/plan.ts";
import { findUnstable } from "../../src/verification/find-unstable.ts";

type Settings = Readonly<Record<string, string | null>>;

/** Cell 1 makes settings, cell 2 is the step that works under them. */
const plan = {
  notebook: { path: "churn.ipynb" },
  artifacts: [],
  metrics: [],
  leftOut: [],
  setup: [{ cell: 1, index: 0, span: { start: 0, end: 1 } }],
  steps: [
    { name: "train", cells: [2], statements: [{ cell: 2, index: 0, span: { start: 0, end: 1 } }] },
  ],
} as unknown as Plan;

function run(settings: Settings): Observation {
  const quiet = { text: "", metrics: [], filesWritten: [] };
  return {
    cells: [],
    statements: [
      { cell: 1, index: 0, ...quiet, settings },
      { cell: 2, index: 0, ...quiet },
    ],
  } as unknown as Observation;
}

test.each<{
  readonly name: string;
  readonly one: Settings;
  readonly two: Settings;
  readonly evidence: readonly string[];
}>([
  {
    name: "set to the same",
    one: { "environ:TZ": "UTC", "environ:LANG": null },
    two: { "environ:TZ": "UTC", "environ:LANG": null },
    evidence: [],
  },
  {
    name: "set to something else",
    one: { "environ:TMP": "/tmp/a" },
    two: { "environ:TMP": "/tmp/b" },
    evidence: ["two runs of the notebook set environ:TMP to /tmp/a and /tmp/b"],
  },
  {
    name: "set by the first alone",
    one: { "environ:TZ": "UTC" },
    two: {},
    evidence: ["only the first of two runs of the notebook set environ:TZ (to UTC)"],
  },
  {
    name: "set by the second alone",
    one: {},
    two: { "environ:TZ": "UTC" },
    evidence: ["only the second of two runs of the notebook set environ:TZ (to UTC)"],
  },
  {
    name: "taken away by one",
    one: { "environ:TZ": null },
    two: { "environ:TZ": "UTC" },
    evidence: ["two runs of the notebook set environ:TZ to nothing and UTC"],
  },
])("a setting that is $name", ({ one, two, evidence }) => {
  const found = findUnstable({ plan, one: run(one), two: run(two), stored: new Map() });
  expect(found.map((unstable) => unstable.evidence)).toEqual(evidence);
  for (const unstable of found) expect(unstable.kind).toBe("setting");
});

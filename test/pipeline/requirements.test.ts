import { expect, test } from "vitest";
import type { EnvironmentObservation } from "../../src/observation/schema.ts";
import {
  requirementLine,
  requirementNotes,
  requirementsOf,
} from "../../src/pipeline/requirements.ts";

function environment(found: Partial<EnvironmentObservation>): EnvironmentObservation {
  return {
    kind: "environment",
    python: "3.11.7",
    implementation: "CPython",
    platform: "Linux-x86_64",
    imported: [],
    loaded: [],
    wallMs: 1,
    ...found,
  };
}

function linesOf(found: Partial<EnvironmentObservation>): readonly (string | undefined)[] {
  const observation = { statements: [], cells: [], captures: [], environment: environment(found) };
  return requirementsOf(observation).map(requirementLine);
}

const imports = (distribution: string, version: string) => ({
  module: distribution,
  distribution,
  version,
});

test.each<{ name: string; found: Partial<EnvironmentObservation>; lines: unknown }>([
  {
    name: "what was imported and what a library picked up, sorted, each once",
    found: {
      imported: [imports("pandas", "2.2.3"), imports("pandas", "2.2.3")],
      chosen: [{ distribution: "openpyxl", version: "3.1.5" }],
    },
    lines: ["openpyxl==3.1.5", "pandas==2.2.3"],
  },
  {
    name: "no module of the notebook's own",
    found: { imported: [{ module: "own", distribution: null, version: null }] },
    lines: [],
  },
  {
    name: "a local build as it is",
    found: { imported: [imports("torch", "2.1.0+cpu")] },
    lines: ["torch==2.1.0+cpu"],
  },
  {
    name: "a repository by its commit",
    found: {
      imported: [imports("Our_Tools", "0.1")],
      sources: [
        { distribution: "our-tools", kind: "vcs", reference: "git+https://git.example/x@abc" },
      ],
    },
    lines: ["Our_Tools @ git+https://git.example/x@abc"],
  },
  {
    name: "no folder of one machine",
    found: {
      imported: [imports("ours", "0.1")],
      sources: [{ distribution: "ours", kind: "folder", reference: null }],
    },
    lines: [undefined],
  },
])("lists $name", ({ found, lines }) => {
  expect(linesOf(found)).toEqual(lines);
});

test("says what others cannot install", () => {
  const notes = requirementNotes(
    [
      { distribution: "ours", version: "0.1", source: { kind: "folder" } },
      { distribution: "pandas", version: "2.2.3" },
      { distribution: "torch", version: "2.1.0+cpu" },
    ],
    "churn.ipynb",
  );
  expect(notes.map(({ code }) => code)).toEqual([
    "requirement-not-published",
    "requirement-local-build",
  ]);
});

import { expect, test } from "vitest";
import { parseYaml } from "../../src/base/yaml.ts";
import { allCommands, liveCommands, readWorkflow } from "../../src/deploy/workflow-file.ts";

interface Case {
  readonly name: string;
  readonly yaml: string;
  readonly live: readonly string[];
  /** Commands that do not count, with the reason. */
  readonly dead?: readonly string[];
}

const job = (text: string, on = "on: push"): string => `${on}\njobs:\n  train:\n${text}`;

const cases: readonly Case[] = [
  {
    name: "takes the commands of a job",
    yaml: job("    steps:\n      - run: pytest"),
    live: [". pytest"],
  },
  {
    name: "knows where commands work",
    yaml: job(
      "    defaults: { run: { working-directory: a } }\n    steps:\n      - run: one\n      - { run: two, working-directory: b }",
    ),
    live: ["a one", "b two"],
  },
  {
    name: "drops a job with if: false",
    yaml: job("    if: false\n    steps:\n      - run: pytest"),
    live: [],
    dead: ["pytest → if: false"],
  },
  {
    name: "drops a step whose condition is the expression false",
    yaml: job("    steps:\n      - { run: pytest, if: '${{ false }}' }"),
    live: [],
    dead: ["pytest → if: false"],
  },
  {
    name: "drops what may fail unnoticed",
    yaml: job("    steps:\n      - { run: pytest, continue-on-error: true }"),
    live: [],
    dead: ["pytest → continue-on-error"],
  },
  {
    name: "drops everything without a trigger",
    yaml: job("    steps:\n      - run: pytest", "on: {}"),
    live: [],
    dead: ["pytest → no trigger under on:"],
  },
  {
    name: "drops a job that needs one which never runs",
    yaml: "on: push\njobs:\n  first:\n    if: false\n    steps: []\n  second:\n    needs: [first]\n    steps:\n      - run: pytest",
    live: [],
    dead: ["pytest → needs first, which never runs"],
  },
  {
    name: "keeps a condition that may be true",
    yaml: job("    steps:\n      - { run: pytest, if: github.ref == 'refs/heads/main' }"),
    live: [". pytest"],
  },
  { name: "survives nonsense", yaml: "on: 5\njobs:\n  a: 7\n  b: { steps: no }", live: [] },
];

test.each(cases)("$name", ({ yaml, live, dead = [] }) => {
  const workflow = readWorkflow("w.yml", yaml, parseYaml(yaml, "w.yml").value);
  if (workflow === undefined) throw new Error("not a workflow");
  expect(liveCommands(workflow).map((one) => `${one.workingDirectory} ${one.text}`)).toEqual(live);
  const swallowed = allCommands(workflow).filter((one) => one.swallowedBy !== undefined);
  expect(swallowed.map((one) => `${one.text} → ${one.swallowedBy ?? ""}`)).toEqual(dead);
});

test("a file without jobs is no workflow", () => {
  expect(readWorkflow("w.yml", "on: push", { on: "push" })).toBeUndefined();
});

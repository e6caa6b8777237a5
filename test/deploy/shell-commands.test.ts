import { expect, test } from "vitest";
import { runsPythonModule, shellCommands } from "../../src/deploy/shell-commands.ts";

interface Case {
  readonly name: string;
  readonly block: string;
  /** Commands that count; one that is swallowed has its reason after an arrow. */
  readonly commands: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "takes commands line by line and at ; and &&",
    block: "set -euo pipefail\na 1; b && c",
    commands: ["set -euo pipefail", "a 1", "b", "c"],
  },
  {
    name: "joins continued lines",
    block: "python -m churn run \\\n  --store x",
    commands: ["python -m churn run --store x"],
  },
  {
    name: "marks what || true swallows",
    block: "pytest tests || true",
    commands: ["pytest tests → || true"],
  },
  {
    name: "marks what || echo swallows",
    block: 'pytest || echo "never mind"',
    commands: ['pytest → || echo "never mind"'],
  },
  {
    name: "marks everything after set +e",
    block: "set +e\npytest",
    commands: ["set +e → set +e", "pytest → set +e"],
  },
  {
    name: "marks --exit-zero",
    block: "pylint churn --exit-zero",
    commands: ["pylint churn --exit-zero → --exit-zero"],
  },
  { name: "drops what stands after an unconditional exit", block: "exit 0\npytest", commands: [] },
  {
    name: "takes comments and here-documents for no commands",
    block: "# pytest\npython - <<'PY'\npytest\nPY\nls # pytest",
    commands: ["python - <<'PY'", "ls"],
  },
  {
    name: "takes an echoed command for an echo",
    block: 'echo "python -m churn run; pytest"',
    commands: ['echo "python -m churn run; pytest"'],
  },
  { name: "takes off assignments", block: "A=1 B='x y' pytest", commands: ["pytest"] },
  {
    name: "does not split inside substitutions",
    block: 'run="$(printf a | sha256sum | cut -c1-32)"\nls',
    commands: ["ls"],
  },
  {
    name: "looks into conditions and pipes",
    block: "if pytest -q; then echo ok; fi\npytest | tee log",
    commands: ["pytest -q", "echo ok", "fi", "pytest", "tee log"],
  },
];

test.each(cases)("$name", ({ block, commands }) => {
  expect(
    shellCommands(block).map((one) =>
      one.swallowedBy === undefined ? one.text : `${one.text} → ${one.swallowedBy}`,
    ),
  ).toEqual(commands);
});

test.each([
  ["python -m churn run --store x", true],
  ["python3.11 -m churn run", true],
  [".venv/bin/python -m churn run", true],
  ["uv run python -m churn run", true],
  ["python -u -m churn run", true],
  ["python -m churn runner", false],
  ["python -m churned run", false],
  ["echo python -m churn run", false],
  ["python -m churn describe", false],
])("%s starts the pipeline: %s", (command, expected) => {
  expect(runsPythonModule(command, "churn", "run")).toBe(expected);
});

// The short way through a command line gives what commander gives, or nothing.
import fc from "fast-check";
import { expect, test } from "vitest";
import { commands, hiddenCommands, nouns } from "../../src/cli/commands/index.ts";
import { runCommand } from "../../src/cli/commands/run.ts";
import { readPlainWords } from "../../src/cli/plain-words.ts";
import { parseCommandLine } from "../../src/cli/program.ts";

const RECORDS = await Promise.all(
  Object.values({ ...commands, ...hiddenCommands }).map(async (load) => load()),
);

/** What commander makes of the words, when the short way answers at all. */
function check(words: readonly string[], record: (typeof RECORDS)[number]) {
  const plain = readPlainWords(words, [record]);
  if (plain === undefined) return undefined;
  const parsed = parseCommandLine(words, { records: [record], nouns });
  expect({ words, parsed: plain }).toEqual({ words, parsed });
  return plain.input;
}

test("whatever is typed after a command, it is read as commander reads it or not at all", () => {
  const line = fc.constantFrom(...RECORDS).chain((record) => {
    const flags = Object.entries(record.options).flatMap(([name, spec]) => {
      const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      return [`--${kebab}`, `--no-${kebab}`, `--${kebab}=3`, `-${spec.short ?? "q"}`];
    });
    const choices = Object.values(record.options).flatMap((spec) =>
      spec.kind === "choice" ? spec.choices : [],
    );
    const word = fc.oneof(
      fc.constantFrom(...flags, "--unknown"),
      fc.constantFrom(
        "churn",
        "3",
        "0.5",
        "-1",
        "1e3",
        "",
        " ",
        "a=b",
        "a=-1",
        "-",
        "--",
        ...choices,
      ),
      fc.constantFrom(
        "--json",
        "--events",
        "--verbose",
        "--yes",
        "-y",
        "--no-color",
        "--help",
        "-V",
      ),
    );
    return fc.record({ record: fc.constant(record), words: fc.array(word, { maxLength: 6 }) });
  });
  fc.assert(
    fc.property(line, ({ record, words }) => {
      check([...record.name.split(" "), ...words], record);
    }),
    { numRuns: 2000 },
  );
});

test.for([
  { line: "run", input: { pipeline: undefined, register: true, force: [], param: [], only: [] } },
  { line: "run churn --json --python python3", input: { pipeline: "churn", python: "python3" } },
  { line: "run --param a=1 --param b=-2 churn", input: { param: ["a=1", "b=-2"] } },
  { line: "run --jobs 2 --no-register --timeout 0.5", input: { jobs: 2, register: false } },
])("reads $line the short way", ({ line, input }) => {
  expect(check(line.split(" "), runCommand)).toMatchObject(input);
});

test.for([
  "run --help",
  "run -j 2",
  "run --jobs=2",
  "run --jobs two",
  "run --jobs 1 --jobs 2",
  "run --force",
  "run --python",
  "run --python --json",
  "run a b",
  "run --pythn x",
  "--json run",
  "run -- churn",
])("leaves %s to commander", (line) => {
  expect(readPlainWords(line.split(" "), [runCommand])).toBeUndefined();
});

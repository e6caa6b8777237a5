/** B5: feature code is tested, nulls, unseen categories and empty input included. */
import { realTests, skipsItself } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { pytestCommand } from "./a14-importable.ts";

const KINDS: readonly { readonly name: string; readonly shows: RegExp }[] = [
  { name: "nulls", shows: /\b(None|nan|NaN|NA|isna|null|nulls)\b/ },
  { name: "unseen categories", shows: /unseen|unknown_category|not_seen|never.seen/i },
  { name: "empty input", shows: /\bempty\b|iloc\[:0\]|head\(0\)|\[:0\]/ },
];

export const b05: Rule = {
  id: "B5",
  section: "B",
  level: 1,
  gate: undefined,
  question: "Is feature code tested, including nulls, unseen categories and empty input?",
  how: ["S", "X"],
  weight: 3,
  earn: {
    command: "write tests of features.transform with nulls, an unseen category and no rows",
    effort: 3,
  },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const tests = realTests(pipeline).filter(({ module }) =>
      module.imports.some(
        (one) =>
          one.member === "features" ||
          one.module.endsWith("features") ||
          one.member === "predict" ||
          one.module.endsWith("predict"),
      ),
    );
    const [first] = tests;
    if (first === undefined) return fail("no test with an assertion uses features.py");
    const item = {
      text: `${String(tests.length)} tests of features`,
      path: first.module.path,
      line: first.test.line,
    };
    const skip = skipsItself(pipeline, first.module);
    if (skip !== undefined)
      return partial(
        1,
        "the tests of features skip themselves: contract.json is not in the package",
        [{ text: "pytest.skip", ...skip }, item],
      );
    const bodies = tests.map(({ module, test }) => bodyText(module.text, test.line));
    const missing = KINDS.filter((kind) => !bodies.some((body) => kind.shows.test(body)));
    if (missing.length > 0)
      return partial(
        2,
        `features are tested, but not with ${missing.map((kind) => kind.name).join(", ")}`,
        [item],
      );
    const command = pytestCommand(project, pipeline);
    return command === undefined
      ? partial(2, "the tests are not run by CI", [item])
      : pass(3, "features are tested with nulls, unseen categories and empty input, in CI", [
          item,
          command,
        ]);
  },
};

/** From the `def` to the next line that starts at the margin. Comments are left out, so that a word in them shows nothing. */
function bodyText(text: string, line: number): string {
  const lines = text.split("\n").slice(line - 1);
  const end = lines.findIndex((one, at) => at > 0 && /^\S/.test(one));
  return (end === -1 ? lines : lines.slice(0, end))
    .map((one) => one.replace(/#.*$/, ""))
    .join("\n");
}

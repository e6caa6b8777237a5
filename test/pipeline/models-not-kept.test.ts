/** A fitted model that the run showed to be nothing that can be stored is no result: it is said, and not served. */
import { expect, test } from "vitest";
import { findServedModel, modelsNotKept } from "../../src/pipeline/served-model.ts";
import { programOf } from "../support/notebooks.ts";

const CELLS = [
  "import statsmodels.formula.api as smf\nfrom sklearn.linear_model import LinearRegression",
  "first = LinearRegression()\nfirst.fit([[1], [2]], [1, 2])",
  'y, x = [1, 2], [1, 2]\nlast = smf.ols("y ~ x").fit()',
];

function seen(
  name: string,
  pickleError: string | null,
): Parameters<typeof modelsNotKept>[0]["valueAfter"] {
  return (_cell, asked) =>
    asked === name
      ? {
          name,
          type: "a.Model",
          digest: null,
          bytes: null,
          shape: null,
          sharesWith: [],
          pickleError,
        }
      : undefined;
}

test.each([
  ["NameError: name 'y' is not defined\n  y ~ x", ["last"]],
  [null, []],
])("a model whose storing ends with %s is named: %j", async (pickleError, named) => {
  const { program } = await programOf(CELLS);
  const found = modelsNotKept({
    kept: program.facts.statements,
    path: "story.ipynb",
    cellOf: ({ unit }) => unit + 1,
    valueAfter: seen("last", pickleError),
  });
  expect(found.map(({ message }) => message.split(" ")[0])).toEqual(named);
  for (const { code, message, where } of found) {
    expect(code).toBe("model-not-kept");
    expect(message).toMatch(/cannot be stored \(NameError: name 'y' is not defined\)/);
    expect(where).toEqual({ path: "story.ipynb", cell: 3, line: 2 });
  }
});

test("the model that is served is one that can be stored", async () => {
  const { program } = await programOf(CELLS);
  const served = (isStored: (name: string) => boolean): string | undefined =>
    findServedModel({
      statements: program.facts.statements,
      all: program.facts.statements,
      typeAfter: () => undefined,
      isStored,
      callsOf: (statement) => statement.calls,
    })?.variable;
  expect(served(() => true)).toBe("last");
  expect(served((name) => name !== "last")).toBe("first");
});

/** Of all that scikit-learn seeds by `random_state`, the tables know that it draws. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { UNREPEATABLE } from "../../src/python/effects/unrepeatable.ts";
import { buildEffectTables } from "../../src/python/effects.ts";
import { pythonForTests } from "../support/python-environment.ts";

/** Public names whose `random_state` is nothing unless it is given. */
const LISTS = `
import importlib, inspect, json, pkgutil, warnings
warnings.simplefilter("ignore")
import sklearn
import sklearn.experimental.enable_halving_search_cv, sklearn.experimental.enable_iterative_imputer
found = []
for _, module, _ in pkgutil.iter_modules(sklearn.__path__):
    if module.startswith("_") or module in ("conftest", "experimental"):
        continue
    members = importlib.import_module(f"sklearn.{module}")
    for name in getattr(members, "__all__", []):
        try:
            parameter = inspect.signature(getattr(members, name)).parameters.get("random_state")
        except (TypeError, ValueError):
            continue
        if parameter is not None and not isinstance(parameter.default, int):
            found.append(f"sklearn.{module}.{name}")
print(json.dumps(found))
`;

/** Bases of classes, what only hands a seed on, and what draws nothing that is kept. */
const APART = new Set([
  "sklearn.inspection.PartialDependenceDisplay",
  "sklearn.model_selection.BaseShuffleSplit",
  "sklearn.model_selection.check_cv",
  "sklearn.tree.BaseDecisionTree",
]);

test("every function and class of scikit-learn that takes a seed is known to draw without one", async () => {
  const { stdout } = await promisify(execFile)(await pythonForTests(), ["-c", LISTS]);
  const names = (JSON.parse(stdout) as string[]).filter((name) => !APART.has(name));
  expect(names.length).toBeGreaterThan(100);
  const tables = buildEffectTables();
  expect(names.filter((name) => tables.functionEffect(name)?.random === undefined)).toEqual([]);
});

test("what another run does not repeat for want of a seed is known to draw", () => {
  const tables = buildEffectTables();
  const seeded = Object.entries(UNREPEATABLE).filter(
    ([name, { seed }]) => seed?.keyword === "random_state" && !name.endsWith("*"),
  );
  expect(seeded.length).toBeGreaterThan(80);
  const missing = seeded.filter(([name]) => tables.functionEffect(name)?.random === undefined);
  expect(missing.map(([name]) => name)).toEqual([]);
});

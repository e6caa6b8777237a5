import { expect, test } from "vitest";
import { isDenied } from "../../src/registry/denied-names.ts";
import {
  judgeForeign,
  judgeTrained,
  type NameProblem,
  pickledNames,
  renderNameProblem,
  type WalkedFiles,
} from "../../src/registry/judge-names.ts";
import { KNOWN_NAMES } from "../../src/registry/known-names.ts";

const walked: WalkedFiles = {
  "state/objects.joblib": { names: { "numpy:dtype": 4 }, refused: undefined },
  "model/model.joblib": {
    names: { "churn.features:Clip": 90, "xgboost.core:Booster": 30, "builtins:getattr": 60 },
    refused: undefined,
  },
};
const broken: WalkedFiles = {
  "m.pkl": { names: { "numpy:dtype": 4 }, refused: { why: "it ends in the middle", offset: 9 } },
};

const cases: readonly {
  readonly name: string;
  readonly got: readonly NameProblem[];
  readonly says: readonly string[];
}[] = [
  {
    name: "a model that was trained here may look up anything but what executes",
    got: judgeTrained(walked, []),
    says: ["model/model.joblib, byte 60: loading it would look up builtins:getattr"],
  },
  {
    name: "what executes is accepted from a person who names it",
    got: judgeTrained(walked, ["builtins:getattr"]),
    says: [],
  },
  {
    name: "a model from elsewhere may look up what is known and its own",
    got: judgeForeign(walked, ["churn.features:Clip"], []),
    says: [
      "model/model.joblib, byte 30: loading it would look up xgboost.core:Booster",
      "model/model.joblib, byte 60: loading it would look up builtins:getattr",
    ],
  },
  {
    name: "names are trusted one by one",
    got: judgeForeign(walked, ["churn.features:Clip"], ["xgboost.core:Booster", "builtins"]),
    says: ["model/model.joblib, byte 60: loading it would look up builtins:getattr"],
  },
  {
    name: "a file that could not be walked is never accepted",
    got: [...judgeTrained(broken, ["numpy:dtype"]), ...judgeForeign(broken, [], ["numpy:dtype"])],
    says: ["m.pkl, byte 9: it ends in the middle", "m.pkl, byte 9: it ends in the middle"],
  },
];

test.each(cases)("$name", ({ got, says }) => {
  expect(got.map(renderNameProblem)).toEqual(says);
});

test("keeps names by path, both in order", () => {
  expect(Object.entries(pickledNames(walked))).toEqual([
    ["model/model.joblib", ["builtins:getattr", "churn.features:Clip", "xgboost.core:Booster"]],
    ["state/objects.joblib", ["numpy:dtype"]],
  ]);
});

test.each([
  "os:system",
  "posix:system",
  "nt:popen",
  "subprocess:Popen",
  "builtins:eval",
  "builtins:getattr",
  "builtins:__import__",
  "importlib:import_module",
  "runpy:_run_code",
  "pkgutil:resolve_name",
  "operator:attrgetter",
  "_operator:methodcaller",
  "types:CodeType",
  "pickle:loads",
  "cloudpickle.cloudpickle:_make_function",
  "joblib.externals.cloudpickle:_builtin_type",
  "joblib:load",
  "numpy:load",
  "numpy.core:_ufunc_reconstruct",
  "numpy.testing._private.utils:runstring",
  "pandas:read_pickle",
  "pandas.io.pickle:read_pickle",
  "timeit:timeit",
  "pdb:run",
  "sklearn.base:os.system",
  "churn.features:log.__globals__",
])("%s is denied", (name) => {
  expect(isDenied(name)).toBe(true);
});

test.each([
  "sklearn.linear_model._logistic:LogisticRegression",
  "xgboost.sklearn:XGBClassifier",
  "churn.features:Clip.Inner",
  "functools:partial",
  "operator:itemgetter",
  "builtins:slice",
  "oscar.models:Award",
])("%s is not denied", (name) => {
  expect(isDenied(name)).toBe(false);
});

test("nothing that is known to be harmless is denied, nor leaves its module", () => {
  const names = [...KNOWN_NAMES];
  expect(names.filter((name) => isDenied(name) || !/^[\w.]+:\w+$/.test(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(500);
});

test.each([
  "functools",
  "operator",
  "importlib",
  "os",
  "types",
  "scipy.stats",
  "pathlib",
  "zoneinfo",
])("no name of %s is known", (module) => {
  expect([...KNOWN_NAMES].filter((name) => name.startsWith(`${module}`))).toEqual([]);
});
